using System.Buffers;
using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Fuzzing.Frames;

/// <summary>
/// The way of bytes into messages: frames are cut off the stream and decoded. However the stream is cut into segments and whenever they
/// arrive, the same frames come of it; a decoder answers and never throws; what it read is written and read again as the same message, and
/// its canonical form is what was written; memory stays within a bound that the input sets.
/// </summary>
public sealed class FramesTarget : IFuzzTarget
{
    /// <summary>The smallest limit of a frame that a server may be set to; half of the inputs are read with it.</summary>
    private const int SmallFrameBytesMax = 1024;

    /// <summary>What a decoder may allocate whatever it is given: the largest list that a count of a few bytes announces.</summary>
    private const long AllocationBase = 64 * 1024;

    /// <summary>What it may allocate for each byte: a few bytes of the wire make an object with a header, references and an array.</summary>
    private const long AllocationPerByte = 48;

    private readonly byte[] _canonical = new byte[Wire.FrameBytesMax];

    public string Name => "frames";

    /// <summary>Payloads decoded, and those of them that were messages.</summary>
    public (long Payloads, long Messages) Decoded { get; private set; }

    /// <summary>Most bytes that a decoder allocated.</summary>
    public long AllocatedMax { get; private set; }

    public void Run(ReadOnlySpan<byte> input)
    {
        var fuzz = new FuzzInput(input);
        int frameBytesMax = (fuzz.How & 1) == 0 ? Wire.FrameBytesMax : SmallFrameBytesMax;
        byte[] stream = fuzz.Stream.ToArray();
        int[] ends = fuzz.Ends();
        var whole = new CutStream(frameBytesMax);
        whole.Read(new ReadOnlySequence<byte>(stream));
        var segmented = new CutStream(frameBytesMax);
        segmented.Read(ByteSegment.Sequence(stream, ends));
        segmented.MustEqual(whole, "in segments");
        var arriving = new CutStream(frameBytesMax);
        for (int i = 0; i < ends.Length && arriving.Last != FrameResult.Broken; i++)
        {
            arriving.Read(ByteSegment.Sequence(stream, ends.AsSpan(0, i + 1)).Slice(arriving.Consumed));
        }

        arriving.MustEqual(whole, "segment by segment");
        foreach (var (type, payload) in whole.Frames)
        {
            Decode(type, payload);
        }
    }

    public void Finish()
    {
    }

    public override string ToString() =>
        $"{Decoded.Payloads} payloads decoded, {Decoded.Messages} of them messages; a decoder allocated {AllocatedMax} bytes at most";

    private void Decode(MessageType type, byte[] payload)
    {
        if (MessageCodecs.Find(type) is not { } codec)
        {
            return;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        object? message = codec.Decode(payload);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        AllocatedMax = Math.Max(AllocatedMax, allocated);
        Decoded = (Decoded.Payloads + 1, Decoded.Messages + (message is null ? 0 : 1));
        Require(
            allocated <= AllocationBase + (AllocationPerByte * payload.Length),
            $"Decoding {payload.Length} bytes as {type} allocated {allocated} bytes.");
        if (message is not null)
        {
            WriteAndRead(codec, message);
        }

        if (type.IsSequenced() && payload.Length >= Wire.TransactionHeaderBytes)
        {
            CheckCanonical(codec, payload, message);
        }
    }

    private static void WriteAndRead(MessageCodec codec, object message)
    {
        if (message is ErrorMessage { Text: var text } && text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            // Bytes that are no UTF-8 become a character of three bytes each, with which the text may be too long to be sent on. Nobody does.
            return;
        }

        byte[] encoded = codec.Encode(message);
        object again = codec.Decode(encoded.AsSpan(Wire.HeaderBytes)) ?? throw new FuzzFailureException($"What {codec.Type} was written as cannot be read: {message}");
        Require(RecordComparer.AreEqual(message, again), $"{codec.Type} is read as something else than was written: {message}, then {again}");
        Require(codec.Encode(again).AsSpan().SequenceEqual(encoded), $"{codec.Type} is written in two ways: {message}");
    }

    /// <summary>The form that is stored is made by another reader, which must take and refuse the same, and hold the same message.</summary>
    private void CheckCanonical(MessageCodec codec, byte[] payload, object? message)
    {
        const int BodyAt = Wire.TransactionHeaderBytes;
        payload.AsSpan(0, BodyAt).CopyTo(_canonical);
        int length = CanonicalBody.Copy(codec.Type, payload.AsSpan(BodyAt), _canonical.AsSpan(BodyAt, payload.Length - BodyAt));
        Require(length >= 0 == message is not null, $"{codec.Type} is a message to one of decoder and canonical form only.");
        if (message is not null)
        {
            object? stored = codec.Decode(_canonical.AsSpan(0, BodyAt + length));
            Require(stored is not null && RecordComparer.AreEqual(message, stored), $"The canonical form of {codec.Type} is another message: {message}, then {stored}");
        }
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw new FuzzFailureException(fault);
        }
    }

