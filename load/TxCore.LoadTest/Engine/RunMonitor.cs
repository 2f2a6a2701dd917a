using System.Diagnostics;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Engine;

/// <summary>Looks at the counts once a second while the run goes on, shows them, and waits for the last answers.</summary>
/// <param name="tally">The counts.</param>
/// <param name="latencies">The latencies.</param>
/// <param name="view">Where they are shown.</param>
/// <param name="everySecond">Called before it is shown, with the second, and gives what came in it; takes the intervals of the latencies when there is one.</param>
internal sealed class RunMonitor(Tally tally, AnswerLatencies latencies, ILiveView view, Func<int, RunSecond>? everySecond = null)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(20);

    private int _second;
    private long _sentBefore;
    private long _answeredBefore;

    /// <summary>Shows every second until the generator has ended.</summary>
    public async Task FollowAsync(Task generator, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Second);
        while (!generator.IsCompleted)
        {
            await Task.WhenAny(generator, timer.WaitForNextTickAsync(cancellationToken).AsTask());
            cancellationToken.ThrowIfCancellationRequested();
            if (!generator.IsCompleted)
            {
                Show();
            }
        }

        await generator;
    }

    /// <summary>Waits until everything sent is answered or given up, at most the time given.</summary>
    public async Task SettleAsync(Func<long> openQueries, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (tally.InFlight + openQueries() > 0 && Stopwatch.GetElapsedTime(begin) < timeout)
        {
            await Task.Delay(SettleStep, cancellationToken);
        }
    }

    /// <summary>Shows what came after the last whole second.</summary>
    public void Last() => Show();

    private void Show()
    {
        long sent = tally.WarmUp.Sent + tally.Measured.Sent;
        long answered = tally.WarmUp.Answered + tally.Measured.Answered;
        _second++;
        var taken = everySecond?.Invoke(_second);
        var latency = everySecond is null ? latencies.FromPlanned.TakeTotal() : latencies.FromPlanned.Taken();
        view.Show(new LiveSecond(
            _second,
            tally.Measured.Sent > 0 ? "measured" : "warm-up",
            sent - _sentBefore,
            answered - _answeredBefore,
            latency.Count > 0 ? latency.P50 / 1_000 : null,
            latency.Count > 0 ? latency.P99 / 1_000 : null,
            tally.WarmUp.Refused + tally.Measured.Refused,
            tally.WarmUp.Failed + tally.Measured.Failed + tally.Dropped,
            tally.InFlight)
        { Detail = taken });
        _sentBefore = sent;
        _answeredBefore = answered;
    }
}
