using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>The vectors of section 1.7: official lists with non-runners, paid on real days.</summary>
public sealed class NonRunnerTests
{
    [Fact]
    public void Quinella_place_9_NP_pays_3_0_for_9_10_when_10_is_scratched() =>
        Assert.Equal((300, 0), Paid(BetType.QuinellaPlace, "8 9 2", 10, Line(BetType.QuinellaPlace, 9, 10), Any(300, 9, 0)));

    [Fact]
    public void Quinella_place_7_10_loses_and_is_not_refunded_when_7_is_fourth() =>
        Assert.Equal((0, 0), Paid(BetType.QuinellaPlace, "8 9 2 7", 10, Line(BetType.QuinellaPlace, 7, 10), Any(300, 9, 0)));

    [Fact]
    public void Trio_5_1_NP_pays_14_5_for_1_8_5_when_8_is_scratched() =>
        Assert.Equal((1450, 0), Paid(BetType.Trio, "5 1 4", 8, Line(BetType.Trio, 1, 8, 5), Any(1450, 5, 1, 0)));

    [Fact]
    public void Two_of_four_5_1_7_pays_the_pair_and_both_non_runner_pairs()
    {
        var line = Line(BetType.TwoOfFour, 5, 1, 7) with { Formula = Formula.Combined };
        Assert.Equal((120 + 110 + 110, 0), Paid(BetType.TwoOfFour, "5 7 3 2", 1, line, Any(120, 5, 7), Any(110, 5, 0), Any(110, 7, 0)));
    }

    [Fact]
    public void Pick5_12_1_9_10_NP_pays_136_4_when_15_is_scratched() => Assert.Equal(
        (13640, 0), Paid(BetType.Pick5, "12 1 9 10 2", 15, Line(BetType.Pick5, 12, 1, 9, 10, 15), Any(13640, 12, 1, 9, 10, 0)));

    [Fact]
    public void Multi_in_four_pays_115_5_on_either_fourth_and_in_five_23_1_on_both()
    {
        Dividend[] list = [.. new byte[][] { [1, 7, 3, 5], [1, 7, 3, 8] }.SelectMany(static runners => new[] { Risk(4, 11550, runners), Risk(5, 2310, runners) })];
        Assert.Equal((11550, 0), Paid(BetType.Multi, "1 7 3 (5 8)", 16, Line(BetType.Multi, 1, 3, 7, 8) with { Risk = 4 }, list));
        Assert.Equal((2310, 0), Paid(BetType.Multi, "1 7 3 (5 8)", 16, Line(BetType.Multi, 1, 3, 7, 5, 9) with { Risk = 5 }, list));
        Assert.Equal((4620, 0), Paid(BetType.Multi, "1 7 3 (5 8)", 16, Line(BetType.Multi, 1, 3, 7, 5, 8) with { Risk = 5 }, list));
    }

    [Fact]
    public void Quinella_with_a_dead_heat_for_second_has_a_dividend_for_each_combination()
    {
        Dividend[] list = [Any(960, 7, 5), Any(520, 7, 6)];
        Assert.Equal((960, 0), Paid(BetType.Quinella, "7 (5 6)", 10, Line(BetType.Quinella, 5, 7), list));
        Assert.Equal((520, 0), Paid(BetType.Quinella, "7 (5 6)", 10, Line(BetType.Quinella, 7, 6), list));
    }

    [Fact]
    public void A_dead_heat_of_win_has_a_dividend_for_each_winner()
    {
        Dividend[] list = [Any(210, 4), Any(510, 11)];
        Assert.Equal((210, 0), Paid(BetType.Win, "(4 11) 2", 16, Line(BetType.Win, 4), list));
        Assert.Equal((510, 0), Paid(BetType.Win, "(4 11) 2", 16, Line(BetType.Win, 11), list));
    }

    [Fact]
    public void Super_four_with_three_finishers_is_refunded_at_1_0()
    {
        var race = Card.Race(7, "1 2 3", Card.Pool(BetType.SuperFour, Card.Ordered));
        var line = Line(BetType.SuperFour, 1, 2, 3, 4).Priced(race);
        race.Publish(Card.Settle(race, line));
        Assert.Equal((0, 100), Value(race, line));
    }

    [Fact]
    public void Without_non_runner_dividends_a_bet_with_a_scratched_runner_is_refunded()
    {
        var race = Card.Race(16, "8 9 2", Card.Pool(BetType.QuinellaPlace)).Scratch(50, 10);
        var line = Line(BetType.QuinellaPlace, 9, 10).Priced(race);
        race.Publish(Card.Settle(race, line, Line(BetType.QuinellaPlace, 8, 9)));
        Assert.Equal((0, 100), Value(race, line));
    }

