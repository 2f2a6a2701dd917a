using HdrHistogram;
using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Tests.Engine.Thresholds;

public class ThresholdTests
{
    [Theory]
    [InlineData("OkLatency: p99 < 100", true)]
    [InlineData("OkLatency: p99 < 99", false)]
    [InlineData("OkLatency: p50 <= 51", true)]
    [InlineData("OkLatency: Max > 99", true)]
    [InlineData("FailRequest: Percent < 0.1", false)]
    [InlineData("FailRequest: Count = 2", true)]
    [InlineData("OkRequest: RPS >= 99", true)]
    [InlineData("LateRequest: Percent < 1", true)]
    public void A_threshold_holds_or_not(string text, bool holds)
    {
        var threshold = Threshold.Parse(text);
        Assert.Equal(holds, threshold.Holds(threshold.ValueOf(Figures(seconds: 10))));
    }

    [Theory]
    [InlineData("OkLatency p99 < 10")]
    [InlineData("OkLatency: p101 < 10")]
    [InlineData("Latency: p99 < 10")]
    [InlineData("FailRequest: p99 < 10")]
    [InlineData("OkLatency: p99 < 10; AbortAfter: 3")]
    public void What_is_none_is_refused_with_an_example(string text) => Assert.Throws<FormatException>(() => Threshold.Parse(text));

    [Fact]
    public void A_run_is_ended_after_so_many_looks_that_found_it_broken_and_not_before_it_starts_to_count()
    {
        var watch = new ThresholdWatch([Threshold.Parse("OkLatency: p99 < 1; AbortWhenErrorCount: 2; StartCheckAfter: 5s")]);

        Assert.False(watch.Look(Figures(seconds: 4)));
        Assert.False(watch.Look(Figures(seconds: 5)));
        Assert.True(watch.Look(Figures(seconds: 6)));
        var result = Assert.Single(watch.Results(Figures(seconds: 6)));
        Assert.True(result is { Holds: false, Aborted: true, ErrorCount: 2 });
    }

    [Fact]
    public void Outcomes_have_their_exit_codes()
    {
        Assert.Equal(0, RunCommand.CodeOf(RunOutcome.Passed));
        Assert.Equal(99, RunCommand.CodeOf(RunOutcome.ThresholdFailed));
        Assert.Equal(1, RunCommand.CodeOf(RunOutcome.Failed));
    }

    private static ThresholdFigures Figures(double seconds)
    {
        var latency = new LongHistogram(1, LatencyRecorder.HighestMicroseconds, 3);
        for (int i = 1; i <= 100; i++)
        {
            latency.RecordValue(i * 1_000);
        }

        return new ThresholdFigures(latency, latency, latency, 1_000, 998, 10, 2, 0, 5, seconds);
    }
}
