using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>Waiting lists: who is served, when, and who is not.</summary>
public sealed class WaitingTests
{
    private const int Seats = 300;
    private static readonly SaleTerms Waits = new(0, 0, 0, 0, 20, 400);
    private readonly TicketOffice _office = new();

    [Fact]
    public async Task Seats_that_come_free_are_offered_strictly_in_order_and_nobody_overtakes()
    {
        _office.Sell(5, Waits, new CellDefinition(1, 1, 500, 3, 0, 3));
        var all = _office.Hold(5, [], new HoldLine(1, 1, 1, 0));
        var rest = _office.Hold(5, [], new HoldLine(1, 1, 2, 0));
        var two = _office.Wait(5, TicketOffice.Person(1), 2);
        var one = _office.Wait(5, TicketOffice.Person(2));
        Assert.Equal(PresentState.Waiting, two.State);
        _office.Release(all);
        Assert.Empty(_office.Bench.Tick());
        _office.Release(rest);
        Assert.Equal([MessageType.WaitOffered, MessageType.WaitOffered], _office.Bench.Tick());
        Assert.Equal([(long)two.Number, (long)one.Number], _office.Bench.Work.Due.Select(static due => due.Subject));
        var offer = _office.Bench.Work.Due[0].Entry;
        Assert.Equal((1_000, _office.Bench.Now + 20_000_000), (offer.AmountCents, offer.ExpiresAt));
        Assert.Equal(ResultCode.Accepted, _office.Confirm((ulong)offer.Number, offer.AmountCents).Code);
        Assert.Equal(PresentState.Offered, _office.Bench.State.Tickets[(long)two.Number]);
        await _office.CheckReplayAsync();
    }

    [Fact]
    public async Task An_offer_that_expires_goes_to_the_next_and_its_person_waits_no_more()
    {
        _office.Sell(5, Waits, new CellDefinition(1, 1, 500, 1, 0, 1));
        var hold = _office.Hold(5, [], new HoldLine(1, 1, 1, 0));
        var first = _office.Wait(5, TicketOffice.Person(1));
        var second = _office.Wait(5, TicketOffice.Person(2));
        _office.Release(hold);
        Assert.Equal([MessageType.WaitOffered], _office.Bench.Tick());
        long offer = _office.Bench.Work.Due[0].Entry.Number;
        _office.Bench.Wait(TimeSpan.FromSeconds(20));
        Assert.Equal(ResultCode.HoldExpired, _office.Confirm((ulong)offer, 500).Code);
        Assert.Equal([MessageType.HoldExpired, MessageType.WaitOffered], _office.Bench.Work.Due.Select(static due => due.Entry.Kind));
        Assert.Equal((long)second.Number, _office.Bench.Work.Due[1].Subject);
        var leave = new WaitLeave(_office.Name(TicketOffice.Frontend), 0, first.Number, 0);
        Assert.Equal(ResultCode.WaitUnknown, _office.Bench.Do(leave).Code);
        Assert.Equal(ResultCode.Accepted, _office.Wait(5, TicketOffice.Person(1)).Code);
        await _office.CheckReplayAsync();
    }

    [Fact]
    public void Whoever_may_not_have_the_seats_any_more_lapses()
    {
        _office.Sell(5, Waits, new CellDefinition(1, 1, 500, 2, 0, 2), new CellDefinition(1, 2, 500, 2, 0, 2));
        var hold = _office.Hold(5, [], new HoldLine(1, 1, 2, 0));
        var wait = _office.Wait(5, TicketOffice.Person(1));
        Assert.Equal(ResultCode.Accepted, _office.Hold(5, TicketOffice.Person(1), new HoldLine(1, 2, 2, 0)).Code);
        _office.Release(hold);
        Assert.Equal([MessageType.WaitLapsed], _office.Bench.Tick());
        Assert.Equal(PresentState.Expired, _office.Bench.State.Tickets[(long)wait.Number]);
        Assert.Equal(2, _office.Bench.State.Sales[5].FindCell(1, 1)!.Available);
    }

