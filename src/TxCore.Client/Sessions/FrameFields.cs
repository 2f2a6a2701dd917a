using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>
/// The fields at fixed places of a sequenced frame, so that a frame is encoded once, outside the lock, and gets its sequence inside it.
/// </summary>
internal static class FrameFields
{
    private const int SourceOffset = Wire.HeaderBytes;
    private const int SequenceOffset = SourceOffset + sizeof(uint);
    private const int DeadlineOffset = SequenceOffset + sizeof(ulong);
    private const int ClientTimeOffset = Wire.HeaderBytes + Wire.TransactionHeaderBytes;

    public static uint Source(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[SourceOffset..]);

    public static void SetSource(Span<byte> frame, uint source) => BinaryPrimitives.WriteUInt32LittleEndian(frame[SourceOffset..], source);

    public static void SetSequence(Span<byte> frame, ulong sequence) =>
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SequenceOffset..], sequence);

    public static void SetDeadline(Span<byte> frame, long deadline) =>
        BinaryPrimitives.WriteInt64LittleEndian(frame[DeadlineOffset..], deadline);

    /// <summary>Every transaction of a terminal starts with its clock after the header; a caller that left it 0 gets the client's.</summary>
    public static void SetClientTimeIfMissing(Span<byte> frame, long time)
    {
        if (Wire.PeekType(frame).IsTransaction() && BinaryPrimitives.ReadInt64LittleEndian(frame[ClientTimeOffset..]) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(frame[ClientTimeOffset..], time);
        }
    }

    public static bool TryReadReversal(ReadOnlySpan<byte> frame, out Reversal reversal)
    {
        reversal = default;
        return Wire.PeekType(frame) == MessageType.Reversal && Frame.TryDecode(frame[Wire.HeaderBytes..], out reversal);
    }

    public static byte[] EncodeReversal(Reversal reversal, ulong sequence) =>
        Frame.Encode(reversal with { Header = reversal.Header with { Sequence = sequence, Deadline = 0 } });
}
