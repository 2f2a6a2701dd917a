using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Section 1.6: what a result makes payable, dead heats and short fields included.</summary>
public sealed class PayableRulesTests
{
    [Theory]
    [InlineData(3, "1 2 3", "")]
    [InlineData(4, "1 2 3", "1 2")]
    [InlineData(7, "1 2 3 4", "1 2")]
    [InlineData(8, "1 2 3 4", "1 2 3")]
    [InlineData(8, "1 2", "1 2")]
    [InlineData(8, "", "")]
    [InlineData(8, "1 (2 3) 4", "1 2 3")]
    [InlineData(8, "1 2 (3 4)", "1 2 3 4")]
    [InlineData(7, "1 (2 3) 4", "1 2 3")]
    public void Place_pays_two_or_three_places_by_the_runners_of_the_programme(int runners, string finish, string expected) =>
        Assert.Equal(expected, Sets(BetType.Place, runners, finish, " "));

    [Fact]
    public void The_third_is_still_paid_when_one_of_eight_is_scratched()
    {
        var found = PayableRules.Of(Card.Pool(BetType.Place), Card.Finish("1 2 3 4"), 8, 1u << 8);
        Assert.Equal("1 2 3", string.Join(' ', found.Payables.Select(static payable => payable.Runners[0])));
    }

    [Theory]
    [InlineData("4 2", "4")]
    [InlineData("(4 11) 2", "4 11")]
    public void Win_pays_every_first(string finish, string expected) => Assert.Equal(expected, Sets(BetType.Win, 16, finish, " "));

    [Theory]
    [InlineData("7 5 6", "7-5")]
    [InlineData("7 (5 6)", "7-5 7-6")]
    [InlineData("(5 6 7) 8", "5-6 5-7 6-7")]
    [InlineData("7", "")]
    public void Quinella_pays_the_first_two(string finish, string expected) => Assert.Equal(expected, Sets(BetType.Quinella, 16, finish));

    [Theory]
    [InlineData("1 2 3 4", "1-2 1-3 2-3")]
    [InlineData("1 (2 3) 4", "1-2 1-3 2-3")]
    [InlineData("1 (2 3 4) 5", "1-2 1-3 1-4 2-3 2-4 3-4")]
    [InlineData("1 2 (3 4) 5", "1-2 1-3 1-4 2-3 2-4")]
    [InlineData("(1 2) (3 4) 5", "1-2 1-3 1-4 2-3 2-4")]
    [InlineData("(1 2 3 4) 5", "1-2 1-3 1-4 2-3 2-4 3-4")]
    [InlineData("1 2", "1-2")]
    public void Quinella_place_never_pays_two_thirds_together(string finish, string expected) =>
        Assert.Equal(expected, Sets(BetType.QuinellaPlace, 16, finish));

    [Theory]
    [InlineData("1 2 3 4 5", "1-2 1-3 1-4 2-3 2-4 3-4")]
    [InlineData("(1 2 3 4 5) 6", "1-2 1-3 1-4 1-5 2-3 2-4 2-5 3-4 3-5 4-5")]
    [InlineData("(1 2 3) (4 5)", "1-2 1-3 1-4 1-5 2-3 2-4 2-5 3-4 3-5")]
    [InlineData("(1 2) (3 4 5)", "1-2 1-3 1-4 1-5 2-3 2-4 2-5 3-4 3-5 4-5")]
    public void Two_of_four_pays_pairs_of_the_first_four(string finish, string expected) =>
        Assert.Equal(expected, Sets(BetType.TwoOfFour, 16, finish));

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Two_of_four_is_refunded_when_fewer_than_five_ran(int scratched, bool isRefunded) =>
        Assert.Equal(isRefunded, PayableRules.Of(Card.Pool(BetType.TwoOfFour), Card.Finish("1 2 3 4"), 6, scratched == 2 ? 0x60u : 0x40u).IsRefunded);

