using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;
using static TxCore.Tests.Wagering.Settlement.Meeting;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Section 1.9: what reports carry, keep and get.</summary>
public sealed class ReportValueTests
{
    [Fact]
    public void All_that_is_won_is_carried_and_only_the_last_leg_pays() =>
        Assert.Equal([Gain(2, 10 * 500 / 100 * 300)], Pay(Report(10, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [2])), Any(500, 1), Any(300, 2)));

    [Theory]
    [InlineData(75, 2500 * 25 / 100)]
    [InlineData(50, 2500 * 50 / 100)]
    [InlineData(25, 2500 * 75 / 100)]
    public void The_part_that_is_not_carried_is_kept_even_when_the_next_leg_loses(int percent, long kept) =>
        Assert.Equal([Gain(1, kept)], Pay(Report(5, Leg(1, BetType.Win, [1], (ushort)percent), Leg(2, BetType.Win, [9])), Any(500, 1), Any(300, 2)));

    [Fact]
    public void What_is_kept_is_rounded_to_the_nearest_cent_and_the_carried_sum_is_the_rest() =>
        // 25 % of 1,110 cents are 277.5: 833 are kept (832.5 rounded), 277 carried, and 277 x 3 gained.
        Assert.Equal([Gain(1, 833), Gain(2, 831)], Pay(Report(3, Leg(1, BetType.Win, [1], 25), Leg(2, BetType.Win, [2])), Any(370, 1), Any(300, 2)));

    [Fact]
    public void The_carried_sum_is_divided_equally_and_rounded_down_to_the_cent() =>
        // 1,000 carried over 3 bets are 333 each; the cent left over is kept.
        Assert.Equal(
            [Gain(1, 1), Gain(2, 666)], Pay(Report(2, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [2, 3, 4])), Any(500, 1), Any(200, 2)));

    [Fact]
    public void Nothing_is_carried_when_a_part_is_below_the_minimum_stake() =>
        Assert.Equal([Gain(1, 299)], Pay(Report(1, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [2, 3, 4])), Any(299, 1), Any(200, 2)));

    [Theory]
    [InlineData(2, 5000 - (2 * 2 * 100), 2 * 200)]
    [InlineData(1000, 0, 2500 * 2)]
    public void A_multiple_carries_that_many_minimum_stakes_for_each_bet_and_no_more_than_was_won(int multiple, long kept, long gained)
    {
        MoneyMove[] expected = kept == 0 ? [Gain(2, gained)] : [Gain(1, kept), Gain(2, gained)];
        Assert.Equal(
            expected, Pay(Report(10, Leg(1, BetType.Win, [1], (ushort)multiple, 2), Leg(2, BetType.Win, [2, 3])), Any(500, 1), Any(200, 2)));
    }

    [Fact]
    public void No_more_than_1000_minimum_stakes_are_carried() => Assert.Equal(
        [Gain(1, 5000_00 - 1000_00), Gain(2, 2000_00)],
        Pay(Report(1000, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [2])), Any(500, 1), Any(200, 2)));

    [Fact]
    public void A_lost_leg_ends_the_report() =>
        Assert.Empty(Pay(Report(5, Leg(1, BetType.Win, [9], 100), Leg(2, BetType.Win, [2])), Any(500, 1), Any(200, 2)));

    [Fact]
    public void A_report_waits_for_the_races_of_all_its_legs()
    {
        var meeting = new Meeting(2);
        var report = Report(5, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [2]));
        meeting.PublishWin(1, "1 2", Any(500, 1));
        Assert.Equal(TicketStanding.Pending, meeting.Value(report, out _));
        meeting[2].Status = RaceStatus.Cancelled;
        Assert.Equal(TicketStanding.Pending, meeting.Value(report, out _));
        meeting[2].Settlement = new RaceSettlement(1, [Settled(1, [], isRefunded: true)], []);
        Assert.Equal(TicketStanding.Valued, meeting.Value(report, out var moves));
        Assert.Equal([new MoneyMove(Id(2), 1, 0, 2500)], moves);
        meeting[1].Status = RaceStatus.Closed;
        Assert.Equal(TicketStanding.Expired, meeting.Value(report, out _));
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("refunded")]
    [InlineData("scratched")]
    public void A_leg_without_a_race_a_pool_or_runners_carries_its_whole_stake_on(string reason)
    {
        var meeting = new Meeting(3);
        meeting.PublishWin(1, "1 2", Any(500, 1));
        meeting.PublishWin(2, "1 2", Any(300, 1));
        meeting.PublishWin(3, "3 2", Any(200, 3));
        switch (reason)
        {
            case "cancelled":
                meeting[2].Publish(new RaceSettlement(1, [Settled(1, [], isRefunded: true)], []));
                meeting[2].Status = RaceStatus.Cancelled;
                break;
            case "refunded":
                meeting[2].Publish(new RaceSettlement(1, [Settled(1, [], isRefunded: true)], []));
                break;
            default:
                meeting[2].Scratch(99, 7);
                break;
        }

        meeting.Value(Report(4, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.Win, [7], 25), Leg(3, BetType.Win, [3])), out var moves);
        Assert.Equal([Gain(3, 4 * 500 * 2)], moves);
    }

    [Fact]
    public void One_of_two_runners_scratched_counts_as_a_gain_of_1_00_on_its_bet()
    {
        var meeting = new Meeting(2);
        meeting.PublishWin(1, "1 2", Any(500, 1));
        meeting.PublishWin(2, "3 2", Any(200, 3));
        meeting[1].Scratch(99, 7);
        meeting.Value(Report(1, Leg(1, BetType.Win, [1, 7], 50), Leg(2, BetType.Win, [3])), out var moves);
        // 500 won and 100 refunded: 300 are carried, out of the gains.
        Assert.Equal([new MoneyMove(Id(1), 1, 200, 100), Gain(2, 600)], moves);
    }

    [Fact]
    public void Pairs_of_three_runners_are_three_bets()
    {
        var meeting = new Meeting(2);
        meeting.PublishWin(1, "1 2 3", Any(600, 1));
        meeting[2].Publish(new RaceSettlement(1, [Settled(4, [Pair(150, 1, 2), Pair(200, 1, 3), Pair(250, 2, 3)])], []));
        meeting.Value(Report(1, Leg(1, BetType.Win, [1], 100), Leg(2, BetType.QuinellaPlace, [3, 2, 1])), out var moves);
        Assert.Equal([new MoneyMove(Id(2), 4, 2 * (150 + 200 + 250), 0)], moves);
    }

    [Fact]
    public void A_settlement_tells_what_reports_carry_into_which_pool_and_out_of_which()
    {
        var meeting = new Meeting(2);
        meeting[1].Finish = Card.Finish("1 2");
        meeting[1].Status = RaceStatus.Official;
        (long, byte[])[] tickets =
        [
            (1, Card.Body([Report(10, Leg(1, BetType.Win, [1], 50), Leg(2, BetType.Place, [2]))])),
            (2, Card.Body([Direct(1, BetType.Win, [2], 30)])),
        ];
        var settlement = Card.TrySettle(meeting[1], meeting.Races, DividendMethod.EqualSplit, [], tickets, out string? fault)!;
        Assert.Null(fault);
        Assert.Equal([new CarriedStake(Id(2), 2, 1, 20_00)], settlement.Carried);
        Assert.Equal((40_00, 40_00), (settlement.Of(BetType.Win).GrossCents, settlement.Of(BetType.Win).WinnersCents));
        Assert.Null(settlement.Find((ushort)BetType.Report));
        Assert.All(settlement.Pools, Card.AssertBalanced);
    }

    [Fact]
    public void A_race_waits_for_the_earlier_races_of_its_reports()
    {
        var meeting = new Meeting(2);
        meeting[2].Finish = Card.Finish("1 2");
        var count = SettlementCount.Start(meeting[2], meeting.Races, DividendMethod.EqualSplit, [], out _)!;
        count.AddTicket(1, Card.Body([Report(10, Leg(1, BetType.Win, [1], 50), Leg(2, BetType.Place, [2]))]));
        Assert.Equal(Id(1), count.WaitsFor);
        count.BeginPay();
        Assert.Null(count.Complete(1, out string? fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void An_official_list_has_no_dividends_for_a_report_pool()
    {
        var meeting = new Meeting(1);
        Assert.Null(SettlementCount.Start(meeting[1], meeting.Races, DividendMethod.Official, [new OfficialPool(17, false, false, [])], out string? fault));
        Assert.NotNull(fault);
    }

    private static MoneyMove[] Pay(WagerLine report, Dividend first, Dividend second)
    {
        var meeting = new Meeting(2);
        meeting.PublishWin(1, "1 2", first);
        meeting.PublishWin(2, "2 1", second);
        Assert.Equal(TicketStanding.Valued, meeting.Value(report, out var moves));
        return moves;
    }

    private static MoneyMove Gain(int race, long cents) => new(Id(race), 1, cents, 0);

    private static Dividend Any(long cents, params byte[] runners) => new(PayRank.AnyOrder, 0, runners, cents);

    private static PayableCombination Pair(long cents, params byte[] runners) => new(PayRank.AnyOrder, 0, runners, 0, cents, 0);
}
