using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Tests.Reports;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

public class BreakpointSearchTests
{
    [Fact]
    public async Task The_search_doubles_and_then_halves_down_to_the_rate_that_holds_and_says_what_limited_it()
    {
        const int breaksAbove = 5_300;
        var search = new BreakpointSearch(TimeSpan.FromMilliseconds(50));
        var record = await search.RunAsync(1_000, rate => Task.FromResult(Run(p99Milliseconds: rate <= breaksAbove ? 20 : 400)));

        Assert.Equal([1_000, 2_000, 4_000, 8_000, 6_000, 5_000, 5_500, 5_250], search.Steps.Select(step => step.Rate));
        Assert.Contains(record.Findings, finding => finding.Value == "5,250 per second");
        Assert.Contains(record.Findings, finding => finding.Name == "limited by" && finding.Value.Contains("slowest stage is committed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_saturated_generator_is_named_as_the_limit_and_not_the_server()
    {
        var search = new BreakpointSearch(TimeSpan.FromMilliseconds(50), rateMax: 2_000);
        var record = await search.RunAsync(2_000, _ => Task.FromResult(Run(20) with { Totals = Run(20).Totals with { Saturated = true } }));

        Assert.Contains(record.Findings, finding => finding.Value.Contains("SATURATED", StringComparison.Ordinal));
        Assert.Contains(record.Findings, finding => finding.Value.Contains("the server may do more", StringComparison.Ordinal));
    }

    [Fact]
    public void Repeats_are_summed_up_by_median_spread_and_the_worst_outcome()
    {
        var record = RepeatedRun.SumUp([Run(10), Run(30) with { Outcome = RunOutcome.ThresholdFailed, OutcomeReason = "x" }, Run(20)]);

        var p99 = Assert.Single(record.RepeatSummary, line => line.Figure == "p99 microseconds");
        Assert.Equal(20_000, p99.Median, 20.0);
        Assert.Equal(1, p99.Spread, 0.01);
        Assert.Equal(3, record.Repeats.Count);
        Assert.Equal(RunOutcome.ThresholdFailed, record.Outcome);
        Assert.Equal(20_000, record.FromPlanned.GetValueAtPercentile(99), 20.0);
    }

    private static RunRecord Run(int p99Milliseconds)
    {
        var latency = new LongHistogram(1, LatencyRecorder.HighestMicroseconds, 3);
        latency.RecordValueWithCount(p99Milliseconds * 1_000, 100);
        var sample = SampleRecord.Create();
        return sample with
        {
            FromPlanned = latency,
            Totals = sample.Totals with { Failed = 0, Dropped = 0 },
            Stages = [new StageRecord("decided", LatencySummary.Of(latency) with { P99 = 5 }), new StageRecord("committed", LatencySummary.Of(latency))],
            Outcome = RunOutcome.Passed,
        };
    }
}
