using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>Packs, and what one person may have.</summary>
public sealed class HoldLimitTests
{
    private static readonly CellDefinition[] Three = [new(1, 1, 1_000, 20, 0, 6), new(2, 1, 1_000, 20, 0, 6), new(3, 1, 1_000, 20, 0, 6)];
    private readonly TicketOffice _office = new();

    [Fact]
    public void A_pack_is_so_many_different_sessions_with_the_same_quantity()
    {
        _office.Sell(5, new SaleTerms(0, 0, 3, 2, 0, 0), Three);
        Assert.Equal(ResultCode.Accepted, Hold(Pack(1, 2)));
        Assert.Equal(ResultCode.Accepted, Hold([.. Pack(1, 1), .. Pack(2, 2)]));
        Assert.Equal(ResultCode.PackInvalid, Hold(Pack(0, 1)));
        Assert.Equal(ResultCode.PackInvalid, Hold(Pack(1, 1)[..2]));
        Assert.Equal(ResultCode.PackInvalid, Hold([.. Pack(1, 1)[..2], new HoldLine(3, 1, 2, 1)]));
        Assert.Equal(ResultCode.PackInvalid, Hold([.. Pack(1, 1)[..2], new HoldLine(3, 1, 1, 2)]));
        var refused = _office.Hold(5, [], [.. Pack(1, 1), .. Pack(2, 1), .. Pack(3, 1)]);
        Assert.Equal((ResultCode.PackInvalid, BodyField.Pack, (byte)0), (refused.Code, refused.Field, refused.Line));
        Assert.Equal(15, _office.Bench.State.Sales[5].FindCell(1, 1)!.Available);
    }

    [Fact]
    public void Packs_share_the_limit_of_a_session_and_the_seats_of_a_cell()
    {
        _office.Sell(5, new SaleTerms(0, 0, 3, 0, 0, 0), [Three[0] with { Capacity = 5 }, Three[1], Three[2]]);
        var tooMany = _office.Hold(5, [], [.. Pack(1, 4), .. Pack(2, 3)]);
        Assert.Equal((ResultCode.QuantityAboveMaximum, (byte)4), (tooMany.Code, tooMany.Line));
        var soldOut = _office.Hold(5, [], [.. Pack(1, 3), .. Pack(2, 3)]);
        Assert.Equal((ResultCode.SoldOut, BodyField.Cell, (byte)4), (soldOut.Code, soldOut.Field, soldOut.Line));
    }

    [Fact]
    public void Seats_of_a_person_count_over_all_phases_held_and_bought_until_they_are_given_back()
    {
        byte[] person = TicketOffice.Person(1);
        _office.Sell(5, new SaleTerms(0, 8, 0, 0, 0, 0), Three).Sell(6, new SaleTerms(0, 8, 0, 0, 0, 0), Three);
        var bought = _office.Hold(5, person, new HoldLine(1, 1, 4, 0));
        Assert.Equal(ResultCode.Accepted, _office.Confirm(bought, source: TicketOffice.OtherFrontend).Code);
        var held = _office.Hold(6, person, new HoldLine(1, 1, 2, 0));
        Assert.Equal(ResultCode.Accepted, held.Code);
        var session = _office.Hold(6, person, new HoldLine(2, 1, 1, 0), new HoldLine(1, 1, 1, 0));
        Assert.Equal((ResultCode.PersonCapReached, BodyField.Quantity, (byte)2), (session.Code, session.Field, session.Line));
        var total = _office.Hold(6, person, new HoldLine(2, 1, 3, 0));
        Assert.Equal((ResultCode.PersonCapReached, BodyField.Person, (byte)0), (total.Code, total.Field, total.Line));
        Assert.Equal(ResultCode.Accepted, _office.Release(held).Code);
        Assert.Equal(ResultCode.Accepted, _office.Return(bought, 1, 1).Code);
        Assert.Equal(ResultCode.Accepted, _office.Hold(6, person, new HoldLine(1, 1, 3, 0), new HoldLine(2, 1, 2, 0)).Code);
        Assert.Equal(ResultCode.PersonCapReached, _office.Hold(5, person, new HoldLine(3, 1, 1, 0)).Code);
        Assert.Equal(ResultCode.Accepted, _office.Hold(5, TicketOffice.Person(2), new HoldLine(3, 1, 1, 0)).Code);
    }

    [Fact]
    public void Sold_out_is_said_before_anything_is_asked_of_the_person()
    {
        _office.DefineDraw();
        _office.Sell(5, new SaleTerms(TicketOffice.Draw, 2, 0, 0, 0, 0), new CellDefinition(1, 1, 100, 1, 0, 6));
        Assert.Equal(ResultCode.SoldOut, _office.Hold(5, [], new HoldLine(1, 1, 2, 0)).Code);
        Assert.Equal(ResultCode.PersonMissing, _office.Hold(5, [], new HoldLine(1, 1, 1, 0)).Code);
        Assert.Equal(ResultCode.SlotNotOpen, _office.Hold(5, TicketOffice.Person(1), new HoldLine(1, 1, 1, 0)).Code);
    }

    [Fact]
    public async Task Seats_given_back_can_be_sold_again_and_are_refunded_once()
    {
        _office.Sell(5, default, new CellDefinition(1, 1, 700, 3, 0, 3), new CellDefinition(2, 1, 300, 3, 0, 3));
        var order = _office.Hold(5, [], new HoldLine(1, 1, 3, 0), new HoldLine(2, 1, 1, 0));
        Assert.Equal(ResultCode.ReturnNotAllowed, _office.Return(order, 1, 1).Code);
        var confirmed = _office.Confirm(order);
        Assert.Equal(PresentState.Confirmed, confirmed.State);
        Assert.Equal((ResultCode.HoldUnknown, BodyField.Number), Fault(_office.Return(confirmed, 1, 1)));
        Assert.Equal((ResultCode.ReturnNotAllowed, BodyField.Lines), Fault(_office.Return(order, 3, 1)));
        Assert.Equal((ResultCode.ReturnNotAllowed, BodyField.Quantity), Fault(_office.Return(order, 1, 4)));
        Assert.Equal(1_400, _office.Return(order, 1, 2).AmountCents);
        Assert.Equal((ResultCode.ReturnNotAllowed, BodyField.Quantity), Fault(_office.Return(order, 1, 2)));
        Assert.Equal(700, _office.Return(order, 1, 1).AmountCents);
        Assert.Equal(PresentState.Confirmed, _office.Bench.State.Tickets[(long)order.Number]);
        Assert.Equal(300, _office.Return(order, 2, 1).AmountCents);
        Assert.Equal(PresentState.Returned, _office.Bench.State.Tickets[(long)order.Number]);
        Assert.Equal((ResultCode.ReturnNotAllowed, BodyField.Number), Fault(_office.Return(order, 2, 1)));
        Assert.Equal(ResultCode.Accepted, _office.Hold(5, [], new HoldLine(1, 1, 3, 0)).Code);
        Assert.Equal([PaymentKind.Capture, PaymentKind.Refund, PaymentKind.Refund, PaymentKind.Refund], (await _office.PaymentsAsync()).Select(static order => order.Kind));
        await _office.CheckReplayAsync();
    }

    private static (ResultCode Code, BodyField Field) Fault(Outcome outcome) => (outcome.Code, outcome.Field);

    private static HoldLine[] Pack(byte pack, ushort quantity) => [new(1, 1, quantity, pack), new(2, 1, quantity, pack), new(3, 1, quantity, pack)];

    private ResultCode Hold(HoldLine[] lines) => _office.Hold(5, [], lines).Code;
}