    [Fact]
    public void Joining_is_refused_with_its_reason()
    {
        _office.Sell(5, new SaleTerms(0, 2, 0, 0, 20, 2), new CellDefinition(1, 1, 500, 2, 2, 2)).Sell(6, default, new CellDefinition(1, 1, 500, 2, 0, 2));
        Assert.Equal((ResultCode.UnknownSale, BodyField.Sale), Fault(_office.Wait(9, TicketOffice.Person(1))));
        Assert.Equal((ResultCode.UnknownCell, BodyField.Cell), Fault(_office.Wait(5, TicketOffice.Person(1), category: 2)));
        Assert.Equal((ResultCode.QuantityInvalid, BodyField.Quantity), Fault(_office.Wait(5, TicketOffice.Person(1), 0)));
        Assert.Equal((ResultCode.QuantityInvalid, BodyField.Quantity), Fault(_office.Wait(5, TicketOffice.Person(1), 3)));
        Assert.Equal((ResultCode.WaitingListFull, BodyField.Sale), Fault(_office.Wait(6, TicketOffice.Person(1))));
        Assert.Equal(ResultCode.Accepted, _office.Wait(5, TicketOffice.Person(1)).Code);
        Assert.Equal((ResultCode.AlreadyWaiting, BodyField.Person), Fault(_office.Wait(5, TicketOffice.Person(1))));
        Assert.Equal(ResultCode.Accepted, _office.Wait(5, TicketOffice.Person(2)).Code);
        Assert.Equal((ResultCode.WaitingListFull, BodyField.Cell), Fault(_office.Wait(5, TicketOffice.Person(3))));
        Assert.Equal(ResultCode.Accepted, _office.Hold(6, TicketOffice.Person(4), new HoldLine(1, 1, 2, 0)).Code);
        Assert.Equal((ResultCode.PersonCapReached, BodyField.Quantity), Fault(_office.Wait(5, TicketOffice.Person(4))));
    }

    [Fact]
    public async Task The_rank_in_the_draw_comes_before_the_time_of_joining()
    {
        byte[][] persons = [.. Enumerable.Range(1, 5).Select(TicketOffice.Person)];
        _office.Publish(persons).Sell(5, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 20, 10), new CellDefinition(1, 1, 500, 5, 5, 1));
        byte[][] order = _office.Order();
        var joined = order.Reverse().Select(person => (long)_office.Wait(5, person).Number).ToArray();
        Assert.Equal(ResultCode.NotRegistered, _office.Wait(5, TicketOffice.Person(9)).Code);
        Assert.Equal(ResultCode.Accepted, _office.Exclude(order[1]));
        _office.Bench.Take(Frame.Encode(new SeatsBlock(_office.Name(TicketOffice.Admin), Messages.Control(), 5, 1, 1, 2)));
        Assert.Equal([MessageType.WaitOffered, MessageType.WaitLapsed, MessageType.WaitOffered, MessageType.WaitOffered], _office.Bench.Tick());
        Assert.Equal([joined[4], joined[3], joined[2], joined[1]], _office.Bench.Work.Due.Select(static due => due.Subject));
        await _office.CheckReplayAsync();
    }

    [Fact]
    public async Task A_crowd_of_expiries_and_offers_at_one_instant_comes_in_parts_and_replays()
    {
        _office.Sell(5, Waits, new CellDefinition(1, 1, 500, Seats, 0, 1));
        long first = _office.Bench.State.LastNumber + 1;
        for (int i = 0; i < Seats; i++)
        {
            Assert.Equal(ResultCode.Accepted, _office.Hold(5, [], new HoldLine(1, 1, 1, 0)).Code);
        }

        for (int i = 0; i < Seats; i++)
        {
            Assert.Equal(ResultCode.Accepted, _office.Wait(5, TicketOffice.Person(i)).Code);
        }

        _office.Bench.Wait(TimeSpan.FromSeconds(60));
        Assert.Equal(ResultCode.HoldExpired, _office.Confirm((ulong)(first + Seats - 1), 500).Code);
        Assert.Equal(256, _office.Bench.Work.Due.Count(static due => due.Entry.Kind == MessageType.HoldExpired));

        // The rest of the expiries, then as many offers as there is room for, then those that are left.
        Assert.Equal((44, 212), Parts(_office.Bench.Tick()));
        Assert.Equal((0, 88), Parts(_office.Bench.Tick()));
        Assert.Empty(_office.Bench.Tick());
        var cell = _office.Bench.State.Sales[5].FindCell(1, 1)!;
        Assert.Equal((Seats, 0, 0), (cell.Held, cell.Available, cell.Waiting.Count));
        await _office.CheckReplayAsync();
    }

    private static (int Expired, int Offered) Parts(MessageType[] due) =>
        (due.Count(static kind => kind == MessageType.HoldExpired), due.Count(static kind => kind == MessageType.WaitOffered));

    private static (ResultCode Code, BodyField Field) Fault(Outcome outcome) => (outcome.Code, outcome.Field);
}
