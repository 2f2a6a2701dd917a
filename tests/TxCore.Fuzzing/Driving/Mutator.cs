using System.Buffers.Binary;
using TxCore.Protocol;

namespace TxCore.Fuzzing.Driving;

/// <summary>
/// Makes inputs out of those of a corpus: half of the changes are made to bytes wherever they lie, half to whole frames, whose lengths are
/// set right again so that what follows is still read. The same seed makes the same inputs.
/// </summary>
public sealed class Mutator(byte[][] corpus, int seed)
{
    /// <summary>Longer ones only make a run slow; the largest frame has an input of its own in the corpus.</summary>
    private const int InputBytesMax = 8 * 1024;

    private const int ChangesMax = 5;

    private static readonly ulong[] Telling =
    [
        0, 1, 2, 3, 4, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFC, 0xFFFD, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
        1UL << 40, 1UL << 60, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private static readonly MessageType[] Types = Enum.GetValues<MessageType>();

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        var input = new List<byte>(Pick());
        for (int changes = _random.Next(1, ChangesMax + 1); changes > 0; changes--)
        {
            if (_random.Next(2) == 0)
            {
                ChangeBytes(input);
            }
            else
            {
                ChangeFrame(input);
            }
        }

        if (input.Count > InputBytesMax)
        {
            input.RemoveRange(InputBytesMax, input.Count - InputBytesMax);
        }

        return [.. input];
    }

    private byte[] Pick() => corpus.Length == 0 ? [] : corpus[_random.Next(corpus.Length)];

    private void ChangeBytes(List<byte> input)
    {
        int at = _random.Next(input.Count + 1);
        switch (_random.Next(7))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 2:
                input.InsertRange(at, Noise(_random.Next(1, 9)));
                break;
            case 3:
                input.RemoveRange(at, Math.Min(input.Count - at, _random.Next(1, 17)));
                break;
            case 4:
                input.InsertRange(at, input.GetRange(at, Math.Min(input.Count - at, _random.Next(1, 65))));
                break;
            case 5:
                byte[] other = Pick();
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.AsSpan(Math.Min(at, other.Length)));
                break;
            default:
                Overwrite(input, at);
                break;
        }
    }

    /// <summary>Puts a number at which limits lie where a field of one, two, four or eight bytes may be.</summary>
    private void Overwrite(List<byte> input, int at)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, unchecked(Telling[_random.Next(Telling.Length)] + (ulong)_random.Next(-1, 2)));
        int bytes = Math.Min(1 << _random.Next(4), input.Count - at);
        for (int i = 0; i < bytes; i++)
        {
            input[at + i] = number[i];
        }
    }

    private void ChangeFrame(List<byte> input)
    {
        byte[] bytes = [.. input];
        int streamAt = FuzzInput.StreamAt(bytes);
        var frames = FramesOf(bytes, streamAt);
        if (frames.Count == 0)
        {
            input.AddRange(AnyFrame());
            return;
        }

        var (start, length) = frames[_random.Next(frames.Count)];
        byte[] frame = bytes[start..(start + length)];
        switch (_random.Next(6))
        {
            case 0:
                input.InsertRange(start, AnyFrame());
                break;
            case 1:
                input.RemoveRange(start, length);
                break;
            case 2:
                input.InsertRange(start + length, frame);
                break;
            case 3:
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(Wire.LengthBytes), (ushort)Types[_random.Next(Types.Length)]);
                Replace(input, start, length, frame);
                break;
            default:
                var changed = new List<byte>(frame[Wire.HeaderBytes..]);
                ChangeBytes(changed);
                byte[] whole = [.. frame.AsSpan(0, Wire.HeaderBytes), .. changed];
                BinaryPrimitives.WriteInt32LittleEndian(whole, whole.Length - Wire.LengthBytes);
                Replace(input, start, length, whole);
                break;
        }
    }

    private static void Replace(List<byte> input, int start, int length, byte[] frame)
    {
        input.RemoveRange(start, length);
        input.InsertRange(start, frame);
    }

    /// <summary>A frame of any input, or one of any type with nothing in it.</summary>
    private byte[] AnyFrame()
    {
        byte[] other = Pick();
        var frames = FramesOf(other, FuzzInput.StreamAt(other));
        if (frames.Count > 0)
        {
            var (start, length) = frames[_random.Next(frames.Count)];
            return other[start..(start + length)];
        }

        byte[] frame = new byte[Wire.HeaderBytes];
        Frame.WriteHeader(frame, Types[_random.Next(Types.Length)], 0);
        return frame;
    }

    /// <summary>Whole frames of a stream, found by their lengths alone.</summary>
    private static List<(int Start, int Length)> FramesOf(ReadOnlySpan<byte> input, int streamAt)
    {
        var frames = new List<(int Start, int Length)>();
        for (int at = streamAt; input.Length - at >= Wire.HeaderBytes;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(input[at..]);
            if (length < Wire.HeaderBytes - Wire.LengthBytes || length > input.Length - at - Wire.LengthBytes)
            {
                break;
            }

            frames.Add((at, Wire.LengthBytes + (int)length));
            at += Wire.LengthBytes + (int)length;
        }

        return frames;
    }

    private byte[] Noise(int count)
    {
        byte[] noise = new byte[count];
        _random.NextBytes(noise);
        return noise;
    }
}
