using System.Diagnostics;
using TxCore.LoadTest.Chaos;

namespace TxCore.LoadTest.Overload;

/// <summary>
/// a) Ten times what it can do is offered. PostgreSQL is made slow, so that the limit is the database's and not this machine's, which has
/// to make the offer as well.
/// </summary>
internal sealed class OfferedTenfold(OverloadSettings settings, TimeProvider clock)
{
    private const double FirstOffer = 500;
    private const double Better = 1.05;
    private const double MoreThanItCanDo = 1.5;
    private const double Tenfold = 10;
    private const double Megabyte = 1024 * 1024;
    private const int MemoryMegabytesMax = 300;
    private static readonly TimeSpan CommitTakes = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task<PartResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await OverloadStage.StartAsync(0, clock.GetUtcNow(), cancellationToken, "--batch-events-max", "64");
        stage.ToPostgres.DelayAll(CommitTakes);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Flood[] floods = [.. Enumerable.Range(0, OverloadStage.Flooders)
            .Select(i => new Flood(stage, OverloadStage.FirstFlooder + (uint)i, 10 * OverloadStage.FlooderWindow))];
        var running = Task.WhenAll(floods.Select(flood => Task.Run(() => flood.RunAsync(stop.Token), CancellationToken.None)));

        // Its best: the rate at which it is just full, found by offering more and more, and measured before and after the peak.
        double full = 0;
        for (double accepted = FirstOffer; accepted > full * Better;)
        {
            full = accepted;
            accepted = await AcceptedAsync(floods, full * MoreThanItCanDo, settings.Phase / 2, cancellationToken);
        }

        double before = await AcceptedAsync(floods, full * MoreThanItCanDo, settings.Phase, cancellationToken);
        double memoryBefore = stage.Server.MemoryBytesMax() / Megabyte;
        Array.ForEach(floods, static flood => flood.TakeLatencies());
        long offeredBefore = floods.Sum(static flood => flood.Offered);
        long busyBefore = floods.Sum(static flood => flood.Busy);
        long begin = Stopwatch.GetTimestamp();
        double under = await AcceptedAsync(floods, before * Tenfold, settings.Phase * 2, cancellationToken);
        double offered = (floods.Sum(static flood => flood.Offered) - offeredBefore) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double[] latencies = [.. floods.SelectMany(static flood => flood.TakeLatencies()).Order()];
        double memory = stage.Server.MemoryBytesMax() / Megabyte;
        int served = floods.Count(static flood => flood.Busy > 0);
        double best = (before + await AcceptedAsync(floods, before * MoreThanItCanDo, settings.Phase, cancellationToken)) / 2;
        Array.ForEach(floods, flood => flood.RatePerSecond = before * Tenfold / floods.Length);
        await Task.Delay(settings.Phase / 4, cancellationToken);
        double recovered = await RecoveryAsync(stage, floods, cancellationToken);
        await stop.CancelAsync();
        await running;
        double queue = OverloadStage.Flooders * OverloadStage.FlooderWindow / best * 1000;
        return new PartResult("a", "ten times what it can do is offered", [
            new("best rate", best, "/s"),
            new("offered, of the best", offered / best, "times"),
            new("accepted at that, of the best", under / best, "", Min: settings.AcceptedMin),
            new("sources told BUSY", served, $"of {floods.Length}", Min: floods.Length),
            new("times told BUSY", floods.Sum(static flood => flood.Busy) - busyBefore, ""),
            new("p50 of the admitted", Probes.Percentile(latencies, 50), "ms"),

            // All windows full, and twice that for a machine that has to make the offer as well.
            new("p99 of the admitted", Probes.Percentile(latencies, 99), "ms", Max: 2 * queue * settings.Slack),
            new("memory of the server before", memoryBefore, "MB"),
            new("memory of the server after", memory, "MB", Max: memoryBefore + MemoryMegabytesMax),
            new("back to normal after the peak", recovered, "s", Max: RecoversWithin.TotalSeconds * settings.Slack),
        ]);
    }

    private static async Task<double> AcceptedAsync(Flood[] floods, double offer, TimeSpan time, CancellationToken cancellationToken)
    {
        Array.ForEach(floods, flood => flood.RatePerSecond = offer / floods.Length);
        await Task.Delay(time / 4, cancellationToken);
        long before = floods.Sum(static flood => flood.Accepted);
        long begin = Stopwatch.GetTimestamp();
        await Task.Delay(time, cancellationToken);
        return (floods.Sum(static flood => flood.Accepted) - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Seconds from the end of the peak until nothing waits and a newcomer is answered as fast as the database allows.</summary>
    private static async Task<double> RecoveryAsync(OverloadStage stage, Flood[] floods, CancellationToken cancellationToken)
    {
        var (connection, next) = await stage.LogOnAsync(OverloadStage.FirstProbe, cancellationToken);
        using (connection)
        {
            Array.ForEach(floods, static flood => flood.RatePerSecond = 0);
            long begin = Stopwatch.GetTimestamp();
            var server = new ChaosServer(stage.Server);
            while (Stopwatch.GetElapsedTime(begin) < RecoversWithin * 5)
            {
                long asked = Stopwatch.GetTimestamp();
                await OverloadStage.AcceptedAsync(connection, stage.Wager(OverloadStage.FirstProbe, next++), cancellationToken);
                if (Stopwatch.GetElapsedTime(asked) < CommitTakes * 10 && await server.LookAsync() == true)
                {
                    break;
                }

                await Task.Delay(Look, cancellationToken);
            }

            return Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }
}
