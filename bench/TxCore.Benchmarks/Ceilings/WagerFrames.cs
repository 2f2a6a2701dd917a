using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>The transaction every layer is measured with: a ticket of one win line, as a frame whose source and sequence are patched in.</summary>
internal static class WagerFrames
{
    public static readonly RaceId Race = new(20260101, 1, 1);

    /// <summary>A race that is defined and not open: a wager on it is refused.</summary>
    public static readonly RaceId ClosedRace = new(20260101, 1, 2);

    private const int SourceAt = Wire.HeaderBytes;
    private const int SequenceAt = SourceAt + sizeof(uint);

    public static byte[] Template(bool isRefused = false)
    {
        var line = new WagerLine(
            isRefused ? ClosedRace : Race, (ushort)BetType.Win, Formula.Unit, AllOrders: false, Spot: false, Risk: 0, Complement: 0, StakeForm.Multiple, Stake: 2,
            AmountCents: 400, Bases: [7], Associates: [], Legs: []);
        return Frame.Encode(new Wager(new TransactionHeader(0, 0, 0), 1_767_225_600_000_000, 1, 12, PaymentMeans.Cash, [], [], 400, [line]));
    }

    public static void Patch(Span<byte> frame, uint source, long sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[SourceAt..], source);
        BinaryPrimitives.WriteInt64LittleEndian(frame[SequenceAt..], sequence);
    }
}