    [Theory]
    [InlineData("names a non-runner", false, 100, PayRank.AnyOrder, 0, 9, 0)]
    [InlineData("scratched", true, 100, PayRank.AnyOrder, 0, 9, 10)]
    [InlineData("not in the race", true, 100, PayRank.AnyOrder, 0, 9, 17)]
    [InlineData("twice", true, 100, PayRank.AnyOrder, 0, 9, 9)]
    [InlineData("none at all", true, 100, PayRank.AnyOrder, 0, 0, 0)]
    [InlineData("rank", true, 100, PayRank.Order, 0, 8, 9)]
    [InlineData("rank", true, 100, PayRank.BonusThree, 0, 8, 9)]
    [InlineData("2 runners", true, 100, PayRank.AnyOrder, 0, 8)]
    [InlineData("risk", true, 100, PayRank.AnyOrder, 4, 8, 9)]
    [InlineData("below 1.00", true, 99, PayRank.AnyOrder, 0, 8, 9)]
    [InlineData("above 10,000,000.00", true, 1_000_000_001, PayRank.AnyOrder, 0, 8, 9)]
    [InlineData("given twice", true, 300, PayRank.AnyOrder, 0, 9, 8)]
    public void An_official_dividend_that_does_not_fit_is_a_fault(
        string fault, bool paysNonRunners, long dividend, PayRank rank, int risk, params int[] runners)
    {
        var race = Card.Race(16, "8 9 2", Card.Pool(BetType.QuinellaPlace)).Scratch(50, 10);
        Dividend[] list = [Any(300, 8, 9), new(rank, (byte)risk, [.. runners.Select(static runner => (byte)runner)], dividend)];
        OfficialPool[] official = [new((ushort)BetType.QuinellaPlace, false, paysNonRunners, fault == "given twice" ? list : list[1..])];
        Assert.Null(SettlementCount.Start(race, new Dictionary<long, Race>(), DividendMethod.Official, official, out string? said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Fact]
    public void An_official_list_of_a_pool_that_the_race_has_not_is_a_fault()
    {
        var race = Card.Race(16, "8 9 2", Card.Pool(BetType.QuinellaPlace));
        OfficialPool[] official = [new((ushort)BetType.Win, false, false, [Any(300, 8)])];
        Assert.Null(SettlementCount.Start(race, new Dictionary<long, Race>(), DividendMethod.Official, official, out string? fault));
        Assert.NotNull(fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pool_with_stakes_that_the_official_list_leaves_out_or_empty_is_a_fault(bool isListed)
    {
        var race = Card.Race(16, "8 9 2", Card.Pool(BetType.Win));
        OfficialPool[] official = isListed ? [new((ushort)BetType.Win, false, false, [])] : [];
        (long, byte[])[] tickets = [(1, Card.Body([Line(BetType.Win, 8).Priced(race)]))];
        Assert.Null(Card.TrySettle(race, new Dictionary<long, Race>(), DividendMethod.Official, official, tickets, out string? fault));
        Assert.NotNull(fault);
    }

    private static (long Gain, long Refund) Paid(BetType type, string finish, int scratched, WagerLine line, params Dividend[] list)
    {
        var race = Card.Race(16, finish, Card.Pool(type)).Scratch(50, (byte)scratched);
        var priced = line.Priced(race);
        var settlement = Card.Settle(race, DividendMethod.Official, [new((ushort)type, false, true, list)], [(1, Card.Body([priced]))]);
        Card.AssertBalanced(settlement.Of(type));
        race.Publish(settlement);
        return Value(race, priced);
    }

    private static (long Gain, long Refund) Value(Race race, WagerLine line)
    {
        var moves = new MoneyMove[MoneyMove.TicketMax];
        var races = new Dictionary<long, Race> { [race.Id.Value] = race };
        Assert.Equal(TicketStanding.Valued, TicketValue.Of(Card.Body([line]), 1, races, moves, out int count));
        return (moves[..count].Sum(static move => move.GainCents), moves[..count].Sum(static move => move.RefundCents));
    }

    private static WagerLine Line(BetType type, params byte[] runners) => Card.Line(type, runners);

    private static Dividend Any(long cents, params byte[] runners) => new(PayRank.AnyOrder, 0, runners, cents);

    private static Dividend Risk(byte risk, long cents, byte[] runners) => new(PayRank.AnyOrder, risk, runners, cents);
}
