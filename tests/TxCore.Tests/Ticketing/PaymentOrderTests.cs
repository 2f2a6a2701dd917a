using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>Authorisations and what becomes of them: captured or let go of, once.</summary>
public sealed class PaymentOrderTests
{
    private readonly TicketOffice _office = new TicketOffice().Sell(5, default, new CellDefinition(1, 1, 500, 50, 0, 6));

    [Fact]
    public async Task A_confirmation_that_comes_too_late_puts_its_authorisation_on_the_list_once()
    {
        var hold = Hold();
        _office.Bench.Now = hold.ExpiresAt - 1;
        Assert.Empty(_office.Bench.Tick());
        _office.Bench.Now++;
        var late = _office.Confirm(hold, [7], TicketOffice.OtherFrontend);
        Assert.Equal((ResultCode.HoldExpired, BodyField.Time), (late.Code, late.Field));
        Assert.Equal(ResultCode.HoldExpired, _office.Confirm(hold, [7]).Code);
        Assert.Equal([(PaymentKind.Void, hold.Number, hold.AmountCents, 7)], await _office.PaymentsAsync());
        Assert.Equal(ResultCode.AuthorisationUsed, _office.Confirm(Hold(), [7]).Code);
        await _office.CheckReplayAsync();
    }

    [Fact]
    public async Task An_authorised_hold_that_expires_lets_its_authorisation_go_and_a_late_confirmation_no_second_time()
    {
        var hold = Hold();
        Assert.Equal(ResultCode.Accepted, _office.Authorise(hold, [1]).Code);
        _office.Bench.Now = hold.ExpiresAt;
        Assert.Equal([MessageType.HoldExpired], _office.Bench.Tick());
        Assert.Equal(ResultCode.HoldExpired, _office.Confirm(hold, [1]).Code);
        Assert.Equal([(PaymentKind.Void, hold.Number, hold.AmountCents, 1)], await _office.PaymentsAsync());
        await _office.CheckReplayAsync();
    }

    [Fact]
    public async Task A_recorded_authorisation_is_the_one_to_confirm_with_and_a_newer_one_replaces_it()
    {
        var hold = Hold();
        Assert.Equal(ResultCode.Accepted, _office.Authorise(hold, [1]).Code);
        Assert.Equal(ResultCode.AuthorisationUsed, _office.Authorise(hold, [1]).Code);
        Assert.Equal(ResultCode.Accepted, _office.Authorise(hold, [2]).Code);
        Assert.Equal((ResultCode.AuthorisationDiffers, BodyField.Authorisation), Fault(_office.Confirm(hold, [3])));
        Assert.Equal(ResultCode.AuthorisationDiffers, _office.Confirm(hold, [1]).Code);
        Assert.Equal(ResultCode.AuthorisationMissing, _office.Confirm(hold, []).Code);
        Assert.Equal(ResultCode.AmountMismatch, _office.Confirm(hold.Number, hold.AmountCents + 1, [2]).Code);
        Assert.Equal(ResultCode.Accepted, _office.Confirm(hold, [2]).Code);
        Assert.Equal(
            [(PaymentKind.Void, hold.Number, 1_000, 1), (PaymentKind.Void, hold.Number, 1_000, 3), (PaymentKind.Capture, hold.Number, 1_000, 2)],
            await _office.PaymentsAsync());
        await _office.CheckReplayAsync();
    }

    [Fact]
    public async Task A_released_or_reversed_hold_and_a_refusal_after_its_deadline_let_go_of_what_was_authorised()
    {
        var released = Hold();
        var reversed = Hold();
        var live = Hold();
        long reversedSequence = _office.Bench.Next(TicketOffice.Frontend) - 2;
        _office.Authorise(released, [1]);
        _office.Authorise(reversed, [2]);
        Assert.Equal(ResultCode.Accepted, _office.Release(released).Code);
        Assert.Equal(
            ResultCode.Accepted,
            _office.Bench.Do(Messages.Reversal(TicketOffice.Frontend, _office.Bench.Next(TicketOffice.Frontend), reversedSequence, reversed.AmountCents)).Code);
        var name = _office.Name(TicketOffice.Frontend) with { Deadline = _office.Bench.Now - 1 };
        Assert.Equal(ResultCode.DeadlinePassed, _office.Bench.Do(new Confirm(name, 0, live.Number, 1_000, [3])).Code);
        Assert.Equal(ResultCode.HoldUnknown, _office.Confirm(9_999, 1_000, [4]).Code);
        Assert.Equal([1, 2, 3, 4], (await _office.PaymentsAsync()).Select(static order => order.Authorisation));
        Assert.All(await _office.PaymentsAsync(), static order => Assert.Equal(PaymentKind.Void, order.Kind));
        await _office.CheckReplayAsync();
    }

    [Fact]
    public void Orders_are_acknowledged_forwards_only_and_not_beyond_the_last_number()
    {
        Assert.Equal(ResultCode.Accepted, Acknowledge(3));
        Assert.Equal(ResultCode.Accepted, Acknowledge(3));
        Assert.Equal(ResultCode.AcknowledgeInvalid, Acknowledge(2));
        Assert.Equal(ResultCode.AcknowledgeInvalid, Acknowledge((ulong)_office.Bench.State.LastNumber + 2));
        Assert.Equal(ResultCode.AcknowledgeInvalid, Acknowledge(ulong.MaxValue));
        Assert.Equal(3, _office.Bench.State.AcknowledgedPayments);
    }

    private static (ResultCode Code, BodyField Field) Fault(Outcome outcome) => (outcome.Code, outcome.Field);

    private Outcome Hold() => _office.Hold(5, [], new HoldLine(1, 1, 2, 0));

    private ResultCode Acknowledge(ulong upTo) => _office.Bench.Do(new PaymentsAcknowledge(_office.Name(TicketOffice.Admin), Messages.Control(), upTo)).Code;
}