    [Theory]
    [InlineData("1 2 3", "1-2")]
    [InlineData("(1 2) 3", "1-2 2-1")]
    [InlineData("(1 2 3) 4", "1-2 1-3 2-1 2-3 3-1 3-2")]
    [InlineData("1 (2 3) 4", "1-2 1-3")]
    public void Exacta_pays_every_order_of_a_dead_heat(string finish, string expected) =>
        Assert.Equal(expected, Sets(BetType.Exacta, 7, finish, flags: Card.Ordered));

    [Theory]
    [InlineData("1 2 3 4", "1-2-3")]
    [InlineData("(1 2) 3 4", "1-2-3 2-1-3")]
    [InlineData("1 (2 3) 4", "1-2-3 1-3-2")]
    [InlineData("1 2 (3 4)", "1-2-3 1-2-4")]
    [InlineData("1 2", "")]
    public void Trifecta_pays_every_order_of_a_dead_heat(string finish, string expected) =>
        Assert.Equal(expected, Sets(BetType.Trifecta, 7, finish, flags: Card.Ordered));

    [Theory]
    [InlineData("1 2 (3 4)", "1-2-3 1-2-4")]
    [InlineData("1 (2 3 4)", "1-2-3 1-2-4 1-3-4")]
    public void Trio_pays_the_first_three_in_any_order(string finish, string expected) => Assert.Equal(expected, Sets(BetType.Trio, 16, finish));

    [Theory]
    [InlineData("1 2 3", true)]
    [InlineData("1 2 3 4", false)]
    public void Super_four_is_refunded_when_only_three_horses_finish(string finish, bool isRefunded) =>
        Assert.Equal(isRefunded, PayableRules.Of(Card.Pool(BetType.SuperFour, Card.Ordered), Card.Finish(finish), 7, 0).IsRefunded);

    [Fact]
    public void Pick5_pays_the_first_five_in_any_order() => Assert.Equal("1-2-3-4-5 1-2-3-4-6", Sets(BetType.Pick5, 16, "1 2 3 4 (5 6)"));

    [Fact]
    public void A_dead_heat_for_fourth_makes_one_quadruplet_for_each_and_every_risk()
    {
        var found = PayableRules.Of(Card.Pool(BetType.Multi), Card.Finish("1 7 3 (5 8) 2"), 9, 1u << 9).Payables;
        Assert.Equal(
            ["4: 1-7-3-5", "5: 1-7-3-5", "6: 1-7-3-5", "7: 1-7-3-5", "4: 1-7-3-8", "5: 1-7-3-8", "6: 1-7-3-8", "7: 1-7-3-8"],
            found.Select(static payable => $"{payable.Risk}: {string.Join('-', payable.Runners)}"));
        Assert.All(found, static payable => Assert.Equal(0x1FEu, payable.Others));
    }

    [Fact]
    public void Tierce_pays_order_and_disorder()
    {
        Assert.Equal("Order 1-2-3, Disorder 1-2-3", Ranks(BetType.Tierce, "1 2 3 4"));
        Assert.Equal("Order 1-2-3, Order 1-2-4, Disorder 1-2-3, Disorder 1-2-4", Ranks(BetType.Tierce, "1 2 (3 4) 5"));
        Assert.Equal("Order 1-2-3, Order 2-1-3, Disorder 1-2-3", Ranks(BetType.Tierce, "(1 2) 3 4"));
    }

    [Fact]
    public void Quarte_pays_a_bonus_to_the_first_three_without_the_fourth()
    {
        Assert.Equal("Order 1-2-3-4, Disorder 1-2-3-4, BonusThree 1-2-3", Ranks(BetType.QuartePlus, "1 2 3 4 5"));
        var bonus = PayableRules.Of(Card.Pool(BetType.QuartePlus, Card.Ordered), Card.Finish("1 2 3 (4 5) 6"), 8, 1u << 8).Payables[^1];
        Assert.Equal(1u << 6 | 1u << 7, bonus.Others);
    }

