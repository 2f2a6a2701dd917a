using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>Sales and holds, rule by rule.</summary>
public sealed class SaleTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll(holdSeconds: 30);

    [Fact]
    public void A_sale_opens_once_and_closes_once()
    {
        _bench.Take(Frame.Encode(Messages.DefineSale(Admin, _bench.Next(Admin), 8)));
        Assert.Equal(ResultCode.SaleNotOpen, _bench.Do(Messages.Hold(1, 1) with { Sale = 8 }).Code);
        Assert.Equal(ResultCode.SaleState, Control(MessageType.SaleClose, 8));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.SaleOpen, 8));
        Assert.Equal(ResultCode.SaleState, Control(MessageType.SaleOpen, 8));
        Assert.Equal(ResultCode.UnknownCell, _bench.Do(Messages.Hold(1, 2) with { Sale = 8 }).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.SaleClose, 8));
        Assert.Equal(ResultCode.SaleClosed, _bench.Do(Messages.Hold(1, 3) with { Sale = 8 }).Code);
        Assert.Equal(ResultCode.SaleState, Control(MessageType.SaleClose, 8));
        Assert.Equal(ResultCode.UnknownSale, Control(MessageType.SaleOpen, 99));
        Assert.Equal(ResultCode.UnknownSale, _bench.Do(Messages.Hold(1, 4) with { Sale = uint.MaxValue }).Code);
    }

    [Fact]
    public void Definitions_out_of_their_limits_are_refused()
    {
        var sale = Messages.DefineSale(Admin, 0, 9);
        Assert.Equal(ResultCode.SaleExists, Define(sale with { Sale = Messages.Sale }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(sale with { Sale = 0 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(sale with { Sale = uint.MaxValue }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(sale with { HoldSeconds = 0 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(sale with { HoldSeconds = 86_401 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(sale with { ClosesAt = _bench.Now }));
        Assert.Equal(ResultCode.Accepted, Define(sale with { ClosesAt = long.MaxValue }));
        var cell = new CellDefinition(1, 1, 100, 10, 0, 2);
        Assert.Equal(ResultCode.SaleState, Define(Messages.Sale, cell));
        Assert.Equal(ResultCode.UnknownSale, Define(77, cell));
        Assert.Equal(ResultCode.CellExists, Define(9, cell, cell));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(9, cell with { Blocked = 11 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(9, cell with { Capacity = uint.MaxValue }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(9, cell with { QuantityMax = 0 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(9, cell with { PriceCents = -1 }));
        Assert.Equal(ResultCode.DefinitionInvalid, Define(9, cell with { PriceCents = long.MaxValue }));
        Assert.Equal(ResultCode.Accepted, Define(9, cell));
        Assert.Equal(ResultCode.CellExists, Define(9, cell));
    }

    [Fact]
    public void A_hold_is_decided_whole_and_its_refusal_names_line_and_field()
    {
        var outcome = _bench.Do(Messages.Hold(1, 1, new HoldLine(1, 1, 2, 0), new HoldLine(1, 2, 9, 0)));
        Assert.Equal((ResultCode.QuantityAboveMaximum, (byte)2, BodyField.Quantity), (outcome.Code, outcome.Line, outcome.Field));
        Assert.All(_bench.State.Sales[Messages.Sale].Cells.Values, static cell => Assert.Equal(0, cell.Held));
        Assert.Equal(ResultCode.MalformedBody, _bench.Do(Messages.Hold(1, 2) with { Person = new byte[5] }).Code);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Hold(1, 3) with { Person = new byte[32] }).Code);
    }

    [Fact]
    public void A_hold_expires_at_its_instant_and_a_confirmation_then_is_refused()
    {
        var first = _bench.Do(Messages.Hold(1, 1));
        var second = _bench.Do(Messages.Hold(1, 2));
        Assert.Equal(_bench.Now + 30_000_000, first.ExpiresAt);
        _bench.Now = first.ExpiresAt - 1;
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Confirm(1, 3, first.Number, first.AmountCents)).Code);
        _bench.Now = first.ExpiresAt;
        var late = _bench.Do(Messages.Confirm(1, 4, second.Number, second.AmountCents));
        Assert.Equal(ResultCode.HoldExpired, late.Code);
        Assert.Equal(MessageType.HoldExpired, _bench.Database.Find((long)late.Number - 1)!.Entry.Kind);
        Assert.Equal(ResultCode.HoldExpired, _bench.Do(Messages.Release(1, 5, second.Number)).Code);
        Assert.Equal(PresentState.Expired, _bench.Do(Messages.Hold(1, 2)).State);
        Assert.Equal(PresentState.Confirmed, _bench.Do(Messages.Hold(1, 1)).State);
    }

    [Fact]
    public void Any_frontend_may_confirm_once_with_the_amount_and_an_authorisation()
    {
        _bench.LogOn(2);
        var hold = _bench.Do(Messages.Hold(1, 1));
        Assert.Equal(ResultCode.AuthorisationMissing, _bench.Do(Messages.Confirm(2, 1, hold.Number, hold.AmountCents) with { Authorisation = [] }).Code);
        Assert.Equal(ResultCode.AmountMismatch, _bench.Do(Messages.Confirm(2, 2, hold.Number, long.MinValue)).Code);
        var order = _bench.Do(Messages.Confirm(2, 3, hold.Number, hold.AmountCents));
        Assert.Equal((ResultCode.Accepted, hold.Number, PresentState.Confirmed), (order.Code, order.Reference, order.State));
        Assert.Equal(15, order.TicketSerial.Length);
        Assert.Equal(ResultCode.HoldNotLive, _bench.Do(Messages.Confirm(1, 2, hold.Number, hold.AmountCents)).Code);
        Assert.Equal(ResultCode.HoldUnknown, _bench.Do(Messages.Confirm(1, 3, ulong.MaxValue, 1)).Code);
    }

    [Fact]
    public void At_most_so_many_holds_expire_before_one_entry_and_none_can_be_confirmed_meanwhile()
    {
        var bench = new DeciderBench().OpenAll(30, new CellDefinition(1, 1, 100, 2000, 0, 1));
        Outcome last = null!;
        for (int i = 1; i <= 600; i++)
        {
            last = bench.Do(Messages.Hold(1, i, new HoldLine(1, 1, 1, 0)));
        }

        bench.Now = last.ExpiresAt;
        Assert.Equal(ResultCode.HoldExpired, bench.Do(Messages.Confirm(1, 601, last.Number, 100)).Code);
        Assert.Equal(256, bench.Work.Due.Count);
        Assert.Equal(256, bench.Tick().Length);
        Assert.Equal(88, bench.Tick().Length);
        Assert.Empty(bench.Tick());
        Assert.Equal(2000, bench.State.Sales[Messages.Sale].FindCell(1, 1)!.Available);
    }

    [Fact]
    public void A_sale_closes_by_itself_and_its_holds_live_no_longer()
    {
        var bench = new DeciderBench();
        bench.LogOn(Admin);
        bench.LogOn(1);
        bench.Take(Frame.Encode(Messages.DefineSale(Admin, 1, closesAt: bench.Now + 10_000_000)));
        bench.Take(Frame.Encode(Messages.DefineCells(Admin, 2)));
        bench.Take(Messages.SaleControl(MessageType.SaleOpen, Admin, 3));
        var hold = bench.Do(Messages.Hold(1, 1));
        Assert.Equal(bench.Now + 10_000_000, hold.ExpiresAt);
        bench.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal([MessageType.SaleCloseDue, MessageType.HoldExpired], bench.Tick());
        Assert.Equal(ResultCode.SaleClosed, bench.Do(Messages.Hold(1, 2)).Code);
    }

    private ResultCode Control(MessageType type, uint sale) => _bench.Do(Messages.SaleControl(type, Admin, _bench.Next(Admin), sale)).Code;

    private ResultCode Define(SaleDefine sale) => _bench.Do(sale with { Header = Messages.Name(Admin, _bench.Next(Admin)) }).Code;

    private ResultCode Define(uint sale, params CellDefinition[] cells) =>
        _bench.Do(Messages.DefineCells(Admin, _bench.Next(Admin), cells) with { Sale = sale }).Code;
}
