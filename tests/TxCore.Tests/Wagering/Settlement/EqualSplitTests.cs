using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>The vectors of section 1.8, from lines to the cent, and the rules that shape dividends.</summary>
public sealed class EqualSplitTests
{
    [Fact]
    public void A_pool_of_1028_at_14_25_percent_pays_8_and_breaks_1_51()
    {
        var pool = Win(1425, "1 2", 110_00, 918_00);
        Assert.Equal(146_49, pool.TakeoutCents);
        Assert.Equal([800L], Dividends(pool));
        Assert.Equal((880_00, 1_51), (pool.WinnersCents, pool.BreakageCents));
    }

    [Fact]
    public void A_dead_heat_of_20000_and_10000_pays_2_4_and_3_8_to_the_last_cent()
    {
        var pool = Win(1400, "(1 2) 3", 20_000_00, 10_000_00, 70_000_00);
        Assert.Equal([240L, 380L], Dividends(pool));
        Assert.Equal((86_000_00, 0), (pool.WinnersCents, pool.BreakageCents));
    }

    [Fact]
    public void Refunds_of_10000_are_taken_out_before_the_takeout()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win)).Scratch(9, 3);
        var pool = Card.Settle(race, Bet(1, 30_000_00), Bet(2, 60_000_00), Bet(3, 10_000_00)).Of(BetType.Win);
        Assert.Equal((10_000_00, 12_600_00), (pool.RefundCents, pool.TakeoutCents));
        Assert.Equal([250L], Dividends(pool));
        Assert.Equal((75_000_00, 2_400_00), (pool.WinnersCents, pool.BreakageCents));
        Card.AssertBalanced(pool);
    }

    [Fact]
    public void A_raw_dividend_of_1_07_is_paid_1_10_and_the_operator_tops_2000_up()
    {
        var pool = Win(1400, "1 2", 80_000_00, 20_000_00);
        Assert.Equal([110L], Dividends(pool));
        Assert.Equal((88_000_00, 2_000_00, 14_000_00), (pool.WinnersCents, pool.TopUpCents, pool.TakeoutCents));
    }

    [Fact]
    public void A_takeout_of_14000_is_reduced_to_10000_so_that_90000_get_1_00()
    {
        var pool = Win(1400, "1 2", 90_000_00, 10_000_00);
        Assert.Equal([100L], Dividends(pool));
        Assert.Equal((90_000_00, 10_000_00, 0), (pool.WinnersCents, pool.TakeoutCents, pool.TopUpCents));
    }

    [Fact]
    public void Breakage_of_one_winner_pays_the_least_dividend_of_another_before_the_operator_does()
    {
        var pool = Win(1400, "(1 2) 3", 80_000_00, 1_000_00, 17_530_00);
        Assert.Equal([110L, 280L], Dividends(pool));
        Assert.Equal((90_800_00, 6_064_20, 0), (pool.WinnersCents, pool.TopUpCents, pool.BreakageCents));
    }

    [Fact]
    public void A_dead_heated_winner_without_stakes_gives_its_share_to_the_other()
    {
        var pool = Win(1400, "(1 3) 2", 20_000_00, 80_000_00);
        Assert.Equal([430L], Dividends(pool));
        Assert.Equal([1], pool.Payables[0].Runners);
    }

    [Fact]
    public void A_pool_that_nobody_won_is_refunded()
    {
        var pool = Win(1400, "4 1", 100_00, 200_00);
        Assert.True(pool.IsRefunded);
        Assert.Equal((300_00, 0, 0), (pool.RefundCents, pool.TakeoutCents, pool.WinnersCents));
    }

    [Fact]
    public void A_pool_that_carries_over_does_so_when_nobody_won_it()
    {
        var rule = Card.Pool(BetType.Trio, Card.CarriesOver);
        rule.CarryInCents = 50_00;
        var pool = Card.Settle(Card.Race(8, "4 5 6", rule), Card.Line(BetType.Trio, [1, 2, 3], 100)).Of(BetType.Trio);
        Assert.Equal((false, 14_00, 86_00 + 50_00), (pool.IsRefunded, pool.TakeoutCents, pool.CarryOverCents));
        Card.AssertBalanced(pool);
    }

    [Fact]
    public void What_was_carried_in_goes_on_when_the_pool_is_refunded()
    {
        var rule = Card.Pool(BetType.SuperFour, Card.Ordered);
        rule.CarryInCents = 50_00;
        var pool = Card.Settle(Card.Race(8, "4 5 6", rule), Card.Line(BetType.SuperFour, [1, 2, 3, 4], 100)).Of(BetType.SuperFour);
        Assert.Equal((true, 100_00, 50_00), (pool.IsRefunded, pool.RefundCents, pool.CarryOverCents));
        Card.AssertBalanced(pool);
    }

    [Fact]
    public void What_was_carried_in_is_shared_out()
    {
        var rule = Card.Pool(BetType.Win);
        rule.CarryInCents = 100_00;
        var pool = Card.Settle(Card.Race(8, "1 2", rule), Bet(1, 100_00), Bet(2, 100_00)).Of(BetType.Win);
        Assert.Equal([270L], Dividends(pool));
        Assert.Equal((270_00, 2_00), (pool.WinnersCents, pool.BreakageCents));
    }

    [Fact]
    public void Place_at_Nantes_is_explained_by_one_common_third_of_what_is_shared_out()
    {
        long[] stakes = [8223_79, 4776_33, 6438_75];
        long excess = 3 * 9300_00;
        var dividends = new long[3];
        var payables = stakes.Select(static (_, i) => new PayableCombination(PayRank.AnyOrder, 0, [(byte)(i + 1)], 0, 0, 0)).ToArray();
        var mass = new PoolMass(stakes.Sum() + excess, 0, 0, 0);
        new EqualSplitStrategy().Split(Card.Pool(BetType.Place), in mass, payables, [.. stakes.Select(static cents => cents * 100)], dividends);
        Assert.Equal([210L, 290, 240], dividends);
    }

    [Fact]
    public void Multi_pays_in_the_ratio_1_to_a_fifth_a_fifteenth_and_a_35th()
    {
        var race = Card.Race(16, "1 2 3 4 5", Card.Pool(BetType.Multi, takeout: 0));
        var lost = Card.Line(BetType.Multi, [7, 8, 9, 10], (4 * 1386) - 1 - 5 - 15 - 35) with { Risk = 4 };
        var pool = Card.Settle(race, Risk(4, 1), Risk(5, 5), Risk(6, 15), Risk(7, 35), lost).Of(BetType.Multi);
        Assert.Equal([1386_00L, 277_20, 92_40, 39_60], Dividends(pool));
        Assert.Equal((4 * 1386_00, 0), (pool.WinnersCents, pool.BreakageCents));
    }

    [Fact]
    public void A_dead_heat_for_fourth_in_multi_pays_115_5_on_both_in_four_and_23_1_in_five()
    {
        var payables = PayableRules.Of(Card.Pool(BetType.Multi), Card.Finish("1 7 3 (5 8)"), 16, 0).Payables;
        var stakes = new long[payables.Length];
        (stakes[0], stakes[1], stakes[4], stakes[5]) = (300_00, 500_00, 700_00, 1000_00);
        var dividends = new long[payables.Length];
        var mass = new PoolMass(115_50 * 13 + 50, 0, 0, 0);
        new EqualSplitStrategy().Split(Card.Pool(BetType.Multi), in mass, payables, stakes, dividends);
        Assert.Equal([11550L, 2310, 0, 0, 11550, 2310, 0, 0], dividends);
    }

    [Fact]
    public void Two_of_four_has_one_common_dividend()
    {
        var race = Card.Race(10, "1 2 3 4 5", Card.Pool(BetType.TwoOfFour));
        var pool = Card.Settle(
            race, Card.Line(BetType.TwoOfFour, [1, 2], 100), Card.Line(BetType.TwoOfFour, [1, 3], 50), Card.Line(BetType.TwoOfFour, [3, 4], 10),
            Card.Line(BetType.TwoOfFour, [5, 6], 800)).Of(BetType.TwoOfFour);
        Assert.Equal([510L, 510, 510], Dividends(pool));
        Card.AssertBalanced(pool);
    }

    [Fact]
    public void Tierce_splits_between_order_and_disorder()
    {
        var pool = Tierce("1 2 3", [1, 2, 3], [3, 2, 1], [4, 5, 6]);
        Assert.Equal([PayRank.Order, PayRank.Disorder], pool.Payables.Select(static payable => payable.Rank));
        Assert.Equal([120L, 120], Dividends(pool));
    }

    [Fact]
    public void The_part_of_an_order_that_nobody_has_goes_to_the_disorder()
    {
        var pool = Tierce("1 2 3", [1, 3, 2], [4, 5, 6]);
        Assert.Equal([170L], Dividends(pool));
        Assert.Equal(PayRank.Disorder, pool.Payables[0].Rank);
    }

    [Fact]
    public void The_part_of_a_disorder_that_nobody_has_goes_to_the_order() => Assert.Equal([170L], Dividends(Tierce("1 2 3", [1, 2, 3], [4, 5, 6])));

    [Fact]
    public void The_bonus_of_quarte_is_at_most_a_quarter_of_the_disorder()
    {
        var race = Card.Race(12, "1 2 3 4", Card.Pool(BetType.QuartePlus, Card.Ordered, 0));
        var pool = Card.Settle(
            race, Card.Line(BetType.QuartePlus, [4, 3, 2, 1], 1_000), Card.Line(BetType.QuartePlus, [1, 2, 3, 9]), Card.Line(BetType.QuartePlus, [6, 7, 8, 9], 20_000))
            .Of(BetType.QuartePlus);
        long disorder = pool.Payables.Single(static payable => payable.Rank == PayRank.Disorder).DividendCents;
        long bonus = pool.Payables.Single(static payable => payable.Rank == PayRank.BonusThree).DividendCents;
        Assert.True(bonus <= disorder / 4, $"{bonus} against {disorder}");
        Assert.True(pool.BreakageCents < 200_00, $"{pool.BreakageCents} left: what the bonus gave up did not reach the disorder");
        Card.AssertBalanced(pool);
    }

    private static PoolSettlement Win(ushort takeout, string finish, params long[] stakes)
    {
        var race = Card.Race(8, finish, Card.Pool(BetType.Win, takeout: takeout));
        var pool = Card.Settle(race, [.. stakes.Select(static (cents, i) => Bet((byte)(i + 1), cents))]).Of(BetType.Win);
        Card.AssertBalanced(pool);
        return pool;
    }

    private static WagerLine Risk(byte risk, long multiple) =>
        Card.Line(BetType.Multi, [.. Enumerable.Range(1, risk).Select(static runner => (byte)runner)], multiple) with { Risk = risk };

    private static PoolSettlement Tierce(string finish, params byte[][] bets)
    {
        var race = Card.Race(16, finish, Card.Pool(BetType.Tierce, Card.Ordered));
        var pool = Card.Settle(race, [.. bets.Select(static bet => Card.Line(BetType.Tierce, bet, 100))]).Of(BetType.Tierce);
        Card.AssertBalanced(pool);
        return pool;
    }

    private static WagerLine Bet(byte runner, long cents) =>
        Card.Line(BetType.Win, [runner]) with { StakeForm = StakeForm.Value, Stake = cents };

    private static long[] Dividends(PoolSettlement pool) => [.. pool.Payables.Select(static payable => payable.DividendCents)];
}
