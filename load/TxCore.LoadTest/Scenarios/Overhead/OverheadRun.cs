using System.Diagnostics;
using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;

namespace TxCore.LoadTest.Scenarios.Overhead;

/// <summary>What the tool itself can do.</summary>
/// <param name="Planned">Sends planned in the measured time; all of them are sent.</param>
/// <param name="Lateness">Plan to operating system, microseconds.</param>
/// <param name="FromPlanned">Plan to answer, microseconds.</param>
/// <param name="Late">Sends more than 1 ms late.</param>
/// <param name="Unanswered">Sent and not answered at the end.</param>
/// <param name="GeneratorShare">Part of one core that the generator's thread used.</param>
internal sealed record OverheadResult(
    int Rate, long Planned, double SentPerSecond, LongHistogram Lateness, LongHistogram FromPlanned, long Late, long Unanswered, double GeneratorShare)
{
    /// <summary>The rate was kept with 99 of 100 sends within a millisecond of their plan.</summary>
    public bool Holds => Lateness.TotalCount == Planned && SentPerSecond >= Rate * 0.99
        && Lateness.GetValueAtPercentile(99) < SendLateness.LateAfter.TotalMicroseconds && Unanswered == 0;
}

/// <summary>Drives the null server with raw frames from one generator thread.</summary>
internal static class OverheadRun
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(5);

    public static async Task<OverheadResult> RunAsync(
        int rate, TimeSpan duration, TimeSpan warmUp, int connections, CancellationToken cancellationToken)
    {
        using var server = new NullServer();
        var latencies = new LatencyRecorder();
        RawLink[] links = [.. Enumerable.Range(1, connections).Select(source => new RawLink(server.EndPoint, (uint)source, latencies))];
        try
        {
            var load = new RawLoad(links);
            var plan = new LoadPlan([Simulation.Inject(rate, TimeSpan.FromSeconds(1), duration)], seed: 1);
            var generator = new LoadGenerator(plan, warmUp, load, () => links.Sum(link => link.Open));
            await generator.RunAsync(cancellationToken);
            long end = Stopwatch.GetTimestamp();
            while (links.Any(link => link.Open > 0) && Stopwatch.GetElapsedTime(end) < SettleTime)
            {
                await Task.Delay(SettleStep, cancellationToken);
            }

            double seconds = Math.Max(generator.Measured.TotalSeconds, duration.TotalSeconds);
            return new OverheadResult(
                rate, generator.Planned, load.Lateness.Count / seconds, load.Lateness.Recorder.CopyTotal(), latencies.CopyTotal(),
                load.Lateness.LateCount, links.Sum(link => link.Open), load.ProcessorTime / TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            Array.ForEach(links, link => link.Dispose());
        }
    }
}
