using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Whole settlements: every cent of a pool goes somewhere, and tickets get what the settlement says they get.</summary>
public sealed class SettlementCountTests
{
    [Fact]
    public void Every_cent_of_a_random_pool_is_accounted_for_and_paid()
    {
        int shared = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var race = RandomRace(random);
                var tickets = Tickets(random, race);
                foreach (byte runner in Enumerable.Range(1, random.Next(3)).Select(_ => (byte)random.Next(1, race.RunnerCount + 1)))
                {
                    race.Scratch(1_000_000, runner);
                }

                race.Finish = RandomLines.Finish(random, race);
                var settlement = Card.Settle(race, DividendMethod.EqualSplit, [], tickets);
                Check(race, settlement, tickets);
                shared += settlement.Pools.Count(static pool => pool.WinnersCents > 0);
                var again = Card.Settle(Unpublish(race), DividendMethod.Official, Official(random, settlement), tickets);
                Check(race, again, tickets);
            },
            iter: 1500,
            threads: 1);
        Assert.True(shared > 1000, $"only {shared} pools had winners");
    }

    [Fact]
    public void Official_dividends_leave_the_operator_what_the_winners_do_not_get()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        OfficialPool[] official = [new((ushort)BetType.Win, false, false, [new Dividend(PayRank.AnyOrder, 0, [1], 700)])];
        var pool = Card.Settle(race, DividendMethod.Official, official, Numbered(race, Bet(1, 10), Bet(2, 90))).Of(BetType.Win);
        Assert.Equal((70_00, 30_00, 0, 0), (pool.WinnersCents, pool.TakeoutCents, pool.BreakageCents, pool.TopUpCents));
        Assert.Equal(10_00, pool.Payables[0].StakeCents);
    }

    [Fact]
    public void Official_dividends_above_what_is_there_are_topped_up()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        OfficialPool[] official = [new((ushort)BetType.Win, false, false, [new Dividend(PayRank.AnyOrder, 0, [1], 1700)])];
        var pool = Card.Settle(race, DividendMethod.Official, official, Numbered(race, Bet(1, 10), Bet(2, 90))).Of(BetType.Win);
        Assert.Equal((170_00, 0, 70_00), (pool.WinnersCents, pool.TakeoutCents, pool.TopUpCents));
    }

    [Fact]
    public void An_official_refund_gives_every_stake_back()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        var pool = Card.Settle(race, DividendMethod.Official, [new((ushort)BetType.Win, true, false, [])], Numbered(race, Bet(1, 10), Bet(2, 90))).Of(BetType.Win);
        Assert.Equal((true, 100_00, 0), (pool.IsRefunded, pool.RefundCents, pool.TakeoutCents));
    }

    [Fact]
    public void An_official_combination_that_nobody_here_played_stays_listed()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        OfficialPool[] official = [new((ushort)BetType.Win, false, false, [new Dividend(PayRank.AnyOrder, 0, [1], 700)])];
        var pool = Card.Settle(race, DividendMethod.Official, official, Numbered(race, Bet(2, 90))).Of(BetType.Win);
        Assert.Equal((1, 90_00, false), (pool.Payables.Length, pool.TakeoutCents, pool.IsRefunded));
    }

    [Fact]
    public void A_flexi_line_is_rounded_down_once_over_the_whole_line()
    {
        var race = Card.Race(8, "1 2 3 4", Card.Pool(BetType.QuartePlus, Card.Ordered | Card.Combined, 0, 150));
        var flexi = Card.Line(BetType.QuartePlus, [1, 2, 3, 4], allOrders: true) with { StakeForm = StakeForm.Flexi, Stake = 25 };
        OfficialPool[] official =
        [
            new((ushort)BetType.QuartePlus, false, false, [new Dividend(PayRank.Order, 0, [1, 2, 3, 4], 510), new Dividend(PayRank.Disorder, 0, [1, 2, 3, 4], 110)]),
        ];
        var pool = Card.Settle(race, DividendMethod.Official, official, Numbered(race, flexi)).Of(BetType.QuartePlus);
        // 24 unit bets at 37.5 cents: one at 5.1 and 23 at 1.1 make 1,140 cents exactly; rounded bet by bet it would be 1,134.
        Assert.Equal((900, 1140), (pool.GrossCents, pool.WinnersCents));
    }

    [Fact]
    public void A_second_reading_that_differs_from_the_first_is_a_fault()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        var count = SettlementCount.Start(race, new Dictionary<long, Race>(), DividendMethod.EqualSplit, [], out _)!;
        count.AddTicket(1, Card.Body([Bet(1, 10).Priced(race)]));
        count.BeginPay();
        Assert.Null(count.Complete(1, out string? fault));
        Assert.Contains("second reading", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_out_of_turn_are_bugs()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        var count = SettlementCount.Start(race, new Dictionary<long, Race>(), DividendMethod.EqualSplit, [], out _)!;
        Assert.Throws<InvalidOperationException>(() => count.Complete(1, out _));
        count.BeginPay();
        Assert.Throws<InvalidOperationException>(count.BeginPay);
    }

    [Fact]
    public void A_line_on_a_pool_that_the_race_has_not_is_a_fault()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        (long, byte[])[] tickets = [(1, Card.Body([Card.Line(BetType.Trio, [1, 2, 3])]))];
        Assert.Null(Card.TrySettle(race, new Dictionary<long, Race>(), DividendMethod.EqualSplit, [], tickets, out string? fault));
        Assert.Contains("ticket 1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_whose_unit_bets_do_not_make_its_price_is_a_fault()
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Trio));
        (long, byte[])[] tickets = [(9, Card.Body([Card.Line(BetType.Trio, [1, 2]) with { Spot = true, AmountCents = 100 }]))];
        Assert.Null(Card.TrySettle(race, new Dictionary<long, Race>(), DividendMethod.EqualSplit, [], tickets, out string? fault));
        Assert.Contains("ticket 9", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 5000, 2)]
    [InlineData(1028_00, 1425, 146_49)]
    [InlineData(100, 65535, 100)]
    public void The_takeout_is_rounded_to_the_nearest_cent_and_is_never_more_than_the_stakes(long gross, int basisPoints, long takeout) =>
        Assert.Equal(takeout, new PoolMass(gross, 0, 0, basisPoints).TakeoutCents);

    [Fact]
    public void A_pool_without_stakes_keeps_what_was_carried_in()
    {
        var empty = Card.Pool(BetType.Win);
        empty.CarryInCents = 55;
        var pool = Card.Settle(Card.Race(8, "1 2", empty)).Of(BetType.Win);
        Assert.Equal((false, 55, 0), (pool.IsRefunded, pool.CarryOverCents, pool.TakeoutCents));
        Card.AssertBalanced(pool);
    }

    private static Race RandomRace(Random random)
    {
        var pools = RandomLines.Types.Select(type =>
        {
            bool isOrdered = type is BetType.Exacta or BetType.Trifecta or BetType.SuperFour or BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus;
            byte flags = (byte)((isOrdered ? Card.Ordered : 0) | Card.Combined | Card.Complement | (random.Next(3) == 0 ? Card.CarriesOver : 0));
            var pool = Card.Pool(type, flags, (ushort)random.Next(0, 4000), (uint)(random.Next(1, 4) * 50));
            pool.CarryInCents = random.Next(4) == 0 ? random.Next(100_000) : 0;
            return pool;
        });
        return Card.Race((byte)random.Next(6, 9), "", [.. pools]);
    }

    private static (long Number, byte[] Body)[] Tickets(Random random, Race race)
    {
        var tickets = new List<(long, byte[])>();
        for (int number = 1; number <= 60; number++)
        {
            var (other, line, picks) = RandomLines.Make(random);
            other.RunnerCount = race.RunnerCount;
            other.ScratchedMask = 0;
            if (RandomLines.Accept(other, line, picks) is >= 1 and <= 5000)
            {
                line = random.Next(4) == 0 && line.Formula != Formula.Unit ? line with { StakeForm = StakeForm.Flexi, Stake = 50 } : line with { Stake = random.Next(1, 20) };
                tickets.Add((number, Card.Body([line.Priced(race, number, picks)], picks.Length == 0 ? [] : [new Pick(1, picks)])));
            }
        }

        return [.. tickets];
    }

    private static void Check(Race race, RaceSettlement settlement, (long Number, byte[] Body)[] tickets)
    {
        Assert.All(settlement.Pools, Card.AssertBalanced);
        race.Publish(settlement);
        var races = new Dictionary<long, Race> { [race.Id.Value] = race };
        var moves = new MoneyMove[MoneyMove.TicketMax];
        var paid = new Dictionary<ushort, (long Gain, long Refund)>();
        foreach (var (number, body) in tickets)
        {
            Assert.Equal(TicketStanding.Valued, TicketValue.Of(body, number, races, moves, out int count));
            foreach (var move in moves[..count])
            {
                var (gain, refund) = paid.GetValueOrDefault(move.Pool);
                paid[move.Pool] = (gain + move.GainCents, refund + move.RefundCents);
            }
        }

        Assert.All(settlement.Pools, pool => Assert.Equal((pool.WinnersCents, pool.RefundCents), paid.GetValueOrDefault(pool.Pool)));
        Assert.True(SettlementCodec.TryDecode(SettlementCodec.Encode(settlement), out _));
    }

    private static Race Unpublish(Race race)
    {
        race.Status = RaceStatus.Official;
        race.Settlement = null;
        return race;
    }

    /// <summary>The same dividends as an official list, some pools refunded, some with non-runners competing.</summary>
    private static OfficialPool[] Official(Random random, RaceSettlement settlement) =>
    [
        .. settlement.Pools.Select(pool => pool.Payables.Length == 0 || random.Next(5) == 0
            ? new OfficialPool(pool.Pool, true, false, [])
            : new OfficialPool(
                pool.Pool, false, random.Next(2) == 0, [.. pool.Payables.Select(static paid => new Dividend(paid.Rank, paid.Risk, paid.Runners, paid.DividendCents))])),
    ];

    private static (long Number, byte[] Body)[] Numbered(Race race, params WagerLine[] lines) =>
        [.. lines.Select((line, i) => ((long)i + 1, Card.Body([line.Priced(race)])))];

    private static WagerLine Bet(byte runner, long multiple) => Card.Line(BetType.Win, [runner], multiple);
}
