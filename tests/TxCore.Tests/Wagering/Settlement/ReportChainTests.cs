using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Reports;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Meetings at random, settled race by race: no cent that a report carries is lost or made.</summary>
public sealed class ReportChainTests
{
    private static readonly BetType[] Types = [BetType.Win, BetType.Place, BetType.Quinella, BetType.QuinellaPlace, BetType.TwoOfFour];

    [Fact]
    public void What_a_meeting_took_is_paid_refunded_or_left_in_its_pools()
    {
        long carried = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var meeting = new Meeting(4, 6);
                var tickets = Tickets(random, meeting);
                long takenCents = Taken(tickets);
                long keptCents = 0;
                var arrivals = new Dictionary<(long Race, ushort Pool), long>();
                for (int number = 1; number <= 4; number++)
                {
                    keptCents += Run(random, meeting, meeting[number], tickets, arrivals);
                }

                carried += arrivals.Values.Sum();
                Assert.Equal(takenCents, Paid(meeting, tickets) + keptCents);
            },
            iter: 1000,
            threads: 1);
        Assert.True(carried > 0);
    }

    /// <summary>Settles or cancels a race; returns what its pools keep.</summary>
    private static long Run(
        Random random, Meeting meeting, Race race, (long Number, byte[] Body)[] tickets, Dictionary<(long Race, ushort Pool), long> arrivals)
    {
        bool isVoid = random.Next(5) == 0;
        race.Status = isVoid ? RaceStatus.Cancelled : RaceStatus.Official;
        for (int i = random.Next(3); i > 1; i--)
        {
            race.Scratch(1_000_000, (byte)random.Next(1, race.RunnerCount + 1));
        }

        race.Finish = RandomLines.Finish(random, race);
        var count = SettlementCount.Start(race, meeting.Races, DividendMethod.EqualSplit, [], out _)!;
        AddAll(count, tickets);
        Assert.Null(count.WaitsFor);
        Assert.All(count.Counted, counted => Assert.Equal(arrivals.GetValueOrDefault((race.Id.Value, counted.Pool)), counted.CarriedCents));
        count.BeginPay();
        AddAll(count, tickets);
        var settlement = count.Complete(1, out string? fault);
        Assert.Null(fault);
        Assert.All(settlement!.Pools, Card.AssertBalanced);
        foreach (var stake in settlement.Carried.Where(stake => stake.Race != race.Id))
        {
            var key = (stake.Race.Value, stake.Pool);
            arrivals[key] = arrivals.GetValueOrDefault(key) + stake.Cents;
        }

        race.Settlement = settlement;
        race.Status = isVoid ? RaceStatus.Cancelled : RaceStatus.Payable;
        return settlement.Pools.Sum(static pool => pool.TakeoutCents + pool.BreakageCents - pool.TopUpCents + pool.CarryOverCents);
    }

    private static void AddAll(SettlementCount count, (long Number, byte[] Body)[] tickets)
    {
        foreach (var (number, body) in tickets)
        {
            count.AddTicket(number, body);
        }
    }

    private static long Taken((long Number, byte[] Body)[] tickets) => tickets.Sum(static ticket => new WagerBody(ticket.Body).AmountCents);

    private static long Paid(Meeting meeting, (long Number, byte[] Body)[] tickets)
    {
        var moves = new MoneyMove[MoneyMove.TicketMax];
        long paid = 0;
        foreach (var (number, body) in tickets)
        {
            Assert.Equal(TicketStanding.Valued, TicketValue.Of(body, number, meeting.Races, moves, out int count));
            paid += moves[..count].Sum(static move => move.GainCents + move.RefundCents);
            Assert.All(moves[..count], static move => Assert.True(move.GainCents >= 0 && move.RefundCents >= 0));
        }

        return paid;
    }

    private static (long Number, byte[] Body)[] Tickets(Random random, Meeting meeting) =>
        [.. Enumerable.Range(1, 40).Select(number => ((long)number, Card.Body([random.Next(3) == 0 ? Direct(random) : Report(random, meeting), Direct(random)])))];

    private static WagerLine Direct(Random random)
    {
        var type = Types[random.Next(Types.Length)];
        return Meeting.Direct(random.Next(1, 5), type, Runners(random, ReportRules.RunnersOf((ushort)type)), random.Next(1, 30));
    }

    private static WagerLine Report(Random random, Meeting meeting)
    {
        int[] races = [.. Enumerable.Range(1, 4).Where(_ => random.Next(4) != 0)];
        races = races.Length < 2 ? [2, 4] : races;
        ReportLeg[] legs = [.. races.Select((race, i) => Leg(random, race, isLast: i == races.Length - 1))];
        var line = Meeting.Report(random.Next(1, 50), legs);
        var wager = new WagerBody(Card.Body([line]));
        wager.TryNext(out var view);
        Assert.True(ReportRules.Check(meeting.Races, Channel.Retail, in view, out _, out _).IsAccepted);
        return line;
    }

    private static ReportLeg Leg(Random random, int race, bool isLast)
    {
        var type = Types[random.Next(Types.Length)];
        byte[] runners = Runners(random, random.Next(ReportRules.RunnersOf((ushort)type), 4));
        byte form = (byte)random.Next(1, 3);
        ushort carry = isLast ? (ushort)0 : form == 1 ? (ushort)(25 * random.Next(1, 5)) : (ushort)random.Next(1, 20);
        return Meeting.Leg(race, type, runners, carry, form);
    }

    private static byte[] Runners(Random random, int count)
    {
        byte[] runners = [1, 2, 3, 4, 5, 6];
        random.Shuffle(runners);
        return runners[..count];
    }
}