    [Fact]
    public void Quinte_pays_two_bonuses_with_runners_worse_than_fifth_and_fourth()
    {
        Assert.Equal("Order 1-2-3-4-5, Disorder 1-2-3-4-5, BonusFour 1-2-3-4, BonusThree 1-2-3", Ranks(BetType.QuintePlus, "1 2 3 4 5 6"));
        var found = PayableRules.Of(Card.Pool(BetType.QuintePlus, Card.Ordered), Card.Finish("1 2 3 4 5 6"), 8, 0).Payables;
        Assert.Equal(1u << 6 | 1u << 7 | 1u << 8, found[^2].Others);
        Assert.Equal(1u << 5 | 1u << 6 | 1u << 7 | 1u << 8, found[^1].Others);
    }

    [Fact]
    public void Quinte_with_a_dead_heat_for_fifth_pays_no_bonus_with_either_fifth()
    {
        var found = PayableRules.Of(Card.Pool(BetType.QuintePlus, Card.Ordered), Card.Finish("1 2 3 4 (5 6) 7"), 8, 0).Payables;
        Assert.Equal(1u << 7 | 1u << 8, found.Single(static payable => payable.Rank == PayRank.BonusFour).Others);
        Assert.Equal(2, found.Count(static payable => payable.Rank == PayRank.Order));
    }

    [Fact]
    public void A_dead_heat_of_the_whole_field_is_a_fault_and_not_a_million_combinations()
    {
        string everybody = $"({string.Join(' ', Enumerable.Range(1, 31))})";
        Assert.NotNull(PayableRules.Of(Card.Pool(BetType.QuintePlus, Card.Ordered), Card.Finish(everybody), 31, 0).Fault);
    }

    [Fact]
    public void Payables_are_those_of_every_way_to_resolve_the_dead_heats() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var race = Card.Race((byte)random.Next(3, 8), "");
            var finish = RandomLines.Finish(random, race);
            byte[][] orders = [.. UnitBets.Permute([.. finish.Select(static place => place.Runner)]).Where(order => IsResolution(order, finish))];
            int most = Math.Min(finish.Length, 3);
            Same(BetType.Trifecta, orders.Where(static order => order.Length >= 3).Select(static order => order[..3]), isOrdered: true);
            Same(BetType.Trio, orders.Where(static order => order.Length >= 3).Select(static order => order[..3]), isOrdered: false);
            Same(BetType.QuinellaPlace, orders.SelectMany(order => UnitBets.Choose(order[..most], 2)), isOrdered: false);
            if (race.RunnerCount >= 5)
            {
                Same(BetType.TwoOfFour, orders.SelectMany(order => UnitBets.Choose(order[..Math.Min(finish.Length, 4)], 2)), isOrdered: false);
            }

            void Same(BetType type, IEnumerable<byte[]> expected, bool isOrdered)
            {
                var found = PayableRules.Of(Card.Pool(type, isOrdered ? Card.Ordered : (byte)0), finish, race.RunnerCount, 0).Payables;
                string Name(byte[] runners) => string.Join('-', isOrdered ? runners : [.. runners.Order()]);
                Assert.Equal(expected.Select(Name).Distinct().Order(), found.Select(payable => Name(payable.Runners)).Order());
            }
        },
        iter: 300,
        threads: 1);

    private static bool IsResolution(byte[] order, FinishPlace[] finish)
    {
        var places = order.Select(runner => finish.Single(place => place.Runner == runner).Place);
        return places.SequenceEqual(places.Order());
    }

    private static string Sets(BetType type, int runners, string finish, string between = "-", byte flags = 0)
    {
        var found = PayableRules.Of(Card.Pool(type, flags), Card.Finish(finish), runners, 0);
        Assert.Equal(found.Payables.Length == 0, found.IsRefunded);
        return string.Join(' ', found.Payables.Select(payable => string.Join(between, payable.Runners)));
    }

    private static string Ranks(BetType type, string finish) => string.Join(
        ", ",
        PayableRules.Of(Card.Pool(type, Card.Ordered), Card.Finish(finish), 8, 0).Payables
            .Select(static payable => $"{payable.Rank} {string.Join('-', payable.Runners)}"));
}
