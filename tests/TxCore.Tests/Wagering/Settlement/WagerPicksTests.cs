using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

public sealed class WagerPicksTests
{
    private static readonly WagerLine[] TwoLines = [Card.Line(BetType.Win, [1]), Card.Line(BetType.Trio, [3]) with { Spot = true }];

    [Fact]
    public void A_body_with_nothing_behind_it_has_no_picks()
    {
        var wager = new WagerBody(Card.Body(TwoLines));
        Assert.True(wager.Rest.IsEmpty);
        Assert.True(WagerPicks.Of(in wager).For(2).IsEmpty);
    }

    [Fact]
    public void Picks_are_found_by_line_wherever_the_reading_stands()
    {
        byte[] body = Card.Body(TwoLines, new Pick(2, [7, 4]));
        var wager = new WagerBody(body);
        do
        {
            var picks = WagerPicks.Of(in wager);
            Assert.True(picks.For(1).IsEmpty);
            Assert.Equal([7, 4], picks.For(2).ToArray());
        }
        while (wager.TryNext(out _));
    }

    [Fact]
    public void Bytes_that_a_later_version_adds_to_a_pick_are_passed_over()
    {
        ReadOnlySpan<byte> rest = [2, 4, 0, 1, 1, 9, 255, 3, 0, 2, 1, 5];
        Assert.Equal([9], new WagerPicks(rest).For(1).ToArray());
        Assert.Equal([5], new WagerPicks(rest).For(2).ToArray());
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0103")]
    [InlineData("01030001FF01")]
    public void Picks_cut_short_are_none(string hex) => Assert.True(new WagerPicks(Convert.FromHexString(hex)).For(1).IsEmpty);
}
