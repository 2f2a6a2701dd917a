using System.Diagnostics;
using System.Text.Json.Serialization;

namespace TxCore.Diagnostics;

/// <summary>What a shard did between two looks of one reader.</summary>
/// <param name="Seconds">Length of the interval.</param>
/// <param name="Stages">Percentiles of each stage in microseconds, by its name in lower case.</param>
/// <param name="Commit">PostgreSQL's commits, in microseconds.</param>
/// <param name="BatchRows">Rows of a commit.</param>
/// <param name="Decided">Entries decided and stored.</param>
/// <param name="Repeated">Transactions answered with an earlier decision.</param>
/// <param name="Refusals">Refusals by code, those with the most first.</param>
/// <param name="Histograms">The histograms that <paramref name="Stages"/> and <paramref name="Commit"/> (as <c>commit</c>) sum up, in nanoseconds,
/// in the compressed form of HdrHistogram as base64: for readers that add intervals or servers up, as percentiles cannot be. Null unless asked for.</param>
public sealed record FiguresInterval(
    double Seconds, IReadOnlyDictionary<string, StageSummary> Stages, StageSummary Commit, StageSummary BatchRows, long Decided, long Repeated,
    IReadOnlyDictionary<string, long> Refusals,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Histograms = null);

/// <summary>
/// The intervals of a shard's figures, one for each reader by name, so that none takes from another. Beyond
/// <see cref="ReadersMax"/> names the one that has not read for longest is forgotten.
/// </summary>
public sealed class FigureReaders(ShardFigures figures)
{
    /// <summary>Readers kept; each takes about half a megabyte.</summary>
    public const int ReadersMax = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reader> _readers = [];

    /// <summary>What came since this reader last took (since the start, the first time), and begins its next interval.</summary>
    /// <param name="name">The reader.</param>
    /// <param name="withHistograms">Gives the histograms too, some kilobytes.</param>
    public FiguresInterval Take(string name, bool withHistograms = false)
    {
        lock (_gate)
        {
            if (!_readers.TryGetValue(name, out var reader))
            {
                if (_readers.Count == ReadersMax)
                {
                    _readers.Remove(_readers.MinBy(static pair => pair.Value.TakenTicks).Key);
                }

                reader = new Reader(figures);
                _readers.Add(name, reader);
            }

            return reader.Take(withHistograms);
        }
    }

    private sealed class Reader(ShardFigures figures)
    {
        private const double NanosecondsPerMicrosecond = 1000;
        private const string CommitName = "commit";
        private readonly HistogramReader[] _stages = [.. StageLatencies.InOrder.Select(stage => new HistogramReader(figures.Latencies[stage]))];
        private readonly HistogramReader _commit = new(figures.CommitTime);
        private readonly HistogramReader _batchRows = new(figures.BatchRows);
        private Dictionary<Protocol.ResultCode, long> _refusals = [];
        private long _decided;
        private long _repeated;

        public long TakenTicks { get; private set; } = figures.StartedTicks;

        public FiguresInterval Take(bool withHistograms)
        {
            long now = Stopwatch.GetTimestamp();
            double seconds = Stopwatch.GetElapsedTime(TakenTicks, now).TotalSeconds;
            TakenTicks = now;
            var stages = new Dictionary<string, StageSummary>();
            var histograms = withHistograms ? new Dictionary<string, string>() : null;
            for (int i = 0; i < _stages.Length; i++)
            {
                string name = StageLatencies.InOrder[i].ToString().ToLowerInvariant();
                stages.Add(name, Take(_stages[i], name, histograms));
            }

            long decided = Since(ref _decided, figures.Decisions.Decided().Sum(static row => row.Count));
            long repeated = Since(ref _repeated, figures.Decisions.Repeated);
            return new FiguresInterval(
                seconds, stages, Take(_commit, CommitName, histograms), _batchRows.TakeSummary(1), decided, repeated, TakeRefusals(), histograms);
        }

        private static StageSummary Take(HistogramReader reader, string name, Dictionary<string, string>? histograms)
        {
            var summary = reader.TakeSummary(NanosecondsPerMicrosecond);
            histograms?.Add(name, reader.TakenAsText());
            return summary;
        }

        private Dictionary<string, long> TakeRefusals()
        {
            var before = _refusals;
            _refusals = figures.Refusals();
            return _refusals.Select(pair => (Name: pair.Key.ToString(), Count: pair.Value - before.GetValueOrDefault(pair.Key)))
                .Where(static row => row.Count > 0).OrderByDescending(static row => row.Count).ToDictionary(static row => row.Name, static row => row.Count);
        }

        private static long Since(ref long before, long now)
        {
            long since = now - before;
            before = now;
            return since;
        }
    }
}
