using System.Text;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>Vouchers are issued and redeemed once, sealed (<c>domain.md</c> section 1.10).</summary>
public sealed class VoucherTests
{
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();

    public VoucherTests() => _bench.LogOn(2);

    [Fact]
    public void A_voucher_is_printed_and_redeemed_once_at_any_terminal()
    {
        var voucher = Issue(1, 2_500);
        Assert.Equal((2_500, PresentState.Live, 15, 8), (voucher.AmountCents, voucher.State, voucher.TicketSerial.Length, voucher.ControlCode.Length));

        var redeemed = Redeem(2, voucher);
        Assert.Equal((ResultCode.Accepted, 2_500, voucher.Number), (redeemed.Code, redeemed.AmountCents, redeemed.Reference));
        Assert.Equal(ResultCode.AlreadyPaid, Redeem(1, voucher).Code);
        Assert.Equal(PresentState.Paid, _bench.Do(new VoucherIssue(Messages.Name(1, 1), 1, 5, 2_500)).State);
    }

    [Fact]
    public void A_forged_or_altered_voucher_and_a_ticket_are_refused()
    {
        var voucher = Issue(1, 2_500);
        Assert.Equal(ResultCode.BadControlCode, Redeem(2, voucher with { ControlCode = "00000000" }).Code);
        Assert.Equal(ResultCode.BadControlCode, Redeem(2, voucher with { ControlCode = "" }).Code);
        Assert.Equal(ResultCode.TicketUnknown, Redeem(2, voucher with { Number = voucher.Number + 500 }).Code);
        var ticket = _bench.Do(Messages.Wager(1, _bench.Next(1)));
        Assert.Equal(ResultCode.TicketUnknown, Redeem(2, ticket).Code);
        Assert.Equal(ResultCode.Accepted, Redeem(2, voucher).Code);
    }

    [Fact]
    public void A_voucher_whose_answer_got_lost_is_reversed_and_redeemed_no_more()
    {
        var voucher = Issue(1, 900);
        Assert.Equal(ResultCode.AmountMismatch, _bench.Do(Messages.Reversal(1, 2, 1, 901)).Code);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Reversal(1, 3, 1, 900)).Code);
        Assert.Equal(ResultCode.AlreadyCancelled, Redeem(2, voucher).Code);
    }

    [Fact]
    public void A_voucher_has_an_amount_above_zero_and_below_what_is_paid_without_identity()
    {
        Assert.Equal(ResultCode.StakeBelowMinimum, Issue(1, 0).Code);
        Assert.Equal(ResultCode.StakeBelowMinimum, Issue(1, -5).Code);
        Assert.Equal(ResultCode.CashLimit, Issue(1, 200_001).Code);
        Assert.Equal(ResultCode.Accepted, Issue(1, 200_000).Code);
    }

    private Outcome Issue(uint source, long cents) => _bench.Do(new VoucherIssue(Messages.Name(source, _bench.Next(source)), 1, 5, cents));

    private Outcome Redeem(uint source, Outcome voucher) => _bench.Do(
        new VoucherRedeem(Messages.Name(source, _bench.Next(source)), 1, 5, voucher.Number, Encoding.ASCII.GetBytes(voucher.ControlCode)));
}
