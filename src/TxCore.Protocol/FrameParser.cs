using System.Buffers;
using System.Buffers.Binary;

namespace TxCore.Protocol;

/// <summary>What <see cref="FrameParser.TryRead"/> found.</summary>
public enum FrameResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole frame was cut off the buffer.</summary>
    Frame,

    /// <summary>The stream cannot be followed further: answer with the code and close.</summary>
    Broken,
}

/// <summary>The header of a frame.</summary>
/// <param name="Type">The message type, known or not.</param>
/// <param name="Version">The protocol version of the sender.</param>
public readonly record struct FrameHeader(MessageType Type, byte Version);

/// <summary>Cuts frames off a byte stream whatever its segmentation; never reads past the bytes it is given.</summary>
public static class FrameParser
{
    /// <summary>
    /// Cuts the next frame off <paramref name="buffer"/>. A length over <paramref name="frameBytesMax"/> or below the header, and a
    /// version other than <see cref="Wire.Version"/>, break the stream: <paramref name="error"/> names the reason.
    /// </summary>
    public static FrameResult TryRead(
        ref ReadOnlySequence<byte> buffer, int frameBytesMax, out FrameHeader header, out ReadOnlySequence<byte> payload, out ResultCode error)
    {
        header = default;
        payload = default;
        error = ResultCode.Accepted;
        if (buffer.Length < Wire.LengthBytes)
        {
            return FrameResult.Incomplete;
        }

        Span<byte> head = stackalloc byte[Wire.HeaderBytes];
        int available = (int)Math.Min(buffer.Length, Wire.HeaderBytes);
        buffer.Slice(0, available).CopyTo(head);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > (uint)(frameBytesMax - Wire.LengthBytes))
        {
            error = ResultCode.FrameTooLarge;
            return FrameResult.Broken;
        }

        if (length < Wire.HeaderBytes - Wire.LengthBytes)
        {
            error = ResultCode.FrameTooShort;
            return FrameResult.Broken;
        }

        if (available < Wire.HeaderBytes)
        {
            return FrameResult.Incomplete;
        }

        header = new FrameHeader((MessageType)BinaryPrimitives.ReadUInt16LittleEndian(head[Wire.LengthBytes..]), head[6]);
        if (header.Version != Wire.Version)
        {
            error = ResultCode.WrongVersion;
            return FrameResult.Broken;
        }

        long total = Wire.LengthBytes + (long)length;
        if (buffer.Length < total)
        {
            return FrameResult.Incomplete;
        }

        payload = buffer.Slice(Wire.HeaderBytes, total - Wire.HeaderBytes);
        buffer = buffer.Slice(total);
        return FrameResult.Frame;
    }
}
