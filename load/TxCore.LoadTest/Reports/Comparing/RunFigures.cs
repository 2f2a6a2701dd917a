using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>One figure of a run that two runs are compared by. Latencies are microseconds, and shown in milliseconds.</summary>
/// <param name="Name">As in <c>--tolerance</c>.</param>
/// <param name="Label">As in reports, with the unit.</param>
/// <param name="MoreIsBetter">A lower value is worse; else a higher one is.</param>
/// <param name="Of">The value; null when the run has none.</param>
/// <param name="Repeated">How the summary of repeats calls it; null when it sums up none.</param>
internal sealed record RunFigure(string Name, string Label, bool MoreIsBetter, Func<RunRecord, double?> Of, string? Repeated = null)
{
    private bool IsLatency => Label.EndsWith(", ms", StringComparison.Ordinal);

    /// <summary>A value as it is shown.</summary>
    public string Text(double value) => IsLatency ? Units.Milliseconds(value) : Name == "refused" ? Units.Percent(value) : Units.Number(value);
}

/// <summary>All figures, in the order shown.</summary>
internal static class RunFigures
{
    public static readonly IReadOnlyList<RunFigure> All =
    [
        new("rate", "answered per second", true, run => run.Totals.AnsweredPerSecond, "answered per second"),
        Percentile("p50", 50),
        Percentile("p90", 90),
        Percentile("p99", 99),
        Percentile("p99.9", 99.9),
        Percentile("p99.99", 99.99),
        Percentile("max", 100),
        new("commit-p50", "commit p50, ms", false, run => Commit(run)?.P50),
        new("commit-p99", "commit p99, ms", false, run => Commit(run)?.P99),
        new("failed", "failed", false, run => run.Totals.Failed),
        new("dropped", "dropped", false, run => run.Totals.Dropped),
        new("refused", "refused, of all sent", false, run => run.Totals.Sent == 0 ? null : run.Totals.Refused / (double)run.Totals.Sent),
        new("wal", "WAL bytes per transaction", false, run => run.Postgres?.WalBytesPerTransaction),
        new("row", "bytes per row", false, run => run.Postgres?.BytesPerRow),
    ];

    public static RunFigure? Find(string name) => All.FirstOrDefault(figure => figure.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The figure that a line of the summary of repeats is about; null when it is none of these.</summary>
    public static RunFigure? Of(RepeatSpread spread) => All.FirstOrDefault(figure => figure.Repeated == spread.Figure);

    /// <summary>Its line in the summary of repeats; null when the run sums up none.</summary>
    public static RepeatSpread? Spread(RunFigure figure, RunRecord run) =>
        figure.Repeated is null ? null : run.RepeatSummary.FirstOrDefault(spread => spread.Figure == figure.Repeated);

    /// <summary>The median when the run sums up several, else the value of the run.</summary>
    public static double? Value(RunFigure figure, RunRecord run) => Spread(figure, run)?.Median ?? figure.Of(run);

    private static LatencySummary? Commit(RunRecord run) => run.Stages.FirstOrDefault(stage => stage.Stage == ServerStages.Commit)?.Latency;

    private static RunFigure Percentile(string name, double percentile) => new(
        name, $"{name}, ms", false,
        run => run.FromPlanned.TotalCount == 0 ? null : run.FromPlanned.GetValueAtPercentile(percentile),
        $"{name} microseconds");
}
