using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports.Comparing;

namespace TxCore.LoadTest.Reports;

/// <summary>A table of a report. The first column is text, the others are figures unless <paramref name="IsText"/>.</summary>
/// <param name="Note">A sentence below it; null for none.</param>
internal sealed record ReportTable(
    string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, bool IsText = false, string? Note = null);

/// <summary>The tables that the HTML and the Markdown report have in common, so that both say the same.</summary>
internal static class ReportTables
{
    /// <summary>The columns of <see cref="Row"/>.</summary>
    public static readonly string[] LatencyColumns = ["p50", "p90", "p99", "p99.9", "p99.99", "max", "count"];

    public static ReportTable Counts(RunRecord run)
    {
        var totals = run.Totals;
        List<IReadOnlyList<string>> rows =
        [
            ["planned", Units.Count(totals.Planned), "sends of the measured time"],
            ["sent", Units.Count(totals.Sent), "accepted, refused and failed make up this number"],
            ["accepted", Units.Count(totals.Accepted), Share(totals.Accepted, totals.Sent)],
            ["refused", Units.Count(totals.Refused), Share(totals.Refused, totals.Sent) + ": decisions, not errors"],
            ["failed", Units.Count(totals.Failed), "sent and not answered in time"],
            ["dropped", Units.Count(totals.Dropped), "planned and not sent: too many were without an answer"],
            ["sent late", Units.Count(totals.Late), Share(totals.Late, totals.Sent) + ": more than 1 ms after the plan"],
            ["answered per second", Units.Number(totals.AnsweredPerSecond), "of the measured time, or until the last answer"],
            ["not measured", Units.Count(totals.WarmUpSent), $"sent in the warm-up or after the end, in no figure; {Units.Count(totals.WarmUpFailed)} of them failed"],
        ];
        if (totals.Events > 0)
        {
            rows.Add(["events", Units.Count(totals.Events), "received by listeners"]);
        }

        return new ReportTable("Transactions", ["", "count", ""], rows, Note: totals.Saturated ? Saturated : null);
    }

    /// <summary>The sentence that must not be missed.</summary>
    public const string Saturated =
        "SATURATED: the generator could not keep its plan. The latencies are of this machine, not of the server: use a lower rate or more cores.";

    public static ReportTable Latencies(RunRecord run)
    {
        List<IReadOnlyList<string>> rows =
        [
            Row("planned send to answer", LatencySummary.Of(run.FromPlanned)),
            Row("real send to answer", LatencySummary.Of(run.FromSent)),
            .. run.Stages.Select(stage => Row(StageName(stage.Stage), stage.Latency)),
            .. run.Lateness.TotalCount == 0 ? Array.Empty<string[]>() : [Row("lateness of the generator", LatencySummary.Of(run.Lateness))],
        ];
        return new ReportTable(
            "Latency in milliseconds", ["", .. LatencyColumns], rows,
            Note: "Judge by the first line: it counts from the moment a transaction was due, so a server that pauses cannot hide it. "
                + "Percentiles of stages do not add up.");
    }

    public static ReportTable? Reasons(string title, IReadOnlyList<ReasonCount> reasons, long sent) => reasons.Count == 0 ? null :
        new ReportTable(title, ["reason", "count", "of all sent"], [.. reasons.Select(r => (string[])[r.Reason, Units.Count(r.Count), Share(r.Count, sent)])]);

    public static ReportTable? Thresholds(RunRecord run) => run.Thresholds.Count == 0 ? null : new ReportTable(
        "Thresholds",
        ["", "condition", "measured", "looks that found it broken"],
        [.. run.Thresholds.Select(t => (string[])
        [
            t.Holds ? "holds" : "BROKEN", t.Text, t.Value is { } value ? Units.Number(value) : "nothing",
            Units.Count(t.ErrorCount) + (t.Aborted ? ", ended the run" : ""),
        ])],
        IsText: true);

    public static ReportTable? Checks(RunRecord run) => run.Checks.Count == 0 ? null : new ReportTable(
        "Validation",
        ["", "rule", "differences"],
        [.. run.Checks.Select(c => (string[])
            [c.Holds ? "holds" : "BROKEN", c.Rule, c.Holds ? "0" : $"{Units.Count(c.Differences)}: {string.Join("; ", c.Examples)}"])],
        IsText: true,
        Note: "Checked in the database itself, not through the server's code.");

    public static ReportTable? Settings(string title, IReadOnlyList<RunSetting> settings) => settings.Count == 0 ? null :
        new ReportTable(title, ["", ""], [.. settings.Select(setting => (string[])[setting.Name, setting.Value])], IsText: true);

