using TxCore.LoadTest.Overload;

namespace TxCore.LoadTest.Tests.Overload;

/// <summary>
/// The parts of <c>overload</c> in small, beside whatever else the tests do: limits of time are wide, and a part fails when somebody is held up for
/// a second, refused or left out; how much the others lose is for the tool to tell on a quiet machine.
/// </summary>
public class OverloadTests
{
    private static readonly OverloadSettings Small = new()
    {
        Crowd = 400,
        Phase = TimeSpan.FromMilliseconds(700),
        Rounds = 1,
        AcceptedMin = 0.6,
        Slack = 5,
        FullWindowRatioMax = 5,
        BadClientsRatioMax = 5,
        NoiseMilliseconds = 1000,
    };

    [Theory]
    [InlineData('a')]
    [InlineData('b')]
    [InlineData('c')]
    [InlineData('d')]
    [InlineData('e')]
    public async Task A_part_in_small_keeps_its_limits(char part)
    {
        var result = await OverloadCommand.RunPartAsync(part, Small, TimeProvider.System, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        Assert.True(result.Holds, result.ToString());
    }

    [Fact]
    public void A_figure_beyond_its_limit_fails_its_part()
    {
        Assert.False(new LimitedFigure("p99", 11, "ms", Max: 10).Holds);
        Assert.False(new LimitedFigure("accepted", 0.8, "", Min: 0.9).Holds);
        Assert.False(new LimitedFigure("nothing measured", double.NaN, "ms", Max: 10).Holds);
        Assert.False(new PartResult("a", "", [new LimitedFigure("p99", 9, "ms", Max: 10), new LimitedFigure("lost", 1, "", Max: 0)]).Holds);
        Assert.True(new PartResult("a", "", [new LimitedFigure("p99", 9, "ms", Max: 10), new LimitedFigure("told only", 1, "")]).Holds);
    }
}
