using System.Diagnostics;
using HdrHistogram;

namespace TxCore.LoadTest.Engine;

/// <summary>Percentiles in microseconds.</summary>
internal sealed record LatencySummary(long Count, double P50, double P90, double P99, double P99_9, double P99_99, double Max)
{
    public static LatencySummary Of(HistogramBase histogram) => histogram.TotalCount == 0
        ? new LatencySummary(0, 0, 0, 0, 0, 0, 0)
        : new LatencySummary(
            histogram.TotalCount, histogram.GetValueAtPercentile(50), histogram.GetValueAtPercentile(90), histogram.GetValueAtPercentile(99),
            histogram.GetValueAtPercentile(99.9), histogram.GetValueAtPercentile(99.99), histogram.GetValueAtPercentile(100));
}

/// <summary>Latencies of answers, recorded by any thread. One thread takes intervals, which also make up the total.</summary>
internal sealed class LatencyRecorder
{
    /// <summary>Ten minutes: above the longest time an answer is waited for.</summary>
    public const long HighestMicroseconds = 600_000_000;

    private readonly Recorder _recorder = HistogramFactory.With64BitBucketSize().WithValuesFrom(1).WithValuesUpTo(HighestMicroseconds)
        .WithPrecisionOf(3).WithThreadSafeWrites().WithThreadSafeReads().Create();

    private readonly LongHistogram _total = new(1, HighestMicroseconds, 3);
    private HistogramBase? _interval;

    /// <summary>Records the time between two stopwatch readings.</summary>
    public void Record(long from, long to) => Record(Stopwatch.GetElapsedTime(from, to));

    /// <summary>Records a time.</summary>
    public void Record(TimeSpan time) => _recorder.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, HighestMicroseconds));

    /// <summary>Adds what was recorded since the last call to the total, and returns the percentiles of the total.</summary>
    public LatencySummary TakeTotal()
    {
        TakeInterval();
        return LatencySummary.Of(_total);
    }

    /// <summary>The percentiles of everything taken so far.</summary>
    public LatencySummary Taken() => LatencySummary.Of(_total);

    /// <summary>Adds what was recorded since the last call to the total, and returns it; valid until the next call.</summary>
    public HistogramBase TakeInterval()
    {
        _interval = _interval is null ? _recorder.GetIntervalHistogram() : _recorder.GetIntervalHistogram(_interval);
        _total.Add(_interval);
        return _interval;
    }

    /// <summary>A copy of the total, with everything recorded so far.</summary>
    public LongHistogram CopyTotal()
    {
        TakeInterval();
        return Copy(_total);
    }

    /// <summary>A copy that nobody writes to.</summary>
    public static LongHistogram Copy(HistogramBase histogram)
    {
        var copy = new LongHistogram(1, HighestMicroseconds, 3);
        copy.Add(histogram);
        return copy;
    }
}

/// <summary>The two latencies of every answer.</summary>
internal sealed class AnswerLatencies
{
    /// <summary>From the planned send to the answer: what a customer of an undisturbed arrival process waits.</summary>
    public LatencyRecorder FromPlanned { get; } = new();

    /// <summary>From the real send to the answer.</summary>
    public LatencyRecorder FromSent { get; } = new();
}
