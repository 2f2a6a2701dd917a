using System.Buffers;
using System.Buffers.Binary;

namespace TxCore.Protocol;

/// <summary>A message with a fixed type that writes itself to and reads itself from a payload (the frame without its header).</summary>
/// <typeparam name="TSelf">The message.</typeparam>
public interface IMessage<TSelf>
    where TSelf : IMessage<TSelf>
{
    /// <summary>The type in the frame header.</summary>
    static abstract MessageType Type { get; }

    /// <summary>Writes the payload.</summary>
    void Write(ref WireWriter writer);

    /// <summary>Reads the payload; the reader's <see cref="WireReader.Failed"/> tells whether it was whole.</summary>
    static abstract TSelf Read(ref WireReader reader);
}

/// <summary>Encodes and decodes whole frames of one message.</summary>
public static class Frame
{
    /// <summary>Writes a whole frame and returns its length in bytes.</summary>
    public static int Encode<T>(T message, Span<byte> destination)
        where T : IMessage<T>
    {
        var writer = new WireWriter(destination[Wire.HeaderBytes..]);
        message.Write(ref writer);
        WriteHeader(destination, T.Type, writer.Position);
        return Wire.HeaderBytes + writer.Position;
    }

    /// <summary>Encodes a message into an array of its own. For clients and tests; the server writes into its buffers.</summary>
    public static byte[] Encode<T>(T message)
        where T : IMessage<T>
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Wire.FrameBytesMax);
        try
        {
            return buffer.AsSpan(0, Encode(message, buffer.AsSpan(0, Wire.FrameBytesMax))).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes a payload; false when it is too short for the message's known fields or breaks a limit.</summary>
    public static bool TryDecode<T>(ReadOnlySpan<byte> payload, out T message)
        where T : IMessage<T>
    {
        var reader = new WireReader(payload);
        message = T.Read(ref reader);
        return !reader.Failed;
    }

    /// <summary>Writes a frame header in front of a payload of <paramref name="payloadBytes"/>.</summary>
    public static void WriteHeader(Span<byte> destination, MessageType type, int payloadBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)(Wire.HeaderBytes - Wire.LengthBytes + payloadBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[Wire.LengthBytes..], (ushort)type);
        destination[6] = Wire.Version;
        destination[7] = 0;
    }
}
