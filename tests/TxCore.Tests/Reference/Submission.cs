using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>A frame to be decided. <paramref name="Message"/> is what it holds; null when its body cannot be read.</summary>
internal sealed record Submission(MessageType Type, TransactionHeader Header, object? Message, byte[] Frame)
{
    /// <summary>A frame of a message as it will be read.</summary>
    public static Submission Of<T>(T message)
        where T : IMessage<T>
    {
        byte[] frame = Protocol.Frame.Encode(message);
        Protocol.Frame.TryDecode<T>(frame.AsSpan(Wire.HeaderBytes), out var read);
        return new Submission(T.Type, HeaderOf(frame), read, frame);
    }

    private static TransactionHeader HeaderOf(byte[] frame)
    {
        var body = frame.AsSpan(Wire.HeaderBytes);
        return new TransactionHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(body), BinaryPrimitives.ReadUInt64LittleEndian(body[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[12..]));
    }
}
