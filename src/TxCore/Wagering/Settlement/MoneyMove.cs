using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>Money that a ticket gets out of a pool.</summary>
/// <param name="Race">The race.</param>
/// <param name="Pool">Its pool; of a report that of the leg.</param>
/// <param name="GainCents">Gains, the stake included, in cents.</param>
/// <param name="RefundCents">Refunds of stakes, in cents.</param>
public readonly record struct MoneyMove(RaceId Race, ushort Pool, long GainCents, long RefundCents)
{
    /// <summary>Bytes of a move: race (6), pool (2), gain (8), refund (8).</summary>
    public const int Bytes = RaceId.Bytes + 2 + 8 + 8;

    /// <summary>Most moves of a ticket: one for each leg of each line.</summary>
    public const int TicketMax = Wire.LinesMax * Wire.LegsMax;

    /// <summary>True when nothing is moved.</summary>
    public bool IsNothing => GainCents == 0 && RefundCents == 0;

    /// <summary>Reads a move.</summary>
    public static MoneyMove Read(ref WireReader reader) => new(
        new RaceId(reader.UInt32(), reader.Byte(), reader.Byte()), reader.UInt16(), reader.Int64(), reader.Int64());

    /// <summary>Writes a move.</summary>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Race.Day);
        writer.Byte(Race.Meeting);
        writer.Byte(Race.Race);
        writer.UInt16(Pool);
        writer.Int64(GainCents);
        writer.Int64(RefundCents);
    }
}
