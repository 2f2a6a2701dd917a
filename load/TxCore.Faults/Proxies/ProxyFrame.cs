using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace TxCore.Faults.Proxies;

/// <summary>The framing of PostgreSQL's protocol version 3: after the start-up packet a type byte, then a length that counts itself.</summary>
internal static class ProxyFrame
{
    internal const int LengthBytes = 4;
    internal const int HeaderBytes = 1 + LengthBytes;

    internal static readonly byte[] Sync = [(byte)'S', 0, 0, 0, LengthBytes];

    /// <summary>Takes one whole message from the front of the buffer, header included.</summary>
    internal static bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) => TryRead(ref buffer, typeBytes: 1, out frame);

    /// <summary>Takes one whole start-up packet, which has a length but no type.</summary>
    internal static bool TryReadStartup(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        TryRead(ref buffer, typeBytes: 0, out frame);

    internal static char TypeOf(in ReadOnlySequence<byte> frame) => (char)frame.FirstSpan[0];

    internal static int ReadInt32(in ReadOnlySequence<byte> frame, int offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        frame.Slice(offset, sizeof(int)).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    internal static void Write(PipeWriter writer, in ReadOnlySequence<byte> frame)
    {
        foreach (ReadOnlyMemory<byte> segment in frame)
        {
            writer.Write(segment.Span);
        }
    }

    private static bool TryRead(ref ReadOnlySequence<byte> buffer, int typeBytes, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < typeBytes + LengthBytes)
        {
            return false;
        }

        long total = typeBytes + (long)ReadInt32(buffer, typeBytes);
        if (buffer.Length < total)
        {
            return false;
        }

        frame = buffer.Slice(0, total);
        buffer = buffer.Slice(total);
        return true;
    }
}
