using System.Buffers.Binary;
using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// What counting a race beside the ring came to, as bytes: a result code (2, little-endian) and, when it is accepted, the settlement.
/// These bytes enter the sequence with the publication, whatever decide makes of them.
/// </summary>
public static class SettlementAnswer
{
    /// <summary>The answer that no settlement could be made.</summary>
    public static byte[] Refused(ResultCode code)
    {
        byte[] answer = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(answer, (ushort)code);
        return answer;
    }

    /// <summary>The answer that holds a settlement.</summary>
    public static byte[] Of(RaceSettlement settlement)
    {
        byte[] bytes = SettlementCodec.Encode(settlement);
        byte[] answer = new byte[sizeof(ushort) + bytes.Length];
        bytes.CopyTo(answer, sizeof(ushort));
        return answer;
    }

    /// <summary>Its code.</summary>
    public static ResultCode Code(ReadOnlySpan<byte> answer) => (ResultCode)BinaryPrimitives.ReadUInt16LittleEndian(answer);

    /// <summary>The settlement in stored bytes; throws <see cref="InvalidDataException"/> when they are none.</summary>
    public static RaceSettlement Read(ReadOnlySpan<byte> bytes) => SettlementCodec.TryDecode(bytes, out var settlement)
        ? settlement!
        : throw new InvalidDataException("A stored settlement cannot be read.");

    /// <summary>The settlement's bytes behind the code.</summary>
    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> answer) => answer[sizeof(ushort)..];
}