    /// <summary>Everything without which the figures say nothing.</summary>
    public static ReportTable Conditions(RunRecord run)
    {
        var machine = run.Machine;
        List<IReadOnlyList<string>> rows =
        [
            ["started", run.StartedAt.ToString("u", System.Globalization.CultureInfo.InvariantCulture)],
            ["duration", $"{Units.Time(run.DurationSeconds)} after {Units.Time(run.WarmUpSeconds)} of warm-up"],
            ["seed", run.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)],
            ["target", run.Target],
            [run.Fdatasync is null ? "machine of this tool" : "machine", $"{machine.Cores} cores, {machine.Processor}, {Units.Number(machine.MemoryGigabytes)} GB"],
            ["system", $"{machine.OperatingSystem}, {machine.Runtime}"],
            [run.Fdatasync is null ? "TxCore, this tool" : "TxCore", run.ToolVersion],
            ["fdatasync", run.Fdatasync is { } disk
                ? $"{Units.Number(disk.PerSecond)} per second, p50 {Units.Milliseconds(disk.P50Microseconds)} ms, "
                    + $"p99 {Units.Milliseconds(disk.P99Microseconds)} ms, on the disk of the database: no commit is faster"
                : NotMeasured(run)],
        ];
        if (run.Postgres is { } postgres)
        {
            rows.Add(["PostgreSQL", postgres.Version]);
            rows.Add(["commits", $"{Units.Count(postgres.Batches)}, of {Ratio(postgres.Transactions, postgres.Batches)} transactions on average"]);
            rows.Add(["WAL", $"{Units.Number(postgres.WalBytesPerTransaction)} bytes per transaction, {Units.Bytes(postgres.WalBytes)} in all"]);
            rows.Add(["rows", $"{Units.Number(postgres.BytesPerRow)} bytes each with indexes, {Units.Count(postgres.Rows)} written"]);
            rows.AddRange(postgres.Settings.Select(setting => (string[])[setting.Name, setting.Value]));
        }

        return new ReportTable("Conditions", ["", ""], rows, IsText: true);
    }

    /// <summary>Said instead of a figure of the wrong machine's disk.</summary>
    public static string NotMeasured(RunRecord run) => run.Stages.Any(stage => stage.Stage == ServerStages.Commit)
        ? "not measured (remote): PostgreSQL's own commit time in the table of latencies tells what its disk does"
        : "not measured (remote), and PostgreSQL's commit time is not known: --admin asks the server for it";

    public static ReportTable? RepeatSummary(RunRecord run) => run.RepeatSummary.Count == 0 ? null : new ReportTable(
        $"Median and spread of {run.Repeats.Count} runs",
        ["", "median", "lowest", "highest", "spread"],
        [.. run.RepeatSummary.Select(Spread)],
        Note: "Spread is the highest less the lowest, as a share of the median. The plots and tables around it are of one of the runs.");

    public static ReportTable? Repeats(RunRecord run) => run.Repeats.Count == 0 ? null : new ReportTable(
        "The single runs, latency in milliseconds",
        ["run", "seed", "answered/s", "p50", "p99", "p99.9", "max", "failed", "end"],
        [.. run.Repeats.Select(r => (string[])
        [
            Units.Count(r.Run), $"{r.Seed}", Units.Number(r.AnsweredPerSecond), Units.Milliseconds(r.FromPlanned.P50),
            Units.Milliseconds(r.FromPlanned.P99), Units.Milliseconds(r.FromPlanned.P99_9), Units.Milliseconds(r.FromPlanned.Max),
            Units.Count(r.Failed), (r.Outcome == RunOutcome.Passed ? "passed" : "failed") + (r.Saturated ? ", saturated" : ""),
        ])]);

    private static string[] Spread(RepeatSpread spread)
    {
        var figure = RunFigures.Of(spread);
        Func<double, string> text = figure is null ? Units.Number : figure.Text;
        return [figure?.Label ?? spread.Figure, text(spread.Median), text(spread.Lowest), text(spread.Highest), Units.Percent(spread.Spread)];
    }

    /// <summary>A stage as people read it.</summary>
    public static string StageName(string stage) => stage == ServerStages.Commit ? "PostgreSQL: commit of a batch" : $"server: {stage}";

    /// <summary>Percentiles of a latency in milliseconds.</summary>
    public static string[] Row(string name, LatencySummary l) => l.Count == 0
        ? [name, "–", "–", "–", "–", "–", "–", "0"]
        : [name, .. new[] { l.P50, l.P90, l.P99, l.P99_9, l.P99_99, l.Max }.Select(Units.Milliseconds), Units.Count(l.Count)];

    private static string Share(long count, long all) => all == 0 ? "–" : Units.Percent(count / (double)all);

    private static string Ratio(long count, long parts) => parts == 0 ? "–" : Units.Number(count / (double)parts);
}
