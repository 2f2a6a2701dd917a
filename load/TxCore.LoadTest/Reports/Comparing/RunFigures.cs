namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>One figure of a run that two runs are compared by and repeats are summed up by.</summary>
/// <param name="Name">As in <c>--tolerance</c>.</param>
/// <param name="Label">As in reports, with the unit.</param>
/// <param name="MoreIsBetter">A lower value is worse; else a higher one is.</param>
/// <param name="Of">The value; null when the run has none.</param>
internal sealed record RunFigure(string Name, string Label, bool MoreIsBetter, Func<RunRecord, double?> Of);

/// <summary>All figures, in the order shown.</summary>
internal static class RunFigures
{
    public static readonly IReadOnlyList<RunFigure> All =
    [
        new("rate", "answered per second", true, run => run.Totals.AnsweredPerSecond),
        Percentile("p50", 50),
        Percentile("p90", 90),
        Percentile("p99", 99),
        Percentile("p99.9", 99.9),
        Percentile("p99.99", 99.99),
        Percentile("max", 100),
        new("commit-p50", "commit p50, ms", false, run => run.Postgres?.CommitMicroseconds?.P50 / 1_000),
        new("commit-p99", "commit p99, ms", false, run => run.Postgres?.CommitMicroseconds?.P99 / 1_000),
        new("failed", "failed", false, run => run.Totals.Failed),
        new("dropped", "dropped", false, run => run.Totals.Dropped),
        new("refused", "refused per sent", false, run => run.Totals.Sent == 0 ? null : run.Totals.Refused / (double)run.Totals.Sent),
        new("wal", "WAL bytes per transaction", false, run => run.Postgres?.WalBytesPerTransaction),
        new("row", "bytes per row", false, run => run.Postgres?.BytesPerRow),
    ];

    public static RunFigure? Find(string name) => All.FirstOrDefault(figure => figure.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The label of a figure; the name itself when it is none of these.</summary>
    public static string Label(string name) => Find(name)?.Label ?? name;

    /// <summary>A value as it is shown.</summary>
    public static string Text(string name, double value) => Label(name).EndsWith("ms", StringComparison.Ordinal)
        ? Units.Milliseconds(value * 1_000)
        : name == "refused" ? Units.Percent(value) : Units.Number(value);

    /// <summary>The median when the run sums up several, else the value of the run.</summary>
    public static double? Value(RunFigure figure, RunRecord run) =>
        run.RepeatSummary.FirstOrDefault(spread => spread.Figure == figure.Name)?.Median ?? figure.Of(run);

    private static RunFigure Percentile(string name, double percentile) => new(
        name, $"{name}, ms", false,
        run => run.FromPlanned.TotalCount == 0 ? null : run.FromPlanned.GetValueAtPercentile(percentile) / 1_000d);
}
