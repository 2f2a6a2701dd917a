using System.Diagnostics;

namespace TxCore.Diagnostics;

/// <summary>Everything a shard counts and times about itself, since its start. Each part is written by one thread and read from any.</summary>
public sealed class ShardFigures
{
    private long _batches;
    private long _rows;
    private long _provedTicks = Stopwatch.GetTimestamp();

    /// <summary>Stopwatch ticks at the start.</summary>
    internal long StartedTicks { get; } = Stopwatch.GetTimestamp();

    /// <summary>Makes the figures of a shard that has done nothing yet.</summary>
    public ShardFigures() => Readers = new FigureReaders(this);

    /// <summary>Latency of every stage; by the reply thread.</summary>
    public StageLatencies Latencies { get; } = new();

    /// <summary>Decisions by kind and code; by the reply thread.</summary>
    public DecisionCounts Decisions { get; } = new();

    /// <summary>Time PostgreSQL took for each commit with rows, in nanoseconds; by the persist thread.</summary>
    public CumulativeHistogram CommitTime { get; } = new();

    /// <summary>Rows of each commit that has any; by the persist thread.</summary>
    public CumulativeHistogram BatchRows { get; } = new();

    /// <summary>Bytes, closes and refusals of connections; each counted by its connection.</summary>
    public SessionTally Sessions { get; } = new();

    /// <summary>Intervals by the name of who reads them.</summary>
    public FigureReaders Readers { get; }

    /// <summary>Batches with rows that were committed.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Rows that were committed.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Time since PostgreSQL last took a commit of this shard, with rows or to prove that it still holds the shard (once a second).</summary>
    public TimeSpan CommitAge => Stopwatch.GetElapsedTime(Volatile.Read(ref _provedTicks));

    /// <summary>Records a commit with rows. For the persist thread.</summary>
    internal void RecordCommit(int rows, long startedTicks, long committedTicks)
    {
        CommitTime.Record(StageLatencies.Nanoseconds(startedTicks, committedTicks));
        BatchRows.Record(rows);
        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _rows, _rows + rows);
        RecordProof(committedTicks);
    }

    /// <summary>Records a commit without rows. For the persist thread.</summary>
    internal void RecordProof(long ticks) => Volatile.Write(ref _provedTicks, ticks);

    /// <summary>Everything refused so far, decided or not, by code.</summary>
    public Dictionary<Protocol.ResultCode, long> Refusals()
    {
        var refusals = new Dictionary<Protocol.ResultCode, long>();
        var decided = Decisions.Decided().Where(static row => row.Code != Protocol.ResultCode.Accepted).Select(static row => (row.Code, row.Count));
        foreach (var (code, count) in decided.Concat(Decisions.NotDecided()).Concat(Sessions.NotDecided()))
        {
            refusals[code] = refusals.GetValueOrDefault(code) + count;
        }

        return refusals;
    }
}