    /// <summary>What the parser makes of a stream.</summary>
    private sealed class CutStream(int frameBytesMax)
    {
        public List<(MessageType Type, byte[] Payload)> Frames { get; } = [];

        public FrameResult Last { get; private set; }

        public long Consumed { get; private set; }

        private ResultCode Error { get; set; }

        public void Read(ReadOnlySequence<byte> buffer)
        {
            long before = buffer.Length;
            while ((Last = FrameParser.TryRead(ref buffer, frameBytesMax, out var header, out var payload, out var error)) == FrameResult.Frame)
            {
                Require(payload.Length <= frameBytesMax - Wire.HeaderBytes, $"A frame of {payload.Length + Wire.HeaderBytes} bytes was taken.");
                Require(before - buffer.Length == Wire.HeaderBytes + payload.Length, "Another number of bytes was taken than the frame has.");
                Require(header.Version == Wire.Version && error == ResultCode.Accepted, "A frame of another version was taken.");
                Consumed += before - buffer.Length;
                before = buffer.Length;
                Frames.Add((header.Type, payload.ToArray()));
            }

            Require(buffer.Length == before, "Bytes were taken without a frame.");
            Error = FrameError(buffer);
            Require((Last == FrameResult.Broken) == (Error != ResultCode.Accepted), $"{Last} came with {Error}.");
            CheckWait(buffer);
        }

        public void MustEqual(CutStream other, string how)
        {
            Require(
                Last == other.Last && Error == other.Error && Consumed == other.Consumed,
                $"Read {how} the stream ends as {Last} {Error} after {Consumed} bytes, read at once as {other.Last} {other.Error} after {other.Consumed}.");
            Require(Frames.Count == other.Frames.Count, $"Read {how} there are {Frames.Count} frames, read at once {other.Frames.Count}.");
            for (int i = 0; i < Frames.Count; i++)
            {
                Require(
                    Frames[i].Type == other.Frames[i].Type && Frames[i].Payload.AsSpan().SequenceEqual(other.Frames[i].Payload),
                    $"Read {how} frame {i} is another.");
            }
        }

        /// <summary>A frame is not waited for once its length tells that it will be refused.</summary>
        private void CheckWait(ReadOnlySequence<byte> buffer)
        {
            if (Last == FrameResult.Incomplete && buffer.Length >= Wire.LengthBytes)
            {
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.Slice(0, Wire.LengthBytes).ToArray());
                Require(
                    length >= Wire.HeaderBytes - Wire.LengthBytes && length <= (uint)(frameBytesMax - Wire.LengthBytes),
                    $"A frame with a length of {length} is waited for.");
            }
        }

        private ResultCode FrameError(ReadOnlySequence<byte> buffer)
        {
            FrameParser.TryRead(ref buffer, frameBytesMax, out _, out _, out var error);
            return error;
        }
    }
}
