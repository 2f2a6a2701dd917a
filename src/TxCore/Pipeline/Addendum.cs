using TxCore.Protocol;
using TxCore.Storage;
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
/// of the settlement (<see cref="SettlementAnswer"/>).
/// </remarks>
internal static class Addendum
{
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
