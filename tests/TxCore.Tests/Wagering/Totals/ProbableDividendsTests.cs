using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;
using TxCore.Wagering.Totals;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>Probable dividends against figures worked out by hand: takeout 20 %, stakes in multiples of 1.50.</summary>
public sealed class ProbableDividendsTests
{
    [Fact]
    public void A_win_pays_the_net_pool_over_the_stakes_on_the_runner_the_lowest_first_and_never_below_the_minimum()
    {
        // 100, 60, 4 and 6 times 1.50: 255.00, net 204.00.
        var (race, pool, book) = Stake(BetType.Win, (100, [1]), (60, [2]), (4, [3]), (6, [4]));

        var dividends = ProbableDividends.Of(pool, book, race.RunnerCount, 0);

        Assert.Equal([(1, 130L), (2, 220L), (4, 2260L), (3, 3400L)], dividends.Select(static one => ((int)one.Runners[0], one.DividendCents)));
        Assert.All(dividends, static one => Assert.Equal((PayRank.AnyOrder, 0), (one.Rank, one.Risk)));
        Assert.Equal(110, ProbableDividends.Of(pool with { GrossCents = 16_000 }, book, race.RunnerCount, 0)[0].DividendCents);
        Assert.Equal(230, ProbableDividends.Of(pool with { CarryInCents = 15_000 }, book, race.RunnerCount, 0)[0].DividendCents);
    }

    [Fact]
    public void A_scratched_runner_is_left_out_and_its_stakes_are_refunded()
    {
        // Without runner 1: 105.00, net 84.00.
        var (race, pool, book) = Stake(BetType.Win, (100, [1]), (60, [2]), (4, [3]), (6, [4]));

        var dividends = ProbableDividends.Of(pool, book, race.RunnerCount, 1u << 1);

        Assert.Equal([(2, 110L), (4, 930L), (3, 1400L)], dividends.Select(static one => ((int)one.Runners[0], one.DividendCents)));
    }

    [Fact]
    public void A_place_pays_what_it_would_with_the_most_backed_of_the_others()
    {
        // 255.00, net 204.00, three places. Runner 1: with 2 and 4, 249.00 of stakes, nothing to gain. Runner 3: with 1 and 2, the same.
        var (race, pool, book) = Stake(BetType.Place, (100, [1]), (60, [2]), (4, [3]), (6, [4]));
        Assert.All(ProbableDividends.Of(pool, book, race.RunnerCount, 0), static one => Assert.Equal(110, one.DividendCents));

        // 40, 30, 20, 10 times 1.50 without takeout: 150.00. Of 4: with 1 and 2 120.00, a third of 30.00 over 15.00.
        (race, pool, book) = Stake(BetType.Place, (40, [1]), (30, [2]), (20, [3]), (10, [4]));
        pool = pool with { Definition = pool.Definition with { TakeoutBasisPoints = 0 } };
        Assert.Equal([110L, 110L, 110L, 160L], ProbableDividends.Of(pool, book, race.RunnerCount, 0).Select(static one => one.DividendCents));

        // Two places up to seven runners: 4 with 1, 75.00 of stakes, half of 75.00 over 15.00. None below four.
        Assert.Equal(350, ProbableDividends.Of(pool, book, 7, 0)[^1].DividendCents);
        Assert.Empty(ProbableDividends.Of(pool, book, 3, 0));
    }

    [Fact]
    public void An_ordered_pool_tells_orders_and_the_others_sets()
    {
        var (race, pool, book) = Stake(BetType.Exacta, (1, [2, 1]), (3, [1, 2]));
        Assert.Equal([(PayRank.Order, "1-2", 100L + 10), (PayRank.Order, "2-1", 320L)], ProbableDividends.Of(pool, book, race.RunnerCount, 0).Select(Text));
        (race, pool, book) = Stake(BetType.Quinella, (1, [2, 1]), (3, [1, 2]), (1, [3, 1]));
        Assert.Equal([(PayRank.AnyOrder, "1-2", 110L), (PayRank.AnyOrder, "1-3", 400L)], ProbableDividends.Of(pool, book, race.RunnerCount, 0).Select(Text));
    }

    [Fact]
    public void A_multi_pays_by_risk_in_the_ratio_of_the_fours_in_a_set()
    {
        var (race, pool, book) = Stake(BetType.Multi, (1, [1, 2, 3, 4]), (1, [1, 2, 3, 4, 5]), (35, [1, 2, 3, 4, 5, 6, 7]));

        // Stakes 37 x 1.50, net 44.40. On 1-2-3-4: 1 + 1/5 + 1 units of 1.50; the dividend of four is 44.40 / 3.30 = 13.45.
        var dividends = ProbableDividends.Of(pool, book, race.RunnerCount, 0);
        var first = dividends.Where(static one => one.Runners is [1, 2, 3, 4]).OrderBy(static one => one.Risk).Select(static one => ((int)one.Risk, one.DividendCents));

        Assert.Equal([(4, 1340L), (5, 260L), (6, 110L), (7, 110L)], first);
        Assert.Equal(35 * 4, dividends.Length);
        Assert.Equal(dividends.Select(static one => one.DividendCents).Order(), dividends.Select(static one => one.DividendCents));
    }

