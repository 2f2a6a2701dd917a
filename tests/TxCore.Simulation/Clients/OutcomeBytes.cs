using TxCore.Protocol;

namespace TxCore.Simulation.Clients;

/// <summary>The fixed fields of an outcome, read in place.</summary>
internal readonly record struct OutcomeBytes(
    uint Source, long Sequence, MessageType Type, ResultCode Code, bool IsRepeat, PresentState State, long Number, long SequencedAt, int BusinessDay,
    long AmountCents, long ExpiresAt, long Reference, byte Line, BodyField Field)
{
    private const int RepeatAt = 4 + 8 + 2 + 2;
    private const int FixedBytes = RepeatAt + 1 + 1 + 8 + 8 + 4 + 8 + 8 + 8 + 1 + 1;

    public static OutcomeBytes Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        return new OutcomeBytes(
            reader.UInt32(), reader.Int64(), (MessageType)reader.UInt16(), (ResultCode)reader.UInt16(), reader.Byte() != 0, (PresentState)reader.Byte(),
            reader.Int64(), reader.Int64(), (int)reader.UInt32(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Byte(), (BodyField)reader.Byte());
    }

    /// <summary>What may never change from one answer to the next: everything but that it is a repeat, what became of it, and what may be printed.</summary>
    public static byte[] WithoutState(ReadOnlySpan<byte> payload)
    {
        byte[] bytes = payload[..FixedBytes].ToArray();
        bytes[RepeatAt] = bytes[RepeatAt + 1] = 0;
        return bytes;
    }

    /// <summary>Serial and control code; null when nothing may be printed.</summary>
    public static byte[]? ControlCode(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload[FixedBytes..]);
        var serial = reader.CountedBytes(32);
        var code = reader.CountedBytes(32);
        return code.IsEmpty ? null : [.. serial, .. code];
    }
}
