using System.Diagnostics;
using System.Net;
using TxCore.Faults.Fleet;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Overload;

/// <summary>b) PostgreSQL is stopped: after two seconds without a commit nothing new is taken, and what was taken is answered when it is back.</summary>
internal sealed class StalledCommits(OverloadSettings settings, TimeProvider clock)
{
    private const int TakenBefore = 30;
    private const int TriedAfter = 20;
    private static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async Task<PartResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await OverloadStage.StartAsync(0, clock.GetUtcNow(), cancellationToken);
        var (seller, first) = await stage.LogOnAsync(OverloadStage.FirstProbe, cancellationToken);
        var (other, otherNext) = await stage.LogOnAsync(OverloadStage.FirstProbe + 1, cancellationToken);
        var (admin, _) = await stage.LogOnAsync(OverloadStage.Administrator, cancellationToken);
        using (seller)
        using (other)
        using (admin)
        {
            await OverloadStage.AcceptedAsync(seller, stage.Wager(OverloadStage.FirstProbe, first++), cancellationToken);
            await stage.Postgres.PauseAsync(cancellationToken);
            try
            {
                // Taken, and not answered while nothing commits.
                for (uint i = 0; i < TakenBefore; i++)
                {
                    await seller.SendAsync(stage.Wager(OverloadStage.FirstProbe, first + i), cancellationToken);
                }

                double notReady = await UntilAsync(stage, HttpStatusCode.ServiceUnavailable, cancellationToken);
                double[] busy = await TryAsync(stage, other, otherNext, cancellationToken);
                double status = await StatusAsync(other, cancellationToken);
                long stopSentAt = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                await admin.SendAsync(stage.RaceControl(MessageType.RaceStop), cancellationToken);
                await Task.Delay(StalledAfter / 4, cancellationToken);
                await stage.Postgres.ResumeAsync(cancellationToken);
                long back = Stopwatch.GetTimestamp();
                var stop = await NextAsync<Outcome>(admin, MessageType.Outcome, cancellationToken);
                for (int i = 0; i < TakenBefore; i++)
                {
                    await NextAsync<Outcome>(seller, MessageType.Outcome, cancellationToken);
                }

                double answered = Stopwatch.GetElapsedTime(back).TotalSeconds;
                double ready = await UntilAsync(stage, HttpStatusCode.OK, cancellationToken);
                return new PartResult("b", "nothing commits for two seconds", [
                    new("not ready after", notReady, "s", Max: StalledAfter.TotalSeconds + (1.5 * settings.Slack)),
                    new("a new transaction is told BUSY within, worst", busy.Max(), "ms", Max: 250 * settings.Slack),
                    new("a status query is answered within", status, "ms", Max: 250 * settings.Slack),
                    new("the stop is in the sequence within", (stop.SequencedAt - stopSentAt) / 1000.0, "ms", Max: 100 * settings.Slack),
                    new("everything taken is answered after PostgreSQL's return within", answered, "s", Max: 2 * settings.Slack),
                    new("ready again after", ready, "s", Max: 2 * settings.Slack),
                ]);
            }
            finally
            {
                await stage.Postgres.ResumeAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<double[]> TryAsync(OverloadStage stage, WireConnection connection, ulong next, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (int i = 0; i < TriedAfter; i++)
        {
            long sent = Stopwatch.GetTimestamp();
            await connection.SendAsync(stage.Wager(OverloadStage.FirstProbe + 1, next), cancellationToken);
            var answer = await NextAsync<NotDecided>(connection, MessageType.NotDecided, cancellationToken);
            times.Add(answer.Code == ResultCode.Busy ? Stopwatch.GetElapsedTime(sent).TotalMilliseconds : double.PositiveInfinity);
        }

        return [.. times];
    }

    private static async Task<double> StatusAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        long sent = Stopwatch.GetTimestamp();
        await connection.SendAsync(Frame.Encode(new StatusQuery(OverloadStage.FirstProbe + 1, 1)), cancellationToken);
        await NextAsync<StatusReply>(connection, MessageType.StatusReply, cancellationToken);
        return Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
    }

    private static async Task<double> UntilAsync(OverloadStage stage, HttpStatusCode wanted, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < StalledAfter * 5)
        {
            using var answer = await Http.GetAsync(new Uri(stage.Server.AdminAddress, "/health/ready"), cancellationToken);
            if (answer.StatusCode == wanted)
            {
                break;
            }

            await Task.Delay(Look, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static async Task<T> NextAsync<T>(WireConnection connection, MessageType type, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        while (true)
        {
            var frame = await connection.ReadAsync(cancellationToken);
            if (frame.Type == type)
            {
                return frame.Decode<T>();
            }
        }
    }
}
