using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>The fields of a reversal that a decision needs.</summary>
internal readonly record struct ReversalFields(long OriginalSequence, long AmountCents)
{
    public static ReversalFields Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        reader.Bytes(8 + 4);
        return new ReversalFields(reader.Int64(), reader.Int64());
    }
}

/// <summary>Sends a transaction of the next sequence to the rule of its kind and fills in what the entry records of it.</summary>
internal sealed class TransactionRules(ShardState state, ReceiptKeys keys)
{
    private readonly PayRules _pay = new(state, keys);
    private readonly PickList _picks = new();

    public Verdict Check(TxEvent work, ref Entry entry, long now)
    {
        if (!work.BodyReadable)
        {
            return Verdict.Refuse(ResultCode.MalformedBody, BodyField.Body);
        }

        if (SequenceRules.ReversesItself(work))
        {
            return Verdict.Refuse(ResultCode.ReversedBeforeArrival, BodyField.None);
        }

        if (IsLate(work, now))
        {
            return Verdict.Refuse(ResultCode.DeadlinePassed, BodyField.Time);
        }

        switch (work.Type)
        {
            case MessageType.Wager:
                return Wager(work, ref entry, now);
            case MessageType.Hold:
                return SeatRules.Hold(state, work.Body, now, out entry.AmountCents, out entry.ExpiresAt);
            case MessageType.Confirm:
                return Confirm(work, ref entry, now);
            case MessageType.Release:
                entry.Reference = BinaryPrimitives.ReadInt64LittleEndian(work.Body[8..]);
                return SeatRules.Release(state, entry.Reference, now);
            case MessageType.Cancel:
                return Cancel(work, ref entry, now);
            case MessageType.Reversal:
                return Reversal(work, ref entry);
            case MessageType.Pay or MessageType.VoucherRedeem or MessageType.VoucherIssue:
                return _pay.Check(work, ref entry);
            case MessageType.SupervisorResolve:
                return Resolve(work, ref entry);
            case MessageType.RacePublish:
                return Publish(work);
            case MessageType.DrawRegister or MessageType.DrawWithdraw:
                return Verdict.Refuse(ResultCode.DrawNotOpen, BodyField.Draw);
            default:
                return ControlRules.Check(state, work.Type, work.Body, now);
        }
    }

    /// <summary>
    /// False when the row that a rule needs is in the sequence and did not come with the event: it was looked for before it was durable.
    /// What is decided must not depend on that, or a replay would decide otherwise.
    /// </summary>
    public bool HasRow(TxEvent work)
    {
        // Refused without a look at any row: a replay, which finds rows by what the entry is about, has none for it.
        if (!work.BodyReadable || IsLate(work, state.Time))
        {
            return true;
        }

        switch (work.Type)
        {
            case MessageType.Cancel or MessageType.Pay or MessageType.VoucherRedeem or MessageType.SupervisorResolve:
                long number = TicketNumber(work);
                return number < 1 || number > state.LastNumber || CarriedTicket(work, number) is not null;
            case MessageType.RacePublish:
                return work.Settlement is not null;
            case MessageType.Reversal:
                long original = ReversalFields.Read(work.Body).OriginalSequence;
                return original < 1 || original >= work.Sequence || (work.Carried is { } row && row.Entry.Sequence == original && row.Entry.Source == work.Source);
            default:
                return true;
        }
    }

    /// <summary>The number that a transaction about a ticket or voucher names.</summary>
    public static long TicketNumber(TxEvent work) =>
        BinaryPrimitives.ReadInt64LittleEndian(work.Body[(work.Type == MessageType.SupervisorResolve ? Wire.ControlHeaderBytes : 8 + 4)..]);

    /// <summary>The row of that number that came with the event; null when it is another's or there is none.</summary>
    public static FetchedRow? CarriedTicket(TxEvent work, long number) =>
        work.Carried is { } row && row.Entry.Number == number ? row : null;

    /// <summary>True when the deadline of a transaction had passed in sequence time.</summary>
    public static bool IsLate(TxEvent work, long now) =>
        BinaryPrimitives.ReadInt64LittleEndian(work.Command) is var deadline and not 0 && now > deadline;

    private Verdict Wager(TxEvent work, ref Entry entry, long now)
    {
        _picks.Clear();
        var verdict = WagerRules.Check(state, keys, entry.Number, now, work.Body, ref work.Combinations, _picks, out long amountCents);
        entry.AmountCents = verdict.IsAccepted ? amountCents : 0;
        if (verdict.IsAccepted && _picks.Count > 0)
        {
            work.Picks = _picks.ToArray();
            work.Picks.CopyTo(work.ExtendCommand(work.Picks.Length));
        }

        return verdict;
    }

    private Verdict Confirm(TxEvent work, ref Entry entry, long now)
    {
        var reader = new WireReader(work.Body);
        reader.Int64();
        entry.Reference = reader.Int64();
        long amountCents = reader.Int64();
        bool hasAuthorisation = reader.Byte() != 0;
        var verdict = SeatRules.Confirm(state, entry.Reference, amountCents, hasAuthorisation, now);
        entry.AmountCents = verdict.IsAccepted ? amountCents : 0;
        return verdict;
    }

    private Verdict Cancel(TxEvent work, ref Entry entry, long now)
    {
        entry.Reference = BinaryPrimitives.ReadInt64LittleEndian(work.Body[12..]);
        var verdict = UndoRules.Cancel(state, CarriedTicket(work, entry.Reference), work.Outlet, now);
        if (verdict.IsAccepted)
        {
            entry.AmountCents = work.Carried!.Entry.AmountCents;
            Addendum.AppendUndo(work, work.Carried);
        }

        return verdict;
    }

    private Verdict Reversal(TxEvent work, ref Entry entry)
    {
        var reversal = ReversalFields.Read(work.Body);
        if (reversal.OriginalSequence > work.Sequence || reversal.OriginalSequence < 1)
        {
            return Verdict.Refuse(ResultCode.MalformedBody, BodyField.Sequence);
        }

        var original = work.Carried!;
        entry.Reference = original.Entry.Number;
        var verdict = UndoRules.Reverse(state, original, reversal.AmountCents);
        if (verdict.IsAccepted)
        {
            entry.AmountCents = original.Entry.AmountCents;
            if (original.Entry.Kind == MessageType.Wager)
            {
                Addendum.AppendUndo(work, original);
            }
        }

        return verdict;
    }

    private Verdict Resolve(TxEvent work, ref Entry entry)
    {
        entry.Reference = TicketNumber(work);
        var ticket = CarriedTicket(work, entry.Reference);
        var resolve = Bodies.Decode<SupervisorResolve>(work.Body);
        var verdict = ControlRules.HasActor(work.Body) ? UndoRules.Resolve(state, ticket, resolve) : ControlRules.ActorMissing;
        if (verdict.IsAccepted && resolve.IsGranted)
        {
            entry.AmountCents = ticket!.Entry.AmountCents;
            Addendum.AppendUndo(work, ticket);
        }

        return verdict;
    }

    private Verdict Publish(TxEvent work)
    {
        byte[] answer = work.Settlement!;
        var publish = Bodies.Decode<RacePublish>(work.Body);
        answer.CopyTo(work.ExtendCommand(answer.Length));
        if (publish.Control.Actor == 0)
        {
            return ControlRules.ActorMissing;
        }

        return state.Races.TryGetValue(publish.Race.Value, out var race)
            ? ResultRules.Publish(race, publish, answer, out _)
            : Verdict.Refuse(ResultCode.UnknownRace, BodyField.Race);
    }
}
