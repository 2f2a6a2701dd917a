using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>The closed form against every unit bet written out, and the cases of sections 1.5 and 1.7 by name.</summary>
public sealed class LineCoverageTests
{
    [Fact]
    public void Coverage_counts_what_writing_out_every_unit_bet_counts()
    {
        int accepted = 0;
        long rewards = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var (race, line, picks) = RandomLines.Make(random);
                long combinations = RandomLines.Accept(race, line, picks);
                if (combinations is < 1 or > 6000)
                {
                    return true;
                }

                accepted++;
                RandomLines.ScratchLater(random, race);
                rewards += Compare(random, race, line, picks, combinations);
                return true;
            },
            iter: 40_000,
            threads: 1);
        Assert.True(accepted > 20_000, $"only {accepted} lines were accepted");
        Assert.True(rewards > 10_000, $"only {rewards} rewards were compared");
    }

    [Fact]
    public void A_complement_takes_the_last_place_and_the_others_move_up()
    {
        var race = Card.Race(8, "4 2 7", Card.Pool(BetType.Trifecta, Card.Ordered | Card.Complement)).Scratch(5, 9 - 1);
        var line = Card.Line(BetType.Trifecta, [4, 8, 2]) with { Complement = 7 };
        Assert.Equal(1, Card.UnitsOn(line, race, Order(4, 2, 7)));
        Assert.Equal(0, Card.UnitsOn(line, race, Order(4, 7, 2)));
    }

    [Fact]
    public void A_scratched_complement_replaces_nobody()
    {
        var race = Card.Race(8, "4 2 7", Card.Pool(BetType.Trio, Card.Complement)).Scratch(5, 8, 7);
        var wager = new WagerBody(Card.Body([Card.Line(BetType.Trio, [4, 8, 2]) with { Complement = 7 }]));
        wager.TryNext(out var line);
        Assert.Equal(1, Card.Coverage(in line, race, 1, []).UnitsScratched);
    }

    [Fact]
    public void A_base_of_a_field_keeps_its_place_when_the_complement_replaces_it()
    {
        var race = Card.Race(8, "7 2 3", Card.Pool(BetType.Tierce, Card.Ordered | Card.Complement | Card.Combined)).Scratch(5, 8);
        var line = Card.Line(BetType.Tierce, [8, 0, 0], formula: Formula.TotalField) with { Complement = 7 };
        Assert.Equal(7 * 6, Card.Units(line, race));
        Assert.Equal(1, Card.UnitsOn(line, race, Order(7, 2, 3)));
        Assert.Equal(0, Card.UnitsOn(line, race, Order(2, 7, 3)));
    }

    [Fact]
    public void A_total_field_does_not_expand_over_runners_scratched_before_its_ticket()
    {
        var race = Card.Race(16, "1 2", Card.Pool(BetType.Quinella)).Scratch(50, 9).Scratch(150, 10);
        var wager = new WagerBody(Card.Body([Card.Line(BetType.Quinella, [1], formula: Formula.TotalField)]));
        wager.TryNext(out var line);
        var coverage = Card.Coverage(in line, race, 100, []);
        Assert.Equal(14, coverage.Units);
        Assert.Equal(1, coverage.UnitsScratched);
    }

    [Fact]
    public void Picks_follow_the_bases_named()
    {
        var race = Card.Race(8, "3 5 1", Card.Pool(BetType.Trifecta, Card.Ordered | Card.Combined));
        var wager = new WagerBody(Card.Body([Card.Line(BetType.Trifecta, [3]) with { Spot = true }], new Pick(1, [5, 1])));
        var picks = WagerPicks.Of(in wager);
        wager.TryNext(out var line);
        var coverage = Card.Coverage(in line, race, 1, picks.For(1));
        Assert.Equal(1, coverage.Units);
        PayableCombination[] payables = [Order(3, 5, 1)];
        Assert.Equal(1, coverage.UnitsOn(payables[0], payables));
    }

    [Fact]
    public void Two_of_four_with_a_non_runner_wins_with_the_pair_and_twice_with_the_non_runner()
    {
        var race = Card.Race(10, "5 7 3 2", Card.Pool(BetType.TwoOfFour)).Scratch(5, 1);
        var line = Card.Line(BetType.TwoOfFour, [5, 1, 7], formula: Formula.Combined);
        Assert.Equal(1, Card.UnitsOn(line, race, Any(0, 5, 7)));
        Assert.Equal(1, Card.UnitsOn(line, race, Any(1u << 1, 5, 0)));
        Assert.Equal(1, Card.UnitsOn(line, race, Any(1u << 1, 7, 0)));
        Assert.Equal(0, Card.UnitsOn(line, race, Any(1u << 1, 3, 0)));
    }

    [Fact]
    public void A_disorder_in_all_orders_leaves_out_both_exact_orders_of_a_dead_heat()
    {
        var race = Card.Race(8, "(1 2) 3", Card.Pool(BetType.Tierce, Card.Ordered | Card.Combined));
        PayableCombination[] payables = [Order(1, 2, 3), Order(2, 1, 3), new(PayRank.Disorder, 0, [1, 2, 3], 0, 0, 0)];
        var line = Card.Line(BetType.Tierce, [1, 2, 3], allOrders: true);
        Assert.Equal([1L, 1L, 4L], payables.Select(payable => Card.UnitsOn(line, race, payable, payables)));
    }

    private static PayableCombination Order(params byte[] runners) => new(PayRank.Order, 0, runners, 0, 0, 0);

    private static PayableCombination Any(uint others, params byte[] runners) => new(PayRank.AnyOrder, 0, runners, others, 0, 0);

    private static long Compare(Random random, Race race, WagerLine line, byte[] picks, long combinations)
    {
        var pool = race.Pools[0];
        var runners = RaceRunners.Of(race, RandomLines.Ticket);
        var rule = BetRules.Find(BetTypes.TypeOf(pool.Number))!.Value;
        var bets = UnitBets.Of(line, picks, pool, rule, runners);
        var wager = new WagerBody(Card.Body([line]));
        wager.TryNext(out var view);
        var coverage = new LineCoverage(in view, picks, pool, rule, runners);
        Assert.Equal(combinations, bets.Count);
        Assert.Equal(combinations, coverage.Units);
        Assert.Equal(bets.Count(bet => bet.Any(runner => UnitBets.Has(race.ScratchedMask, runner))), coverage.UnitsScratched);
        long rewards = 0;
        foreach (var payables in RandomLines.Payables(random, race, line.Risk))
        {
            foreach (var payable in payables)
            {
                long expected = payable.Risk == (rule.HasRisk ? line.Risk : 0)
                    ? bets.Count(bet => UnitBets.IsRewarded(bet, payable, payables, pool.IsOrdered))
                    : 0;
                Assert.Equal(expected, coverage.UnitsOn(payable, payables));
                rewards += expected == 0 ? 0 : 1;
            }
        }

        return rewards;
    }
}
