using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>
/// What decide puts behind the canonical body of a stored command, so that an entry can be applied from its own row alone: the runners
/// it picked, the stakes it took back, the money it paid, the settlement it was given. Little-endian, frozen like the bodies.
/// A canonical body says itself where it ends; an entry without an addendum simply ends there.
/// </summary>
/// <remarks>
/// Wager: picks, as <c>Outcome.picks</c> (only when there are any). Cancel, Reversal of a ticket, SupervisorResolve that grants:
/// count (1), money moves, player (counted), business day the ticket was taken on (4). Pay: count (1), money moves. RacePublish: the answer
/// of the settlement (<see cref="SettlementAnswer"/>). Confirm, Authorise, Release, Reversal of a hold, HoldExpired: a payment order
/// (<see cref="PaymentOrder"/>), only when there is one. TicketReturn: the refund, then <see cref="ReturnedSeats"/>. WaitOffered: the hold
/// it makes, as a canonical Hold body. DrawRun: hash and root of the order.
/// </remarks>
internal static class Addendum
{
    /// <summary>Bytes of the canonical body of a return.</summary>
    public const int TicketReturnBytes = 8 + 8 + 1 + 2 + 2;

    /// <summary>Appends a payment order.</summary>
    public static void AppendPayment(TxEvent work, in PaymentOrder order) => order.Write(work.ExtendCommand(order.Bytes));

    /// <summary>The order to void the authorisation of a hold that ends without a sale; null when it has none.</summary>
    public static byte[]? VoidOf(LiveHold hold)
    {
        if (hold.Authorisation.Length == 0)
        {
            return null;
        }

        var order = new PaymentOrder(PaymentKind.Void, hold.Number, hold.AmountCents, hold.Authorisation);
        byte[] bytes = new byte[order.Bytes];
        order.Write(bytes);
        return bytes;
    }

    /// <summary>The hold that an offer makes, as a canonical Hold body.</summary>
    public static byte[] OfferOf(Waiter waiter)
    {
        const int LineBytes = 4 + 2 + 2 + 1;
        byte[] bytes = new byte[8 + 4 + 1 + Wire.PersonKeyBytes + 1 + 2 + LineBytes];
        var writer = new WireWriter(bytes);
        Span<byte> person = stackalloc byte[Wire.PersonKeyBytes];
        waiter.Person.Write(person);
        writer.Int64(0);
        writer.UInt32(waiter.Cell.Sale.Id);
        writer.CountedBytes(person);
        writer.Byte(1);
        int mark = writer.BeginElement();
        writer.UInt32(waiter.Cell.Session);
        writer.UInt16(waiter.Cell.Category);
        writer.UInt16(waiter.Quantity);
        writer.Byte(0);
        writer.EndElement(mark);
        return bytes;
    }

    /// <summary>Where the addendum of an entry begins in its stored command.</summary>
    public static int Start(MessageType type, ReadOnlySpan<byte> command)
    {
        var body = command[SystemCommand.DeadlineBytes..];
        byte[] scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(body.Length);
        int length = CanonicalBody.Copy(type, body, scratch);
        System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        return length < 0 ? command.Length : SystemCommand.DeadlineBytes + length;
    }

    /// <summary>Appends the stakes of a ticket that is taken back.</summary>
    public static void AppendUndo(TxEvent work, FetchedRow ticket)
    {
        var wager = new WagerBody(ticket.Command.AsSpan(SystemCommand.DeadlineBytes));
        var player = wager.Player;
        var writer = new WireWriter(work.ExtendCommand(1 + (wager.LineCount * MoneyMove.Bytes) + 1 + player.Length + sizeof(int)));
        writer.Byte(wager.LineCount);
        while (wager.TryNext(out var line))
        {
            new MoneyMove(line.Race, line.StakePool(), 0, line.AmountCents).Write(ref writer);
        }

        writer.CountedBytes(player);
        writer.UInt32((uint)ticket.Entry.BusinessDay);
    }

    /// <summary>Appends what a ticket is paid.</summary>
    public static void AppendPay(TxEvent work, ReadOnlySpan<MoneyMove> moves)
    {
        var writer = new WireWriter(work.ExtendCommand(1 + (moves.Length * MoneyMove.Bytes)));
        writer.Byte((byte)moves.Length);
        foreach (var move in moves)
        {
            move.Write(ref writer);
        }
    }

    /// <summary>Takes in what <see cref="AppendPay"/> wrote.</summary>
    public static void ApplyPay(ShardState state, ReadOnlySpan<byte> addendum)
    {
        var reader = new WireReader(addendum);
        for (int moves = reader.Byte(); moves > 0; moves--)
        {
            var move = MoneyMove.Read(ref reader);
            if (state.Races.TryGetValue(move.Race.Value, out var race))
            {
                race.PaidCents += move.GainCents + move.RefundCents;
            }
        }
    }

    /// <summary>Takes back what <see cref="AppendUndo"/> wrote: stakes out of their pools, and out of the player's periods.</summary>
    public static void ApplyUndo(ShardState state, ReadOnlySpan<byte> addendum)
    {
        var reader = new WireReader(addendum);
        long cents = 0;
        for (int moves = reader.Byte(); moves > 0; moves--)
        {
            var move = MoneyMove.Read(ref reader);
            cents += move.RefundCents;
            if (state.Races.TryGetValue(move.Race.Value, out var race) && race.FindPool(move.Pool) is { } undone)
            {
                undone.UndoneCents += move.RefundCents;
            }
        }

        var player = reader.CountedBytes(Wire.PersonKeyBytes);
        int takenOn = (int)reader.UInt32();
        if (!player.IsEmpty && state.Players.Accounts.TryGetValue(PersonKey.Read(player), out var account))
        {
            account.Add(-cents, state.BusinessDay, takenOn);
        }
    }
}
