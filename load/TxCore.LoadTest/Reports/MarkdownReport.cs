using System.Globalization;
using System.Text;

namespace TxCore.LoadTest.Reports;

/// <summary>The run as Markdown: for a pull request, a wiki or a ticket.</summary>
internal static class MarkdownReport
{
    public static string Write(RunDocument document)
    {
        var run = document.Run;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {run.Name}\n\n**{document.Outcome}.** {Escape(document.Verdict)}\n");
        if (run.Totals.Saturated)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{ReportTables.Saturated}**\n");
        }

        ReportTable?[] tables =
        [
            document.Comparison?.ToTable(),
            ReportTables.RepeatSummary(run),
            ReportTables.Latencies(run),
            ReportTables.Counts(run),
            ReportTables.Thresholds(run),
            ReportTables.Reasons("Refusals by reason", run.Refusals, run.Totals.Sent),
            ReportTables.Reasons("Faults", run.Faults, run.Totals.Sent),
            .. ScenarioTables.Of(run),
            ReportTables.Repeats(run),
            ReportTables.Checks(run),
            ReportTables.Settings("Settings", run.Settings),
            ReportTables.Conditions(run),
        ];
        foreach (var table in tables.OfType<ReportTable>())
        {
            Append(text, table);
        }

        return text.ToString();
    }

    /// <summary>One table, with its heading.</summary>
    public static void Append(StringBuilder text, ReportTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {Escape(table.Title)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", table.Columns.Select(Escape))} |\n");
        text.Append(CultureInfo.InvariantCulture, $"|{string.Concat(table.Columns.Select((_, i) => i == 0 || table.IsText ? "---|" : "--:|"))}\n");
        foreach (var row in table.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(Escape))} |\n");
        }

        if (table.Note is { } note)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Escape(note)}\n");
        }
    }

    private static string Escape(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
