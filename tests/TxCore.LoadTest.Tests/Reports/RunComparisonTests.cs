using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Comparing;

namespace TxCore.LoadTest.Tests.Reports;

public class RunComparisonTests
{
    private static readonly RunRecord Baseline = PlottedRun.Create();

    [Fact]
    public void The_same_run_is_not_worse_than_itself()
    {
        var comparison = Compare(Baseline, "p99=0%,rate=0%");
        Assert.True(comparison.IsComparable);
        Assert.False(comparison.IsWorse);
        Assert.All(comparison.Figures.Where(f => f.Ratio is not null), f => Assert.Equal(1, f.Ratio));
        Assert.Empty(comparison.ConditionDifferences);
    }

    [Theory]
    [InlineData(1_970, "rate=2%", false)]
    [InlineData(1_950, "rate=2%", true)]
    [InlineData(1_950, "rate=3%", false)]
    [InlineData(2_500, "rate=2%", false)]
    [InlineData(1, "rate=off", false)]
    public void A_figure_is_worse_only_beyond_its_tolerance_and_on_its_bad_side(double rate, string tolerance, bool isWorse) =>
        Assert.Equal(isWorse, Compare(Baseline with { Totals = Baseline.Totals with { AnsweredPerSecond = rate } }, tolerance).IsWorse);

    [Fact]
    public void A_failure_where_there_was_none_is_worse_although_it_has_no_ratio()
    {
        var comparison = Compare(Baseline with { Totals = Baseline.Totals with { Failed = 1 } });
        Assert.Equal("failed", Assert.Single(comparison.Figures, f => f.IsWorse).Figure.Name);
        Assert.Contains("failed 1 instead of 0", comparison.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_are_compared_by_their_median()
    {
        var noisy = Baseline with { RepeatSummary = [new RepeatSpread("answered per second", 1_900, 1_800, 2_000, 0.1)] };
        var rate = Compare(noisy).Figures.Single(f => f.Figure.Name == "rate");
        Assert.Equal(1_900, rate.Current);
        Assert.Equal(0.1, rate.Spread);
        Assert.True(rate.IsWorse);
    }

    [Fact]
    public void Runs_of_different_things_say_what_differs()
    {
        var other = Baseline with { Scenario = "race-day", Settings = [new RunSetting("terminals", "100")], Seed = 3 };
        var comparison = Compare(other);
        Assert.False(comparison.IsComparable);
        Assert.Equal(["scenario", "simulation", "terminals", "frontends"], comparison.PlanDifferences.Select(d => d.Name));
        Assert.Equal("terminals: 200 in the baseline, 100 now", comparison.PlanDifferences[2].ToString());
        Assert.Equal("seed", Assert.Single(comparison.ConditionDifferences).Name);
    }

    [Theory]
    [InlineData("p99")]
    [InlineData("p99=10")]
    [InlineData("p98=10%")]
    [InlineData("p99=-10%")]
    public void A_tolerance_that_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => Tolerances.Parse(text));

    private static RunComparison Compare(RunRecord current, string? tolerances = null) =>
        RunComparison.Of(Baseline, current, Tolerances.Parse(tolerances));
}
