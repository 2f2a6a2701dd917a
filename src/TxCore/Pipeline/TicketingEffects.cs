using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Pipeline;

/// <summary>What accepted transactions of the seats and waiting lists do to the state.</summary>
internal static class TicketingEffects
{
    /// <summary>Applies an entry; false when it is of another kind.</summary>
    public static bool TryApply(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        switch (entry.Kind)
        {
            case MessageType.Hold:
                Hold(state, in entry, new HoldBody(body), 0);
                break;
            case MessageType.Authorise:
                Authorise(state, in entry, command, body);
                break;
            case MessageType.Confirm:
                state.Authorisations.Add(new ConfirmBody(body).Authorisation);
                EndHold(state, entry.Reference, PresentState.Confirmed);
                break;
            case MessageType.Release:
                EndHold(state, entry.Reference, PresentState.Released);
                break;
            case MessageType.HoldExpired:
                EndHold(state, entry.Reference, PresentState.Expired);
                break;
            case MessageType.TicketReturn:
                Return(state, in entry, command);
                break;
            case MessageType.WaitJoin:
                Join(state, in entry, Bodies.Decode<WaitJoin>(body));
                break;
            case MessageType.WaitLeave:
                EndWait(state, entry.Reference, PresentState.Released);
                break;
            case MessageType.WaitLapsed:
                EndWait(state, entry.Reference, PresentState.Expired);
                break;
            case MessageType.WaitOffered:
                EndWait(state, entry.Reference, PresentState.Offered);
                Hold(state, in entry, new HoldBody(body[sizeof(long)..]), entry.Reference);
                break;
            case MessageType.PaymentsAcknowledge:
                state.AcknowledgedPayments = (long)Bodies.Decode<PaymentsAcknowledge>(body).UpTo;
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Marks the authorisation that a refused confirmation or authorisation put on the list to be voided.</summary>
    public static void ApplyRefused(ShardState state, in Entry entry, ReadOnlySpan<byte> command)
    {
        if (PaymentOrder.TryRead(command[Addendum.Start(entry.Kind, command)..], out var order))
        {
            state.Authorisations.Add(order.Authorisation);
        }
    }

    /// <summary>Ends a live hold.</summary>
    public static void EndHold(ShardState state, long number, PresentState end)
    {
        state.Holds.Remove(number, out var hold);
        state.Expiries.Remove(MessageType.HoldExpired, number, hold!.ExpiresAt);
        bool isSold = end == PresentState.Confirmed;
        var account = hold.Person is { } holder ? state.Persons.Get(in holder) : null;
        foreach (var (cell, quantity) in hold.Seats)
        {
            if (isSold)
            {
                cell.Confirm(quantity);
            }
            else
            {
                cell.Release(quantity);
                account?.Add(cell.Session, -quantity);
            }

            state.Touch(cell);
        }

        if (hold.Person is { } person)
        {
            account!.Holds.Remove(number);
            state.Persons.Trim(in person);
            if (isSold && hold.Wave is { } wave)
            {
                Mark(state, wave, in person, EntryFlags.Bought);
            }
        }

        state.Tickets[number] = end;
    }

    private static void Hold(ShardState state, in Entry entry, HoldBody body, long wait)
    {
        var sale = state.Sales[body.Sale];
        PersonKey? person = body.Person.IsEmpty ? null : PersonKey.Read(body.Person);
        var account = person is { } holder ? state.Persons.Get(in holder) : null;
        var seats = new HeldSeats[body.LineCount];
        for (int i = 0; body.TryNext(out var line); i++)
        {
            var cell = sale.FindCell(line.Session, line.Category)!;
            cell.Hold(line.Quantity);
            account?.Add(line.Session, line.Quantity);
            state.Touch(cell);
            seats[i] = new HeldSeats(cell, line.Quantity);
        }

        Wave? wave = null;
        if (wait == 0 && person is { } buyer && sale.Terms.Draw != 0)
        {
            var draw = state.Draws[sale.Terms.Draw];
            wave = draw.WaveOf(draw.RankOf(draw.Entries.Find(in buyer)))!;
            Mark(state, wave, in buyer, EntryFlags.Arrived);
        }

        account?.Holds.Add(entry.Number);
        state.Holds.Add(entry.Number, new LiveHold(entry.Number, entry.Source, entry.ExpiresAt, entry.AmountCents, person, wait, seats) { Wave = wave });
        state.Expiries.Add(MessageType.HoldExpired, entry.Number, entry.ExpiresAt);
    }

    /// <summary>Counts a person who comes, or buys, for the first time.</summary>
    private static void Mark(ShardState state, Wave wave, in PersonKey person, EntryFlags flag)
    {
        var entries = wave.Draw.Entries;
        int index = entries.Find(in person);
        if (index < 0 || (entries[index] & flag) != EntryFlags.None)
        {
            return;
        }

        entries[index] |= flag;
        wave.Arrived += flag == EntryFlags.Arrived ? 1 : 0;
        wave.Bought += flag == EntryFlags.Bought ? 1 : 0;
        state.TouchedWaves.Add(wave);
    }

    private static void Authorise(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        byte[] authorisation = new ConfirmBody(body).Authorisation.ToArray();
        state.Holds[entry.Reference].Authorisation = authorisation;
        state.Authorisations.Add(authorisation);
    }

    private static void Return(ShardState state, in Entry entry, ReadOnlySpan<byte> command)
    {
        var addendum = command[Addendum.Start(entry.Kind, command)..];
        if (!PaymentOrder.TryRead(addendum, out var refund))
        {
            throw new InvalidDataException($"Return {entry.Number} has no refund.");
        }

        var request = Bodies.Decode<TicketReturn>(command[SystemCommand.DeadlineBytes..Addendum.Start(entry.Kind, command)]);
        var returned = ReturnedSeats.Read(state.Sales, addendum[refund.Bytes..], request.Quantity);
        returned.Cell.Return(returned.Quantity);
        state.Touch(returned.Cell);
        if (returned.Person.Length > 0)
        {
            var person = PersonKey.Read(returned.Person);
            state.Persons.Get(in person).Add(returned.Cell.Session, -returned.Quantity);
            state.Persons.Trim(in person);
        }

        if (!returned.IsWhole)
        {
            state.Returned[(entry.Reference, request.Line)] =
                (ushort)(state.Returned.GetValueOrDefault((entry.Reference, request.Line)) + request.Quantity);
            return;
        }

        state.Tickets[entry.Reference] = PresentState.Returned;
        for (byte line = 1; line <= Wire.HoldLinesMax; line++)
        {
            state.Returned.Remove((entry.Reference, line));
        }
    }

    private static void Join(ShardState state, in Entry entry, WaitJoin join)
    {
        var sale = state.Sales[join.Sale];
        var person = PersonKey.Read(join.Person);
        var waiter = new Waiter(
            entry.Number, sale.FindCell(join.Session, join.Category)!, person, join.Quantity, WaitRules.RankOf(state, sale, in person));
        state.AddWaiter(waiter);
        state.Touch(waiter.Cell);
    }

    private static void EndWait(ShardState state, long number, PresentState end)
    {
        state.Waits.Remove(number, out var waiter);
        waiter!.Cell.Waiting.Remove(waiter);
        var account = state.Persons.Get(waiter.Person);
        account.Waits.Remove(number);
        state.Persons.Trim(waiter.Person);
        state.Tickets[number] = end;
        state.Touch(waiter.Cell);
    }
}
