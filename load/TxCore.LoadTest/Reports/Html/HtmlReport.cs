using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports.Plots;

namespace TxCore.LoadTest.Reports.Html;

/// <summary>
/// The run as one HTML file that needs nothing beside it: styles, script and plots are inside, and its content policy forbids the
/// browser to fetch anything, so it can be mailed and opened years later.
/// </summary>
internal sealed class HtmlReport(PageParts parts)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

    /// <summary>Reasons shown one by one; all are in the other reports.</summary>
    private const int ReasonsMax = 12;

    private static readonly JsonSerializerOptions PlotJson = new(JsonSerializerDefaults.Web);

    private readonly StringBuilder _page = new();

    public static string Write(RunDocument document) => new HtmlReport(PageParts.Load()).Build(document);

    public string Build(RunDocument document)
    {
        var run = document.Run;
        var plots = RunPlots.Of(run);
        Head(document);
        Line("<body>");
        Header(document);
        Line("<main>");
        Tiles(run);
        if (document.Comparison is { } comparison)
        {
            Table(comparison.ToTable());
        }

        Table(ReportTables.RepeatSummary(run));
        Plots(plots);
        Table(ReportTables.Latencies(run));
        Table(ReportTables.Counts(run), hasRemark: true);
        Table(ReportTables.Thresholds(run));
        Bars(run);
        Table(ReportTables.Reasons("Faults", run.Faults, run.Totals.Sent));
        foreach (var table in ScenarioTables.Of(run))
        {
            Table(table);
        }

        Table(ReportTables.Repeats(run));
        Table(ReportTables.Checks(run));
        Table(ReportTables.Settings("Settings", run.Settings));
        Table(ReportTables.Conditions(run));
        Line("<footer>Written by TxCore.LoadTest. Latency counts from the planned send time. Plots: drag to zoom, double-click for everything.</footer>");
        Line("</main>");
        Scripts(plots);
        Line("</body></html>");
        return _page.ToString();
    }

    private void Head(RunDocument document)
    {
        Line("<!DOCTYPE html>");
        Line("<html lang=\"en\"><head><meta charset=\"utf-8\">");
        Line($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">");
        Line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Line("<link rel=\"icon\" href=\"data:,\">");
        Line($"<title>{Text(document.Run.Name)}: {Text(document.Outcome)}</title>");
        if (parts.UPlotStyle is { } style)
        {
            Line($"<style>{style}</style>");
        }

        Line($"<style>\n{parts.Style}\n</style></head>");
    }

    private void Header(RunDocument document)
    {
        var run = document.Run;
        string kind = run.Outcome switch { RunOutcome.Passed => "passed", RunOutcome.ThresholdFailed => "threshold", _ => "failed" };
        Line($"<header class=\"{kind}\"><div>");
        Line($"<h1>{Text(run.Name)}</h1>");
        string repeats = run.Repeats.Count > 1 ? $" · {run.Repeats.Count} runs" : "";
        Line($"<p class=\"when\">{run.StartedAt.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC · {Text(run.Scenario)}"
            + $"{(run.Preset is { } preset ? " · " + Text(preset) : "")}{repeats} · target {Text(run.Target)} · seed {run.Seed}</p>");
        Line($"<p class=\"verdict\"><b>{Text(document.Outcome)}</b>{Text(document.Verdict)}</p>");
        if (run.Totals.Saturated)
        {
            Line($"<p class=\"alarm\">{Text(ReportTables.Saturated)}</p>");
        }

        if (document.Comparison is { IsWorse: true } comparison)
        {
            Line($"<p class=\"alarm\">{Text(comparison.Verdict)}</p>");
        }

        Line("</div></header>");
    }

    private void Tiles(RunRecord run)
    {
        var latency = LatencySummary.Of(run.FromPlanned);
        Line("<div class=\"tiles\">");
        Tile("answered", Units.Number(run.Totals.AnsweredPerSecond), "/s");
        Tile("p50", Units.Milliseconds(latency.P50), "ms");
        Tile("p99", Units.Milliseconds(latency.P99), "ms");
        Tile("p99.9", Units.Milliseconds(latency.P99_9), "ms");
        Tile("longest", Units.Milliseconds(latency.Max), "ms");
        long lost = run.Totals.Failed + run.Totals.Dropped;
        Tile("not answered", Units.Count(lost), $"of {Units.Count(run.Totals.Planned)}", lost > 0);
        if (run.Checks.Count > 0)
        {
            int broken = run.Checks.Count(check => !check.Holds);
            Tile("rules that hold", Units.Count(run.Checks.Count - broken), $"of {run.Checks.Count}", broken > 0);
        }

        Line("</div>");
    }

    private void Tile(string name, string value, string unit, bool isBad = false) =>
        Line($"<div class=\"tile{(isBad ? " lost" : "")}\"><span>{Text(name)}</span><strong>{Text(value)}<small>{Text(unit)}</small></strong></div>");

    private void Plots(IReadOnlyList<Plot> plots)
    {
        Line("<div class=\"plots\">");
        foreach (var plot in plots)
        {
            Line($"<figure><figcaption>{Text(plot.Title)}<small>{Text(plot.Note)}</small></figcaption>");
            Line($"<div class=\"plot\" id=\"plot-{plot.Id}\" data-drawn=\"svg\">{SvgPlot.Draw(plot)}<div class=\"legend\">");
            foreach (var series in plot.Series)
            {
                Line($"<span><i style=\"background:{series.Color}\"></i>{Text(series.Label)}</span>");
            }

            Line("</div></div></figure>");
        }

        Line("</div>");
    }

    private void Bars(RunRecord run)
    {
        if (run.Refusals.Count == 0)
        {
            return;
        }

        double longest = run.Refusals[0].Count;
        Line("<section id=\"refusals\"><h2>Refusals by reason</h2><table><tbody>");
        long others = run.Refusals.Skip(ReasonsMax).Sum(reason => reason.Count);
        var last = others == 0 ? [] : new[] { new ReasonCount($"{run.Refusals.Count - ReasonsMax} other reasons", others) };
        foreach (var reason in run.Refusals.Take(ReasonsMax).Concat(last))
        {
            string width = (100 * reason.Count / longest).ToString("0.#", CultureInfo.InvariantCulture);
            Line($"<tr><th>{Text(reason.Reason)}</th><td style=\"width:60%;text-align:left\"><span class=\"bar\" style=\"width:{width}%\"></span></td>"
                + $"<td>{Units.Count(reason.Count)}</td></tr>");
        }

        Line("</tbody></table><p class=\"note\">Decisions, not errors: each is an answer, and the same one for everybody.</p></section>");
    }

    private void Table(ReportTable? table, bool hasRemark = false)
    {
        if (table is null)
        {
            return;
        }

        bool isPair = table.Columns.All(string.IsNullOrEmpty);
        string kind = isPair ? "text pair" : table.IsText ? "text" : "figures";
        Line($"<section><h2>{Text(table.Title)}</h2><div class=\"scroll\"><table class=\"{kind}\">");
        if (!isPair)
        {
            Line($"<thead><tr>{string.Concat(table.Columns.Select(column => $"<th>{Text(column)}</th>"))}</tr></thead>");
        }

        Line("<tbody>");
        foreach (var row in table.Rows)
        {
            _page.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                _page.Append(i == 0 ? $"<th>{Mark(row[i])}</th>" : hasRemark && i == row.Count - 1 ? $"<td class=\"remark\">{Text(row[i])}</td>" : $"<td>{Mark(row[i])}</td>");
            }

            Line("</tr>");
        }

        Line("</tbody></table></div>");
        if (table.Note is { } note)
        {
            Line($"<p class=\"note\">{Text(note)}</p>");
        }

        Line("</section>");
    }

    private void Scripts(IReadOnlyList<Plot> plots)
    {
        if (parts.UPlotLicense is { } license)
        {
            Line($"<!-- The plots are drawn by uPlot:\n{license.Replace("--", "- -", StringComparison.Ordinal)}\n-->");
        }

        // The serializer writes < and > as escapes, so no text of a run can end the element.
        Line($"<script type=\"application/json\" id=\"plots\">{JsonSerializer.Serialize(plots, PlotJson)}</script>");
        if (parts.UPlot is { } library)
        {
            Line($"<script>{library}</script>");
        }

        Line($"<script>\n{parts.Script}\n</script>");
    }

    private static string Mark(string text) => text switch
    {
        "holds" or "ok" => $"<span class=\"good\">{text}</span>",
        "BROKEN" or "WORSE" => $"<span class=\"bad\">{text}</span>",
        _ => Text(text),
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private void Line(string text) => _page.Append(text).Append('\n');
}
