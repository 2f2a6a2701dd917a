using System.Xml.Linq;
using HdrHistogram;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Comparing;
using TxCore.LoadTest.Scenarios;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Tests.Reports;

public class ReportFilesTests
{
    [Fact]
    public async Task All_formats_are_written_under_the_name_and_time_of_the_run()
    {
        using var directory = new TemporaryDirectory();
        var files = await WriteAsync(directory, new RunDocument(PlottedRun.Create()), Enum.GetValues<ReportFormat>());
        Assert.Equal(
            [
                "steady-load-20260102-030405.html", "steady-load-20260102-030405.md", "steady-load-20260102-030405.json",
                "steady-load-20260102-030405.planned.hgrm", "steady-load-20260102-030405.sent.hgrm", "steady-load-20260102-030405.lateness.hgrm",
                "steady-load-20260102-030405.hlog", "steady-load-20260102-030405.junit.xml",
            ],
            files.Select(Path.GetFileName));
        Assert.All(files, file => Assert.True(new FileInfo(file).Length > 100, file));
    }

    [Fact]
    public async Task The_interval_log_reads_back_with_its_tags_and_adds_up_to_the_run()
    {
        using var directory = new TemporaryDirectory();
        var run = PlottedRun.Create();
        string file = Assert.Single(await WriteAsync(directory, new RunDocument(run), ReportFormat.Hlog));
        await using var stream = File.OpenRead(file);
        var intervals = new HistogramLogReader(stream).ReadHistograms().ToList();

        Assert.Equal(65, intervals.Count);
        Assert.Equal(5, intervals.Count(interval => interval.Tag == HistogramFiles.WarmUpTag));
        var measured = intervals.Where(interval => interval.Tag == HistogramFiles.MeasuredTag).ToList();
        Assert.Equal(run.FromPlanned.TotalCount, measured.Sum(interval => interval.TotalCount));
        Assert.Equal(run.StartedAt.ToUnixTimeMilliseconds() + 5_000, measured[0].StartTimeStamp);
    }

    [Fact]
    public void A_target_elsewhere_gets_no_figure_of_this_machines_disk_in_any_report()
    {
        var run = PlottedRun.Create() with { Target = "core1:7400", Fdatasync = null };
        var text = new StringWriter();
        new RunText(text).Write(run);
        Assert.All(
            [text.ToString(), MarkdownReport.Write(new RunDocument(run)), TxCore.LoadTest.Reports.Html.HtmlReport.Write(new RunDocument(run))],
            report =>
            {
                Assert.Contains("not measured (remote)", report, StringComparison.Ordinal);
                Assert.Contains("PostgreSQL: commit of a batch", report, StringComparison.Ordinal);
                Assert.DoesNotContain("fdatasync p50", report, StringComparison.Ordinal);
            });

        var blind = MarkdownReport.Write(new RunDocument(run with { Stages = [] }));
        Assert.Contains("--admin asks the server for it", blind, StringComparison.Ordinal);
    }

    [Fact]
    public void Kills_and_the_racing_day_are_told_in_every_report()
    {
        var races = new RaceCounts(Run: 7, Cancelled: 1, StoppedByCommand: 5, StoppedByTime: 2, Scratched: 4, Published: 8);
        var run = PlottedRun.Create() with
        {
            Kills = [new KillReport("PostgreSQL", 23.7, 3_384, 4_784), new KillReport("retail server", 48.9, 5_349, 0)],
            RaceDay = new RaceDayFigures([new ChannelFigures("retail", races, 16_844, 76_496_640, 1_463_525, 7_165, 60_106_961, 9_331, 1_295, 240)]),
        };
        var text = new StringWriter();
        new RunText(text).Write(run);
        Assert.All(
            [text.ToString(), MarkdownReport.Write(new RunDocument(run)), TxCore.LoadTest.Reports.Html.HtmlReport.Write(new RunDocument(run))],
            report => Assert.All(["4,784", "never", "764,966.40", "16,844"], part => Assert.Contains(part, report, StringComparison.Ordinal)));
        Assert.Contains("2 kills of a server or of PostgreSQL included", new RunDocument(run).Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void The_percentile_distribution_is_in_milliseconds()
    {
        var histogram = new LongHistogram(1, 1_000_000, 3);
        histogram.RecordValue(2_000);
        string text = HistogramFiles.Distribution(histogram);
        Assert.Contains("2.000", text, StringComparison.Ordinal);
        Assert.Contains("#[Max", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_has_a_case_for_each_threshold_rule_and_compared_figure_and_fails_those_that_do_not_hold()
    {
        var run = PlottedRun.Create() with
        {
            Outcome = RunOutcome.Failed,
            OutcomeReason = "a rule does not hold \u0001",
            Thresholds = [new ThresholdResult("OkLatency: p99 < 10", 99, false, 4, false)],
            Checks = [new CheckResult("holds", 0, []), new CheckResult("does not", 2, ["row 7", "row 8"])],
        };
        var comparison = RunComparison.Of(PlottedRun.Create(), run, Tolerances.Parse(null));
        var suite = XDocument.Parse(JUnitReport.Write(new RunDocument(run, comparison))).Root!.Element("testsuite")!;

        var cases = suite.Elements("testcase").ToList();
        Assert.Equal(2 + 1 + 2 + 5, cases.Count);
        Assert.Equal("3", suite.Attribute("failures")!.Value);
        Assert.Equal("measured 99", Failure("OkLatency: p99 < 10"));
        Assert.Equal("2 differences: row 7; row 8", Failure("does not"));
        Assert.Null(Failure("holds"));

        string? Failure(string name) =>
            cases.Single(one => one.Attribute("name")!.Value == name).Element("failure")?.Attribute("message")?.Value;
    }

    [Fact]
    public void Markdown_tells_the_same_as_the_page_and_no_text_breaks_its_tables()
    {
        var run = PlottedRun.Create() with { Settings = [new RunSetting("a|b", "line 1\nline 2")] };
        string text = MarkdownReport.Write(new RunDocument(run));
        Assert.StartsWith("# steady load\n\n**Passed.** 2,000 transactions per second were answered", text, StringComparison.Ordinal);
        Assert.Contains("| a\\|b | line 1 line 2 |", text, StringComparison.Ordinal);
        Assert.Contains("| planned send to answer |", text, StringComparison.Ordinal);
        Assert.Contains("## Conditions", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_are_shown_with_median_and_spread()
    {
        var run = PlottedRun.Create() with
        {
            Repeats = [Repeat(1, 2_000), Repeat(2, 1_990)],
            RepeatSummary = [new RepeatSpread("p99 microseconds", 4_000, 3_800, 4_200, 0.1)],
        };
        Assert.Contains("| p99, ms | 4.00 | 3.80 | 4.20 | 10 % |", MarkdownReport.Write(new RunDocument(run)), StringComparison.Ordinal);

        RepeatFigures Repeat(int number, double rate) => new(number, 5, rate, 0, new TxCore.LoadTest.Engine.LatencySummary(1, 1, 1, 1, 1, 1, 1), false, RunOutcome.Passed);
    }

    private static Task<IReadOnlyList<string>> WriteAsync(TemporaryDirectory directory, RunDocument document, params ReportFormat[] formats) =>
        ReportFiles.WriteAsync(document, Path.Combine(directory.FullPath, "reports"), formats, TestContext.Current.CancellationToken);
}
