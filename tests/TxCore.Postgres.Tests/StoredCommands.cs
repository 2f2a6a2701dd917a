using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Wagering.Settlement;

namespace TxCore.Postgres.Tests;

/// <summary>Money out of a pool, as it stands behind a payment or an undone ticket.</summary>
internal readonly record struct Move(RaceId Race, ushort Pool, long GainCents, long RefundCents);

/// <summary>A pool as it stands in a publication.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Flags">1 refunded, 2 pays non-runners.</param>
/// <param name="Cents">Gross, reports in, carried in, refund, takeout, winners, breakage, top-up, carried over.</param>
/// <param name="Payables">The combinations paid.</param>
internal sealed record SettledPool(ushort Pool, byte Flags, long[] Cents, params PayableCombination[] Payables);

/// <summary>
/// Commands as decide leaves them: deadline, body, and what stands behind it. Written here field by field, so that the views are tested
/// against the layout and not against the code that writes it.
/// </summary>
internal static class StoredCommands
{
    public static byte[] Of<T>(T message, byte[]? addendum = null)
        where T : IMessage<T> => [.. Frame.Encode(message).AsSpan(Wire.HeaderBytes + 4 + 8), .. addendum ?? []];

    public static byte[] Of(MessageType type, RaceControl control) => control.Encode(type)[(Wire.HeaderBytes + 4 + 8)..];

    public static byte[] Of(MessageType type, SaleControl control) => control.Encode(type)[(Wire.HeaderBytes + 4 + 8)..];

    public static byte[] Of(MessageType type, DrawControl control) => control.Encode(type)[(Wire.HeaderBytes + 4 + 8)..];

    /// <summary>An entry that the shard makes itself: its subject, and what stands behind it.</summary>
    public static byte[] Subject(long subject, byte[]? addendum = null) =>
        [.. new byte[8], .. BitConverter.GetBytes(subject), .. addendum ?? []];

    /// <summary>A payment order, as it stands behind a command.</summary>
    public static byte[] Payment(PaymentKind kind, long hold, long amountCents, byte[] authorisation) => Written(writer =>
    {
        writer.Write((byte)kind);
        writer.Write(hold);
        writer.Write(amountCents);
        writer.Write((byte)authorisation.Length);
        writer.Write(authorisation);
    });

    /// <summary>What stands behind the payment order of a return.</summary>
    public static byte[] Returned(uint sale, uint session, ushort category, bool isWhole, byte[] person) => Written(writer =>
    {
        writer.Write(sale);
        writer.Write(session);
        writer.Write(category);
        writer.Write(isWhole);
        writer.Write((byte)person.Length);
        writer.Write(person);
    });

    public static byte[] Due(RaceId race) => Written(writer =>
    {
        writer.Write(0L);
        writer.Write(race.Value);
    });

    /// <summary>Addendum of a payment.</summary>
    public static byte[] Moves(params Move[] moves) => Written(writer =>
    {
        writer.Write((byte)moves.Length);
        foreach (var move in moves)
        {
            Write(writer, move.Race);
            writer.Write(move.Pool);
            writer.Write(move.GainCents);
            writer.Write(move.RefundCents);
        }
    });

    /// <summary>Addendum of an entry that takes a ticket back.</summary>
    public static byte[] Undo(int takenOn, params Move[] moves) => [.. Moves(moves), 0, .. BitConverter.GetBytes(takenOn)];

    /// <summary>Addendum of a publication.</summary>
    public static byte[] Settlement(SettledPool[] pools, params CarriedStake[] carried) => Written(writer =>
    {
        writer.Write((ushort)0);
        writer.Write(77L);
        writer.Write((ushort)pools.Length);
        foreach (var pool in pools)
        {
            Element(writer, element => Write(element, pool));
        }

        writer.Write((ushort)carried.Length);
        foreach (var stake in carried)
        {
            Element(writer, element =>
            {
                Write(element, stake.Race);
                element.Write(stake.Pool);
                element.Write(stake.FromPool);
                element.Write(stake.Cents);
            });
        }
    });

    private static void Write(BinaryWriter writer, SettledPool pool)
    {
        writer.Write(pool.Pool);
        writer.Write(pool.Flags);
        foreach (long cents in pool.Cents)
        {
            writer.Write(cents);
        }

        writer.Write((ushort)pool.Payables.Length);
        foreach (var payable in pool.Payables)
        {
            Element(writer, element =>
            {
                element.Write((byte)payable.Rank);
                element.Write(payable.Risk);
                element.Write((byte)payable.Runners.Length);
                element.Write(payable.Runners);
                element.Write(payable.Others);
                element.Write(payable.DividendCents);
                element.Write(payable.StakeCents);
            });
        }
    }

    private static void Write(BinaryWriter writer, RaceId race)
    {
        writer.Write(race.Day);
        writer.Write(race.Meeting);
        writer.Write(race.Race);
    }

    private static void Element(BinaryWriter writer, Action<BinaryWriter> write)
    {
        byte[] bytes = Written(write);
        writer.Write((ushort)bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] Written(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
