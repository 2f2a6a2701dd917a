using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

public sealed class TicketValueTests
{
    private static readonly RaceId Second = Card.Id with { Race = 2 };

    [Theory]
    [InlineData(RaceStatus.Open, TicketStanding.Pending)]
    [InlineData(RaceStatus.Stopped, TicketStanding.Pending)]
    [InlineData(RaceStatus.Provisional, TicketStanding.Pending)]
    [InlineData(RaceStatus.Official, TicketStanding.Pending)]
    [InlineData(RaceStatus.Payable, TicketStanding.Valued)]
    [InlineData(RaceStatus.Cancelled, TicketStanding.Valued)]
    [InlineData(RaceStatus.Postponed, TicketStanding.Valued)]
    [InlineData(RaceStatus.Closed, TicketStanding.Expired)]
    public void A_ticket_waits_until_its_race_is_published_or_void(RaceStatus status, TicketStanding expected)
    {
        var race = Published(out var line);
        race.Status = status;
        Assert.Equal(expected, Value(race, [line], out _));
    }

    [Fact]
    public void A_ticket_on_a_race_that_left_memory_has_expired()
    {
        Assert.Equal(TicketStanding.Expired, Value(Published(out var line), [line with { Race = Second }], out var moves));
        Assert.Empty(moves);
    }

    [Fact]
    public void A_cancelled_race_gives_the_whole_price_back()
    {
        var race = Published(out var line);
        race.Status = RaceStatus.Cancelled;
        Value(race, [line], out var moves);
        Assert.Equal([new MoneyMove(race.Id, 1, 0, 100)], moves);
    }

    [Fact]
    public void Every_line_that_gets_something_has_its_move_and_a_lost_one_has_none()
    {
        var race = Published(out var line);
        Value(race, [line, line with { Bases = [3] }, line], out var moves);
        Assert.Equal([new MoneyMove(race.Id, 1, 170, 0), new MoneyMove(race.Id, 1, 170, 0)], moves);
    }

    [Fact]
    public void Valuing_a_ticket_allocates_nothing()
    {
        var race = Card.Race(16, "1 2 3 4 5", Card.Pool(BetType.QuintePlus, Card.Ordered | Card.Combined | Card.Complement)).Scratch(50, 16);
        var line = Card.Line(BetType.QuintePlus, [0, 1, 0, 0, 16], formula: Formula.TotalField) with { Complement = 3 };
        WagerLine[] lines = [.. Enumerable.Repeat(line.Priced(race), 20)];
        race.Publish(Card.Settle(race, DividendMethod.EqualSplit, [], [(1, Card.Body(lines))]));
        AssertAllocatesNothing(Card.Body(lines), new Dictionary<long, Race> { [race.Id.Value] = race });
    }

    [Fact]
    public void Valuing_a_report_allocates_nothing()
    {
        var meeting = new Meeting(2);
        meeting.PublishWin(1, "1 2", new Dividend(PayRank.AnyOrder, 0, [1], 500));
        meeting.PublishWin(2, "2 1", new Dividend(PayRank.AnyOrder, 0, [2], 300));
        var report = Meeting.Report(5, Meeting.Leg(1, BetType.Win, [1, 3], 75), Meeting.Leg(2, BetType.Win, [2]));
        AssertAllocatesNothing(Card.Body([report, report]), meeting.Races);
    }

    private static void AssertAllocatesNothing(byte[] body, Dictionary<long, Race> races)
    {
        var moves = new MoneyMove[MoneyMove.TicketMax];
        Assert.Equal(TicketStanding.Valued, TicketValue.Of(body, 1, races, moves, out int count));
        Assert.True(count > 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            TicketValue.Of(body, 1, races, moves, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Race Published(out WagerLine line)
    {
        var race = Card.Race(8, "1 2", Card.Pool(BetType.Win));
        line = Card.Line(BetType.Win, [1]).Priced(race);
        return race.Publish(Card.Settle(race, line, Card.Line(BetType.Win, [2])));
    }

    private static TicketStanding Value(Race race, WagerLine[] lines, out MoneyMove[] moves)
    {
        var room = new MoneyMove[MoneyMove.TicketMax];
        var standing = TicketValue.Of(Card.Body(lines), 1, new Dictionary<long, Race> { [race.Id.Value] = race }, room, out int count);
        moves = room[..count];
        return standing;
    }
}
