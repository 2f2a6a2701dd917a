using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Html;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Tests.Reports;

public class HtmlReportTests
{
    [Fact]
    public void The_page_has_the_verdict_every_table_and_every_condition()
    {
        string page = HtmlReport.Write(new RunDocument(PlottedRun.Create()));
        foreach (string text in (string[])
            [
                "2,000 transactions per second were answered", "All 3 rules checked afterwards hold", "fdatasync", "2,450 per second", "508 bytes per transaction",
                "231 bytes each", "Inject(rate: 2000, interval: 1s, during: 60s)", "every acknowledged transaction is stored exactly once",
                "OkLatency: p99 &lt; 100", "PostgreSQL: commit of a batch", "server: decided", "A processor", "RunnerScratched",
            ])
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_server_or_a_user_wrote_cannot_become_part_of_the_page()
    {
        const string evil = "</script><script>alert('x')</script><img src=x onerror=alert(1)>";
        var run = PlottedRun.Create() with
        {
            Name = evil,
            Outcome = RunOutcome.Failed,
            OutcomeReason = evil,
            Refusals = [new ReasonCount(evil, 3)],
            Checks = [new CheckResult(evil, 1, [evil])],
        };
        string page = HtmlReport.Write(new RunDocument(run));
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_uPlot_the_page_has_the_same_plots_in_plain_SVG()
    {
        string page = new HtmlReport(PageParts.Load().WithoutUPlot()).Build(new RunDocument(PlottedRun.Create()));
        Assert.Equal(8, page.Split("<svg ").Length - 1);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("uPlot (v", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_measured_nothing_still_has_a_page()
    {
        var empty = SampleRecord.Create() with
        {
            FromPlanned = new(1, 1_000_000, 3),
            FromSent = new(1, 1_000_000, 3),
            Lateness = new(1, 1_000_000, 3),
            Seconds = [],
            Stages = [],
            Postgres = null,
            Fdatasync = null,
            Refusals = [],
        };
        string page = HtmlReport.Write(new RunDocument(empty));
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
        Assert.Contains("1 not answered", page, StringComparison.Ordinal);
    }
}
