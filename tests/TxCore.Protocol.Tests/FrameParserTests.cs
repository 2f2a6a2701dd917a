using System.Buffers;
using CsCheck;

namespace TxCore.Protocol.Tests;

public class FrameParserTests
{
    private static readonly Gen<byte[]> AnyFrame =
        Gen.Select(Gen.UShort, Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[200, 600])).Select((type, payload) => FrameOf(type, payload));

    [Fact]
    public void Any_split_of_a_stream_gives_the_same_frames() =>
        Gen.Select(AnyFrame.Array[1, 12], Gen.Int[1, 90].Array[1, 40]).Sample((frames, sizes) =>
            Frames(Split([.. frames.SelectMany(frame => frame)], sizes)).SequenceEqual(frames.Select(Convert.ToHexString)));

    [Fact]
    public void A_stream_that_arrives_byte_by_byte_gives_the_same_frames()
    {
        byte[][] frames = [FrameOf(0x0007, []), FrameOf(0x0005, new byte[24]), FrameOf(0x7777, [1])];
        Assert.Equal(frames.Select(Convert.ToHexString), Frames(Split([.. frames.SelectMany(frame => frame)], [1])));
    }

    [Fact]
    public void Every_prefix_of_a_frame_waits_for_more()
    {
        byte[] frame = FrameOf(0x0005, new byte[24]);
        for (int length = 0; length < frame.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.Equal(FrameResult.Incomplete, FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out _, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void The_largest_frame_passes_and_one_byte_more_does_not()
    {
        var largest = new ReadOnlySequence<byte>(FrameOf(1, new byte[Wire.FrameBytesMax - Wire.HeaderBytes]));
        Assert.Equal(FrameResult.Frame, FrameParser.TryRead(ref largest, Wire.FrameBytesMax, out _, out var payload, out _));
        Assert.Equal(Wire.FrameBytesMax - Wire.HeaderBytes, payload.Length);

        Assert.Equal(ResultCode.FrameTooLarge, Broken(FrameOf(1, new byte[Wire.FrameBytesMax - Wire.HeaderBytes + 1])));
    }

    [Fact]
    public void A_smaller_limit_of_the_listener_holds() =>
        Assert.Equal(ResultCode.FrameTooLarge, Broken(FrameOf(1, new byte[100]), frameBytesMax: 64));

    [Fact]
    public void A_length_over_the_limit_is_refused_before_its_bytes_arrive() =>
        Assert.Equal(ResultCode.FrameTooLarge, Broken([0xFF, 0xFF, 0xFF, 0xFF]));

    [Fact]
    public void A_length_below_the_header_is_refused()
    {
        for (byte length = 0; length < 4; length++)
        {
            Assert.Equal(ResultCode.FrameTooShort, Broken([length, 0, 0, 0]));
        }
    }

    [Fact]
    public void Every_version_but_one_is_refused_with_the_header_told()
    {
        for (int version = 0; version < 256; version++)
        {
            byte[] frame = FrameOf(0x0101, []);
            frame[6] = (byte)version;
            var buffer = new ReadOnlySequence<byte>(frame);
            var result = FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out _, out var error);
            Assert.Equal(version == Wire.Version ? FrameResult.Frame : FrameResult.Broken, result);
            Assert.Equal(version == Wire.Version ? ResultCode.Accepted : ResultCode.WrongVersion, error);
            Assert.Equal(new FrameHeader(MessageType.Wager, (byte)version), header);
        }
    }

    [Fact]
    public void Flags_of_a_later_version_are_ignored()
    {
        byte[] frame = FrameOf(0x0101, [1, 2, 3]);
        frame[7] = 0xFF;
        var buffer = new ReadOnlySequence<byte>(frame);
        Assert.Equal(FrameResult.Frame, FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out _, out _, out _));
    }

    private static byte[] FrameOf(ushort type, byte[] payload)
    {
        byte[] frame = new byte[Wire.HeaderBytes + payload.Length];
        Frame.WriteHeader(frame, (MessageType)type, payload.Length);
        payload.CopyTo(frame, Wire.HeaderBytes);
        return frame;
    }

    private static ResultCode Broken(byte[] bytes, int frameBytesMax = Wire.FrameBytesMax)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(FrameResult.Broken, FrameParser.TryRead(ref buffer, frameBytesMax, out _, out _, out var error));
        Assert.Equal(bytes.Length, buffer.Length);
        return error;
    }

    /// <summary>Cuts a stream into pieces whose sizes go round in <paramref name="sizes"/>.</summary>
    private static IEnumerable<byte[]> Split(byte[] stream, int[] sizes)
    {
        for (int from = 0, i = 0; from < stream.Length; i++)
        {
            int to = Math.Min(stream.Length, from + sizes[i % sizes.Length]);
            yield return stream[from..to];
            from = to;
        }
    }

    /// <summary>Feeds the pieces one by one, each a segment of its own as a pipe would hold them, and rebuilds the frames found.</summary>
    private static IEnumerable<string> Frames(IEnumerable<byte[]> pieces)
    {
        var pending = new List<byte[]>();
        foreach (byte[] piece in pieces)
        {
            pending.Add(piece);
            var buffer = Segment.Join(pending);
            while (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _) == FrameResult.Frame)
            {
                yield return Convert.ToHexString(FrameOf((ushort)header.Type, payload.ToArray()));
            }

            pending.Clear();
            foreach (var rest in buffer)
            {
                pending.Add(rest.ToArray());
            }
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(List<byte[]> pieces)
        {
            var first = new Segment { Memory = pieces[0] };
            var last = first;
            foreach (byte[] piece in pieces.Skip(1))
            {
                var next = new Segment { Memory = piece, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
