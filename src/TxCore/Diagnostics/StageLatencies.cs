using System.Diagnostics;
using TxCore.Pipeline;

namespace TxCore.Diagnostics;

/// <summary>Stages of a transaction's way, each measured from the one before.</summary>
public enum Stage
{
    /// <summary>From being in the ring to being decided: wait in the ring and rules.</summary>
    Decided = 0,

    /// <summary>From decided to encoded into a batch: wait for the commit before it.</summary>
    Batched = 1,

    /// <summary>From encoded to durable.</summary>
    Committed = 2,

    /// <summary>From durable to its answer in the connection's output.</summary>
    Replied = 3,

    /// <summary>From arrived to answered.</summary>
    Total = 4,

    /// <summary>From its bytes having been read off the connection to its slot in the ring: cutting frames, looking up rows, waiting for room.</summary>
    Sequenced = 5,
}

/// <summary>Percentiles of one stage, in microseconds (of batches: in rows).</summary>
/// <param name="Count">Transactions measured.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P99_9">99.9th percentile.</param>
/// <param name="P99_99">99.99th percentile.</param>
/// <param name="Max">Largest.</param>
public sealed record StageSummary(long Count, double P50, double P90, double P99, double P99_9, double P99_99, double Max);

/// <summary>Latency of every stage in nanoseconds, always on. Recorded by the reply thread alone.</summary>
public sealed class StageLatencies
{
    /// <summary>The stages in the order of a transaction's way, the whole last.</summary>
    public static readonly IReadOnlyList<Stage> InOrder =
        [Stage.Sequenced, Stage.Decided, Stage.Batched, Stage.Committed, Stage.Replied, Stage.Total];

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private readonly CumulativeHistogram[] _histograms = [.. Enum.GetValues<Stage>().Select(static _ => new CumulativeHistogram())];

    /// <summary>The histogram of a stage, in nanoseconds.</summary>
    public CumulativeHistogram this[Stage stage] => _histograms[(int)stage];

    /// <summary>Nanoseconds between two stopwatch readings.</summary>
    public static long Nanoseconds(long fromTicks, long toTicks) => (long)((toTicks - fromTicks) * NanosecondsPerTick);

    /// <summary>Records the way of a transaction that was answered at <paramref name="repliedTicks"/>.</summary>
    public void Record(TxEvent work, long repliedTicks)
    {
        Record(Stage.Sequenced, work.ArrivedTicks, work.ReceivedTicks);
        Record(Stage.Decided, work.ReceivedTicks, work.DecidedTicks);
        Record(Stage.Batched, work.DecidedTicks, work.BatchedTicks);
        Record(Stage.Committed, work.BatchedTicks, work.CommittedTicks);
        Record(Stage.Replied, work.CommittedTicks, repliedTicks);
        Record(Stage.Total, work.ArrivedTicks, repliedTicks);
    }

    private void Record(Stage stage, long fromTicks, long toTicks) => _histograms[(int)stage].Record(Nanoseconds(fromTicks, toTicks));
}
