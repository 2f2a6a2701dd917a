using System.Diagnostics;
using HdrHistogram;

namespace TxCore.Diagnostics;

/// <summary>Stages of a transaction's way, each measured from the one before.</summary>
public enum Stage
{
    /// <summary>From its bytes having arrived to being decided: wait in the ring and rules.</summary>
    Decided,

    /// <summary>From decided to encoded into a batch: wait for the commit before it.</summary>
    Batched,

    /// <summary>From encoded to durable.</summary>
    Committed,

    /// <summary>From durable to its answer in the connection's output.</summary>
    Replied,

    /// <summary>From arrived to answered.</summary>
    Total,
}

/// <summary>Percentiles of one stage, in microseconds.</summary>
/// <param name="Count">Transactions measured.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P99_9">99.9th percentile.</param>
/// <param name="P99_99">99.99th percentile.</param>
/// <param name="Max">Largest.</param>
public sealed record StageSummary(long Count, double P50, double P90, double P99, double P99_9, double P99_99, double Max);

/// <summary>Latency of every stage, always on. Recorded by the reply thread alone; read and reset from any.</summary>
public sealed class StageLatencies
{
    private const long HighestNanoseconds = 60L * 1_000_000_000;
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private readonly Recorder[] _recorders;

    /// <summary>Makes histograms of two significant digits from a microsecond to a minute.</summary>
    public StageLatencies()
    {
        _recorders = new Recorder[Enum.GetValues<Stage>().Length];
        for (int i = 0; i < _recorders.Length; i++)
        {
            _recorders[i] = HistogramFactory.With64BitBucketSize().WithValuesFrom(1).WithValuesUpTo(HighestNanoseconds)
                .WithPrecisionOf(2).WithThreadSafeReads().Create();
        }
    }

    /// <summary>Records the time between two stopwatch readings.</summary>
    public void Record(Stage stage, long fromTicks, long toTicks)
    {
        long nanoseconds = (long)((toTicks - fromTicks) * NanosecondsPerTick);
        _recorders[(int)stage].RecordValue(Math.Clamp(nanoseconds, 1, HighestNanoseconds));
    }

    /// <summary>The percentiles since the last call, which it resets.</summary>
    public IReadOnlyDictionary<string, StageSummary> TakeInterval()
    {
        var summaries = new Dictionary<string, StageSummary>();
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var histogram = _recorders[(int)stage].GetIntervalHistogram();
            summaries.Add(stage.ToString().ToLowerInvariant(), Summarise(histogram));
        }

        return summaries;
    }

    private static StageSummary Summarise(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0)
        {
            return new StageSummary(0, 0, 0, 0, 0, 0, 0);
        }

        return new StageSummary(histogram.TotalCount, At(50), At(90), At(99), At(99.9), At(99.99), At(100));

        double At(double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;
    }
}
