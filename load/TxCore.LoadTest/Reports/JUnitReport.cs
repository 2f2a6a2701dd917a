using System.Globalization;
using System.Text;
using System.Xml;

namespace TxCore.LoadTest.Reports;

/// <summary>The run as JUnit XML, so that a build server shows each threshold, rule and compared figure as a test.</summary>
internal static class JUnitReport
{
    private sealed record Case(string Group, string Name, string? Failure);

    public static string Write(RunDocument document)
    {
        var run = document.Run;
        List<Case> cases =
        [
            new("run", "the run passed", run.Outcome == RunOutcome.Failed ? run.OutcomeReason ?? document.Verdict : null),
            new("run", "the generator kept its plan", run.Totals.Saturated ? ReportTables.Saturated : null),
            .. run.Thresholds.Select(t => new Case("thresholds", t.Text, t.Holds ? null : $"measured {(t.Value is { } v ? Units.Number(v) : "nothing")}")),
            .. run.Checks.Select(c => new Case("validation", c.Rule, c.Holds ? null : $"{c.Differences} differences: {string.Join("; ", c.Examples)}")),
        ];
        if (document.Comparison is { } comparison)
        {
            cases.AddRange(comparison.Figures.Where(f => f.Tolerance is not null && f.Baseline is not null).Select(f => new Case(
                "baseline", $"{f.Figure.Name} is within {Units.Percent(f.Tolerance!.Value)} of the baseline",
                f.IsWorse ? $"{f.Current?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} instead of {f.Baseline!.Value.ToString(CultureInfo.InvariantCulture)}" : null)));
        }

        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            Write(xml, run, cases);
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + text + "\n";
    }

    private static void Write(XmlWriter xml, RunRecord run, List<Case> cases)
    {
        string seconds = (run.WarmUpSeconds + run.DurationSeconds).ToString("0.###", CultureInfo.InvariantCulture);
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", run.Name);
        xml.WriteAttributeString("tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", cases.Count(one => one.Failure is not null).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("time", seconds);
        xml.WriteAttributeString("timestamp", run.StartedAt.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteStartElement("properties");
        foreach (var row in ReportTables.Conditions(run).Rows.Concat(run.Settings.Select(setting => (IReadOnlyList<string>)[setting.Name, setting.Value])))
        {
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", row[0]);
            xml.WriteAttributeString("value", Clean(row[1]));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        foreach (var one in cases)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", $"{run.Scenario}.{one.Group}");
            xml.WriteAttributeString("name", Clean(one.Name));
            xml.WriteAttributeString("time", "0");
            if (one.Failure is { } failure)
            {
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("message", Clean(failure));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>What a server wrote before it died may hold characters that XML has no way to write.</summary>
    private static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
