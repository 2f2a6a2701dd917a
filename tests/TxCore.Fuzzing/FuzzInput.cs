using System.Buffers;

namespace TxCore.Fuzzing;

/// <summary>
/// An input: one byte that tells how it is played, one with the number of segments (0..15), a byte with the size of each, and the bytes of
/// the stream. Empty segments are allowed; what is left over is the last one. So whoever mutates the input moves the boundaries too.
/// </summary>
internal readonly ref struct FuzzInput
{
    private const int SegmentsMask = 15;
    private const int HeadBytes = 2;
    private readonly ReadOnlySpan<byte> _sizes;

    public FuzzInput(ReadOnlySpan<byte> input)
    {
        How = input.Length > 0 ? input[0] : (byte)0;
        int sizes = input.Length > 1 ? Math.Min(input[1] & SegmentsMask, input.Length - HeadBytes) : 0;
        int head = Math.Min(input.Length, HeadBytes);
        _sizes = input.Slice(head, sizes);
        Stream = input[(head + sizes)..];
    }

    /// <summary>What the target makes of it is the target's.</summary>
    public byte How { get; }

    /// <summary>The bytes on the wire.</summary>
    public ReadOnlySpan<byte> Stream { get; }

    /// <summary>The bytes of a stream in one segment.</summary>
    public static byte[] Of(byte how, ReadOnlySpan<byte> stream, params ReadOnlySpan<byte> sizes) => [how, (byte)sizes.Length, .. sizes, .. stream];

    /// <summary>Where the stream ends in an input that begins with these bytes.</summary>
    public static int StreamAt(ReadOnlySpan<byte> input) => input.Length - new FuzzInput(input).Stream.Length;

    /// <summary>The ends of the segments in the stream, in order; the last one is the end of the stream.</summary>
    public int[] Ends()
    {
        int[] ends = new int[_sizes.Length + 1];
        int at = 0;
        for (int i = 0; i < _sizes.Length; i++)
        {
            at = Math.Min(at + _sizes[i], Stream.Length);
            ends[i] = at;
        }

        ends[^1] = Stream.Length;
        return ends;
    }
}

/// <summary>A piece of a sequence of bytes in several arrays.</summary>
internal sealed class ByteSegment : ReadOnlySequenceSegment<byte>
{
    private ByteSegment(byte[] bytes, long at)
    {
        Memory = bytes;
        RunningIndex = at;
    }

    /// <summary>A sequence of the stream's first segments, each in an array of its own that is no longer than it.</summary>
    public static ReadOnlySequence<byte> Sequence(ReadOnlySpan<byte> stream, ReadOnlySpan<int> ends)
    {
        var first = new ByteSegment(stream[..ends[0]].ToArray(), 0);
        var last = first;
        for (int i = 1; i < ends.Length; i++)
        {
            var next = new ByteSegment(stream[ends[i - 1]..ends[i]].ToArray(), ends[i - 1]);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