    [Fact]
    public void Of_more_combinations_than_an_answer_holds_it_tells_the_most_backed()
    {
        var rule = BetRules.Find(BetType.Tierce)!.Value;
        var book = new CombinationBook(rule, isOrdered: true);
        Add(book, TotalsRace.Line(BetType.Tierce, Formula.TotalField, [1, 0, 0], allOrders: true, runners: 16), 16);
        Add(book, TotalsRace.Line(BetType.Tierce, Formula.Combined, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11], allOrders: true, stake: 2), 16);
        var pool = new PoolView(Pool.From(TotalsRace.Of(BetType.Tierce, 1)), 10_000_000, 0, book, null);

        var dividends = ProbableDividends.Of(pool, book, 16, 0);

        Assert.Equal(Wire.DividendsMax, dividends.Length);
        Assert.DoesNotContain((byte)1, dividends.Take(720).SelectMany(static one => one.Runners));
        Assert.All(dividends.Skip(720), static one => Assert.Contains((byte)1, one.Runners));
        Assert.Equal(dividends.Select(static one => one.DividendCents).Order(), dividends.Select(static one => one.DividendCents));
        var frame = Frame.Encode(new PoolTotals(TotalsRace.Id, RaceStatus.Open, 1, 1, [new PoolTotal(11, 1, false, dividends)]));
        Assert.True(frame.Length <= Wire.FrameBytesMax);
    }

    [Fact]
    public void Once_published_a_pool_tells_the_dividends_of_its_settlement_and_whether_it_is_refunded()
    {
        var race = new Race(TotalsRace.Id) { Status = RaceStatus.Payable, RunnerCount = 9, Pools = Array.ConvertAll(TotalsRace.Pools, Pool.From) };
        PayableCombination[] payables = [new(PayRank.AnyOrder, 0, [7], 0, 510, 100), new(PayRank.AnyOrder, 0, [4], 0, 210, 300)];
        race.Settlement = new RaceSettlement(
            1, [new PoolSettlement(1, false, false, 900, 0, 0, 0, 0, 0, 0, 0, 0, payables), new PoolSettlement(2, true, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, [])], []);
        race.Pools[0].TakenCents = 900;

        byte[] frame = new RaceTotals(race, areBooksWhole: true).View.Frame(1, new TotalsProgress(5, 6), TimeProvider.System, out _);

        Assert.True(Frame.TryDecode<PoolTotals>(frame.AsSpan(Wire.HeaderBytes), out var totals));
        Assert.Equal((RaceStatus.Payable, 5UL, 6L), (totals.Status, totals.Number, totals.At));
        Assert.Equal((900L, false), (totals.Pools[0].TotalCents, totals.Pools[0].IsRefunded));
        Assert.Equal([(4, 210L), (7, 510L)], totals.Pools[0].Dividends.Select(static one => ((int)one.Runners[0], one.DividendCents)));
        Assert.True(totals.Pools[1].IsRefunded);
    }

    private static (PayRank Rank, string Runners, long Cents) Text(Dividend dividend) =>
        (dividend.Rank, string.Join('-', dividend.Runners), dividend.DividendCents);

    private static (Race Race, PoolView Pool, CombinationBook Book) Stake(BetType type, params (long Multiple, byte[] Runners)[] bets)
    {
        var definition = Array.Find(TotalsRace.Pools, one => one.Pool == (ushort)type)!;
        var book = new CombinationBook(BetRules.Find(type)!.Value, (definition.Flags & 1) != 0);
        long cents = 0;
        foreach (var (multiple, runners) in bets)
        {
            byte risk = type == BetType.Multi ? (byte)runners.Length : (byte)0;
            cents += Add(book, TotalsRace.Line(type, Formula.Unit, runners, risk: risk, stake: multiple), TotalsRace.Runners);
        }

        return (new Race(TotalsRace.Id) { RunnerCount = TotalsRace.Runners }, new PoolView(Pool.From(definition), cents, 0, book, null), book);
    }

    private static long Add(CombinationBook book, WagerLine line, int runners)
    {
        byte[] frame = Frame.Encode(Messages.Wager(1, 1, line));
        new WagerBody(frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes)).TryNext(out var view);
        book.Add(in view, [], ((1u << runners) - 1) << 1, 1);
        return line.AmountCents;
    }
}
