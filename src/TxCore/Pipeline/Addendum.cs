using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>
/// What decide puts behind the canonical body of a stored command, so that an entry can be applied from its own row alone: the runners
/// it picked, the stakes it took back, the money it paid, the settlement it was given. Little-endian, frozen like the bodies.
/// A canonical body says itself where it ends; an entry without an addendum simply ends there.
/// </summary>
/// <remarks>
/// Wager: picks, as <c>Outcome.picks</c> (only when there are any). Cancel, Reversal of a ticket, SupervisorResolve that grants:
/// count (1), money moves, player (counted), business day the ticket was taken on (4). Pay: count (1), money moves. RacePublish: the answer of the settlement.
/// A money move: race (6), pool (2), gain in cents (8), refund in cents (8).
/// </remarks>
internal static class Addendum
{
    /// <summary>Bytes of a money move.</summary>
    public const int MoveBytes = RaceId.Bytes + sizeof(ushort) + sizeof(long) + sizeof(long);

    /// <summary>Most money moves: every leg of every line.</summary>
    public const int MovesMax = Wire.LinesMax * Wire.LegsMax;

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
        var writer = new WireWriter(work.ExtendCommand(1 + (wager.LineCount * MoveBytes) + 1 + player.Length + sizeof(int)));
        writer.Byte(wager.LineCount);
        while (wager.TryNext(out var line))
        {
            var (race, pool) = line.FirstPool();
            writer.UInt32(race.Day);
            writer.Byte(race.Meeting);
            writer.Byte(race.Race);
            writer.UInt16(pool);
            writer.Int64(0);
            writer.Int64(line.AmountCents);
        }

        writer.CountedBytes(player);
        writer.UInt32((uint)ticket.Entry.BusinessDay);
    }

    /// <summary>Takes back what <see cref="AppendUndo"/> wrote: stakes out of their pools, and out of the player's periods.</summary>
    public static void ApplyUndo(ShardState state, ReadOnlySpan<byte> addendum)
    {
        var reader = new WireReader(addendum);
        long cents = 0;
        for (int moves = reader.Byte(); moves > 0; moves--)
        {
            var race = new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
            ushort pool = reader.UInt16();
            reader.Int64();
            long amountCents = reader.Int64();
            cents += amountCents;
            if (state.Races.TryGetValue(race.Value, out var found) && found.FindPool(pool) is { } undone)
            {
                undone.UndoneCents += amountCents;
            }
        }

        var player = reader.CountedBytes(Wire.PersonKeyBytes);
        int takenOn = (int)reader.UInt32();
        if (!player.IsEmpty && state.Players.Accounts.TryGetValue(PlayerKey.Read(player), out var account))
        {
            account.Add(-cents, state.BusinessDay, takenOn);
        }
    }
}
