using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Decides payments of tickets, and vouchers (<c>domain.md</c> section 1.10).</summary>
internal sealed class PayRules(ShardState state, ReceiptKeys keys)
{
    public Verdict Check(TxEvent work, ref Entry entry, long now) => work.Type switch
    {
        MessageType.VoucherIssue => Issue(work, ref entry),
        MessageType.VoucherRedeem => Redeem(work, ref entry),
        _ => Pay(work, ref entry, now),
    };

    /// <summary>Takes in what a payment paid.</summary>
    public static void Apply(ShardState state, ReadOnlySpan<byte> addendum)
    {
        var reader = new WireReader(addendum);
        for (int moves = reader.Byte(); moves > 0; moves--)
        {
            var race = new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
            reader.UInt16();
            long cents = reader.Int64() + reader.Int64();
            if (state.Races.TryGetValue(race.Value, out var paid))
            {
                paid.PaidCents += cents;
            }
        }
    }

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

    private Verdict Pay(TxEvent work, ref Entry entry, long now)
    {
        _ = now;
        var verdict = CheckReceipt(work, MessageType.Wager, ref entry, out bool identityChecked);
        _ = identityChecked;
        return verdict.IsAccepted ? Verdict.Refuse(ResultCode.NotPayableYet, BodyField.Number) : verdict;
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

        var verdict = UndoRules.CheckLive(state, row.Entry.Number);
        return verdict.Code == ResultCode.ReversalToSupervisor ? Verdict.Refuse(ResultCode.TicketDisputed, BodyField.Number) : verdict;
    }
}
