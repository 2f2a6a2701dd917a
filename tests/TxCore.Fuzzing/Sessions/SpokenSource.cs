using System.Buffers.Binary;
using TxCore.Protocol;

namespace TxCore.Fuzzing.Sessions;

/// <summary>Puts the source that an input is given in the place of the one it speaks for, wherever a frame names it.</summary>
internal static class SpokenSource
{
    /// <summary>In a logon the size of the SCRAM message follows source, shard, channel, version and number.</summary>
    private const int ScramSizeAt = 4 + 2 + 1 + 4 + 8;

    public static void Replace(Span<byte> stream, uint source)
    {
        while (stream.Length >= Wire.HeaderBytes)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(stream);
            int frame = Wire.LengthBytes + (int)Math.Min(length, (uint)(stream.Length - Wire.LengthBytes));
            if (frame < Wire.HeaderBytes)
            {
                return;
            }

            var payload = stream[Wire.HeaderBytes..frame];
            if (NamesSource(Wire.PeekType(stream), payload) && BinaryPrimitives.ReadUInt32LittleEndian(payload) == FuzzSources.Spoken)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(payload, source);
            }

            stream = stream[frame..];
        }
    }

    private static bool NamesSource(MessageType type, ReadOnlySpan<byte> payload) => payload.Length >= sizeof(uint) && type switch
    {
        // With SCRAM the message names the source too, and no input can finish it.
        MessageType.LogonRequest => payload.Length < ScramSizeAt + sizeof(ushort) || payload[ScramSizeAt..].IndexOfAnyExcept((byte)0) < 0,
        MessageType.StatusQuery or MessageType.PersonRequest => true,
        _ => type.IsSequenced(),
    };
}
