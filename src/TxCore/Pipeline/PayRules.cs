using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>Decides payments of tickets, and vouchers (<c>domain.md</c> section 1.10).</summary>
internal sealed class PayRules(ShardState state, ReceiptKeys keys)
{
    private readonly MoneyMove[] _moves = new MoneyMove[MoneyMove.TicketMax];

    public Verdict Check(TxEvent work, ref Entry entry) => work.Type switch
    {
        MessageType.VoucherIssue => Issue(work, ref entry),
        MessageType.VoucherRedeem => Redeem(work, ref entry),
        _ => Pay(work, ref entry),
    };

    private Verdict Issue(TxEvent work, ref Entry entry)
    {
        var reader = new WireReader(work.Body);
        reader.Bytes(8 + 4);
        long amountCents = reader.Int64();
        if (amountCents < 1)
        {
            return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Amount);
        }

        if (amountCents > state.Rules.CashPayMaxCents)
        {
            return Verdict.Refuse(ResultCode.CashLimit, BodyField.Amount);
        }

        entry.AmountCents = amountCents;
        return Verdict.Accepted;
    }

    private Verdict Redeem(TxEvent work, ref Entry entry)
    {
        var verdict = CheckReceipt(work, MessageType.VoucherIssue, ref entry, out _);
        entry.AmountCents = verdict.IsAccepted ? work.Carried!.Entry.AmountCents : 0;
        return verdict;
    }

    /// <summary>Pays gains and refunds of all lines at once, when every race of the ticket is settled.</summary>
    private Verdict Pay(TxEvent work, ref Entry entry)
    {
        var verdict = CheckReceipt(work, MessageType.Wager, ref entry, out bool identityChecked);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        var body = work.Carried!.Command.AsSpan(SystemCommand.DeadlineBytes);
        var standing = TicketValue.Of(body, entry.Reference, state.Races, _moves, out int count);
        if (standing != TicketStanding.Valued)
        {
            return Verdict.Refuse(
                standing == TicketStanding.Expired ? ResultCode.TicketExpired : ResultCode.NotPayableYet, BodyField.Number);
        }

        long cents = 0;
        foreach (ref readonly var move in _moves.AsSpan(0, count))
        {
            cents = checked(cents + move.GainCents + move.RefundCents);
        }

        if (cents == 0)
        {
            return Verdict.Refuse(ResultCode.TicketLost, BodyField.Number);
        }

        if (cents > state.Rules.CashPayMaxCents && !identityChecked)
        {
            return Verdict.Refuse(ResultCode.IdentityRequired, BodyField.Amount);
        }

        entry.AmountCents = cents;
        Addendum.AppendPay(work, _moves.AsSpan(0, count));
        return Verdict.Accepted;
    }

    /// <summary>Checks that a receipt is one of this shard, of the right kind, unaltered, and not settled already.</summary>
    private Verdict CheckReceipt(TxEvent work, MessageType kind, ref Entry entry, out bool identityChecked)
    {
        var reader = new WireReader(work.Body);
        reader.Bytes(8 + 4);
        entry.Reference = reader.Int64();
        var code = reader.CountedBytes(16);
        identityChecked = (reader.Byte() & 1) != 0;
        if (TransactionRules.CarriedTicket(work, entry.Reference) is not { } row || row.Entry.Kind != kind || row.Entry.Code != ResultCode.Accepted)
        {
            return Verdict.Refuse(ResultCode.TicketUnknown, BodyField.Number);
        }

        if (!Receipt.ControlCodeFits(keys[state.KeyEpochOf(row.Entry.Number)], state.Identity.Shard, row.Entry, code))
        {
            return Verdict.Refuse(ResultCode.BadControlCode, BodyField.ControlCode);
        }

        return UndoRules.CheckLive(state, row.Entry.Number);
    }
}
