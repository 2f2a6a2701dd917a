using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;
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
        var verdict = CheckRules(work, ref entry, now);
        if (work.Type is MessageType.Confirm or MessageType.Authorise && work.BodyReadable)
        {
            AppendPayment(work, verdict);
        }

        return verdict;
    }

    private Verdict CheckRules(TxEvent work, ref Entry entry, long now)
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
            case MessageType.Confirm or MessageType.Authorise:
                return Confirm(work, ref entry, now);
            case MessageType.Release:
                return Release(work, ref entry, now);
            case MessageType.TicketReturn:
                return Return(work, ref entry);
            case MessageType.WaitJoin:
                return WaitRules.Join(state, Bodies.Decode<WaitJoin>(work.Body));
            case MessageType.WaitLeave:
                entry.Reference = BinaryPrimitives.ReadInt64LittleEndian(work.Body[8..]);
                return WaitRules.Leave(state, entry.Reference);
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
            case MessageType.DrawRegister:
                return DrawRules.Register(state, new DrawEntryBody(work.Body));
            case MessageType.DrawWithdraw:
                return DrawRules.Withdraw(state, new DrawEntryBody(work.Body));
            case MessageType.DrawFreeze:
                return Freeze(work);
            case MessageType.DrawRun:
                return Run(work);
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
            case MessageType.TicketReturn:
                long order = BinaryPrimitives.ReadInt64LittleEndian(work.Body[8..]);
                return order < 1 || order > state.LastNumber || CarriedTicket(work, order) is not null;
            case MessageType.RacePublish:
                return work.Settlement is not null;
            case MessageType.DrawFreeze:
                return work.List is { } list ? list.Draw == ReadDraw(work) : !CheckFreeze(work).IsAccepted;
            case MessageType.DrawRun:
                return work.Order is { } prepared && prepared.IsOf(Bodies.Decode<DrawRun>(work.Body)) || !CheckRun(work).IsAccepted;
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
        var body = new ConfirmBody(work.Body);
        entry.Reference = body.Hold;
        var verdict = work.Type == MessageType.Confirm ? SeatRules.Confirm(state, in body, now) : SeatRules.Authorise(state, in body, now);
        entry.AmountCents = verdict.IsAccepted ? body.AmountCents : 0;
        return verdict;
    }

    /// <summary>
    /// Stores with a confirmation what is to be done with the money: taken when it stands; let go when it was refused, and when another
    /// authorisation takes its place. An authorisation that was used before is somebody else's and is left alone.
    /// </summary>
    private void AppendPayment(TxEvent work, Verdict verdict)
    {
        var body = new ConfirmBody(work.Body);
        if (verdict.IsAccepted && work.Type == MessageType.Confirm)
        {
            Addendum.AppendPayment(work, new PaymentOrder(PaymentKind.Capture, body.Hold, body.AmountCents, body.Authorisation.ToArray()));
        }
        else if (verdict.IsAccepted)
        {
            var hold = state.Holds[body.Hold];
            if (hold.Authorisation.Length > 0)
            {
                Addendum.AppendPayment(work, new PaymentOrder(PaymentKind.Void, hold.Number, hold.AmountCents, hold.Authorisation));
            }
        }
        else if (!body.Authorisation.IsEmpty && !state.Authorisations.Contains(body.Authorisation))
        {
            Addendum.AppendPayment(work, new PaymentOrder(PaymentKind.Void, body.Hold, body.AmountCents, body.Authorisation.ToArray()));
        }
    }

    private Verdict Release(TxEvent work, ref Entry entry, long now)
    {
        entry.Reference = BinaryPrimitives.ReadInt64LittleEndian(work.Body[8..]);
        var verdict = SeatRules.Release(state, entry.Reference, now);
        if (verdict.IsAccepted)
        {
            AppendVoid(work, entry.Reference);
        }

        return verdict;
    }

    private void AppendVoid(TxEvent work, long hold)
    {
        if (Addendum.VoidOf(state.Holds[hold]) is { } order)
        {
            order.CopyTo(work.ExtendCommand(order.Length));
        }
    }

    private Verdict Return(TxEvent work, ref Entry entry)
    {
        var request = Bodies.Decode<TicketReturn>(work.Body);
        entry.Reference = (long)request.Number;
        var verdict = SeatRules.Return(state, CarriedTicket(work, entry.Reference), request, out var returned);
        if (verdict.IsAccepted)
        {
            entry.AmountCents = returned.AmountCents;
            Addendum.AppendPayment(work, new PaymentOrder(PaymentKind.Refund, entry.Reference, returned.AmountCents, []));
            returned.Write(work.ExtendCommand(returned.Bytes));
        }

        return verdict;
    }

    private static uint ReadDraw(TxEvent work)
    {
        DrawRules.ReadHeader(work.Body, out uint draw);
        return draw;
    }

    private Verdict CheckFreeze(TxEvent work) => ControlRules.HasActor(work.Body)
        ? DrawRules.Freeze(state, Bodies.Decode<DrawFreeze>(work.Body))
        : ControlRules.ActorMissing;

    private Verdict CheckRun(TxEvent work) => ControlRules.HasActor(work.Body)
        ? DrawRules.Run(state, Bodies.Decode<DrawRun>(work.Body))
        : ControlRules.ActorMissing;

    private Verdict Freeze(TxEvent work)
    {
        var verdict = CheckFreeze(work);
        return verdict.IsAccepted ? DrawRules.FreezeList(Bodies.Decode<DrawFreeze>(work.Body), work.List!) : verdict;
    }

    private Verdict Run(TxEvent work)
    {
        var verdict = CheckRun(work);
        if (verdict.IsAccepted)
        {
            work.Order!.OrderHash.CopyTo(work.ExtendCommand(Wire.HashBytes));
            work.Order.OrderRoot.CopyTo(work.ExtendCommand(Wire.HashBytes));
        }

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
            else if (original.Entry.Kind == MessageType.Hold)
            {
                AppendVoid(work, original.Entry.Number);
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
