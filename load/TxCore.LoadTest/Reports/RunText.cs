using System.Globalization;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Reports;

/// <summary>Prints a record for people: plain text, so that it can be pasted anywhere.</summary>
internal sealed class RunText(TextWriter output)
{
    private const int NameWidth = 34;

    public void Write(RunRecord run)
    {
        var totals = run.Totals;
        Line();
        Line($"{run.Name}: seed {run.Seed}, {run.DurationSeconds:0.#} s measured after {run.WarmUpSeconds:0.#} s of warm-up, against {run.Target}");
        Settings(run.Settings);
        Line($"  planned {totals.Planned:N0}, sent {totals.Sent:N0}, accepted {totals.Accepted:N0}, refused {totals.Refused:N0}, "
            + $"failed {totals.Failed:N0}, dropped {totals.Dropped:N0}; answered {totals.AnsweredPerSecond:N0}/s");
        Line($"  sends later than 1 ms: {totals.Late:N0}"
            + (totals.Saturated ? "  SATURATED: the generator had too little time, and its lateness is part of the latencies" : ""));
        Counts("refused", run.Refusals);
        Counts("fault", run.Faults);
        Line();
        Line($"{"latency, ms",-NameWidth}{"p50",10}{"p90",10}{"p99",10}{"p99.9",10}{"p99.99",10}{"max",10}{"count",12}");
        Row("from the planned send", LatencySummary.Of(run.FromPlanned));
        Row("from the real send", LatencySummary.Of(run.FromSent));
        foreach (var stage in run.Stages)
        {
            Row(ReportTables.StageName(stage.Stage), stage.Latency);
        }

        if (run.Lateness.TotalCount > 0)
        {
            Row("lateness of the generator", LatencySummary.Of(run.Lateness));
        }

        foreach (var table in ScenarioTables.Of(run).Append(ReportTables.RepeatSummary(run)).Append(ReportTables.Repeats(run)).OfType<ReportTable>())
        {
            Table(table);
        }

        Conditions(run);
        Results(run);
    }

    private void Conditions(RunRecord run)
    {
        Line();
        Line($"machine     {run.Machine.Cores} cores, {run.Machine.Processor}, {run.Machine.MemoryGigabytes:0.#} GB, {run.Machine.OperatingSystem}");
        Line($"software    {run.Machine.Runtime}, PostgreSQL {run.Postgres?.Version ?? "unknown"}, TxCore {run.ToolVersion}");
        Line(run.Fdatasync is { } disk
            ? $"fdatasync   {disk.PerSecond:N0}/s, p50 {disk.P50Microseconds:N0} µs, p99 {disk.P99Microseconds:N0} µs, on the disk of the database"
            : $"fdatasync   {ReportTables.NotMeasured(run)}");

        if (run.Postgres is { } database)
        {
            Line($"database    {database.Transactions:N0} numbers in {database.Batches:N0} commits, {database.WalBytesPerTransaction:N0} bytes of WAL each, "
                + $"{database.BytesPerRow:N0} bytes a row");
        }
    }

    private void Results(RunRecord run)
    {
        Line();
        foreach (var threshold in run.Thresholds)
        {
            Line($"  {(threshold.Holds ? "ok    " : "FAILED")}  {threshold.Text}: {threshold.Value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "nothing measured"}"
                + (threshold.Aborted ? $", the run was ended after {threshold.ErrorCount} looks" : ""));
        }

        foreach (var check in run.Checks)
        {
            Line($"  {(check.Holds ? "ok    " : "FAILED")}  {check.Rule}{(check.Holds ? "" : $": {check.Differences:N0} differences")}");
            foreach (string example in check.Examples)
            {
                Line($"            {example}");
            }
        }

        Line();
        Line(run.Outcome switch
        {
            RunOutcome.Passed when run.Checks.Count > 1 => "PASSED: every transaction was answered, and the database holds what was answered",
            RunOutcome.Passed => "PASSED: every transaction was answered; nothing was checked against the database",
            RunOutcome.ThresholdFailed => $"THRESHOLD FAILED: {run.OutcomeReason}",
            _ => $"FAILED: {run.OutcomeReason}",
        });
    }

    private void Table(ReportTable table)
    {
        Line();
        int[] widths = [.. Enumerable.Range(0, table.Columns.Count).Select(i => table.Rows.Select(row => row[i].Length).Append(table.Columns[i].Length).Max())];
        Line(Cells(table, table.Columns, widths, table.Title));
        foreach (var row in table.Rows)
        {
            Line(Cells(table, row, widths, "  " + row[0]));
        }
    }

    private static string Cells(ReportTable table, IReadOnlyList<string> cells, int[] widths, string first) => string.Concat(
        [first.PadRight(NameWidth), .. cells.Skip(1).Select((cell, i) => "  " + (table.IsText ? cell : cell.PadLeft(widths[i + 1])))]).TrimEnd();

    private void Settings(IReadOnlyList<RunSetting> settings)
    {
        foreach (var setting in settings)
        {
            Line($"  {setting.Name}: {setting.Value}");
        }
    }

    private void Counts(string what, IReadOnlyList<ReasonCount> counts)
    {
        foreach (var item in counts)
        {
            Line($"    {what} {item.Reason,-24}{item.Count,12:N0}");
        }
    }

    private void Row(string name, LatencySummary latency) => Line(
        $"{"  " + name,-NameWidth}{Milliseconds(latency.P50),10}{Milliseconds(latency.P90),10}{Milliseconds(latency.P99),10}{Milliseconds(latency.P99_9),10}"
        + $"{Milliseconds(latency.P99_99),10}{Milliseconds(latency.Max),10}{latency.Count,12:N0}");

    private static string Milliseconds(double microseconds) => (microseconds / 1_000).ToString("0.000", CultureInfo.InvariantCulture);

    private void Line(string text = "") => output.WriteLine(text);
}
