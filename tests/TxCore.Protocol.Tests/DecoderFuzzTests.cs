using System.Buffers;
using TxCore.Protocol.Tests.Vectors;

namespace TxCore.Protocol.Tests;

/// <summary>Bytes of an attacker: every decoder answers true or false, never throws, never reads past its input.</summary>
public class DecoderFuzzTests(ITestOutputHelper output)
{
    private const int InputsPerMessage = 40_000;

    [Fact]
    public void Random_bytes_never_make_a_decoder_throw()
    {
        long inputs = 0;
        var random = SeededRandom();
        byte[] bytes = new byte[256];
        foreach (var entry in MessageCatalogue.All.Values)
        {
            for (int i = 0; i < InputsPerMessage; i++, inputs++)
            {
                random.NextBytes(bytes);
                Decode(entry, bytes[..random.Next(bytes.Length + 1)]);
            }
        }

        output.WriteLine($"{inputs} inputs");
        Assert.True(inputs >= 1_000_000);
    }

    [Fact]
    public void Damaged_frames_never_make_a_decoder_throw()
    {
        var random = SeededRandom();
        foreach (var vector in VectorFile.Vectors)
        {
            var entry = MessageCatalogue.All[vector.Message];
            for (int i = 0; i < 5_000 && vector.Payload.Length > 0; i++)
            {
                byte[] payload = vector.Payload;
                for (int damage = random.Next(1, 4); damage > 0; damage--)
                {
                    payload[random.Next(payload.Length)] = (byte)random.Next(256);
                }

                Decode(entry, payload[..random.Next(payload.Length + 1)]);
            }
        }
    }

    [Fact]
    public void Random_bytes_never_make_the_frame_parser_throw_or_stand_still()
    {
        var random = SeededRandom();
        byte[] bytes = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(1, 3).Clear();
            bytes[6] = Wire.Version;
            var buffer = new ReadOnlySequence<byte>(bytes, 0, random.Next(bytes.Length + 1));
            long before = buffer.Length;
            var result = FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out _, out var payload, out var error);
            Assert.Equal(result == FrameResult.Broken, error != ResultCode.Accepted);
            Assert.Equal(result == FrameResult.Frame ? before - Wire.HeaderBytes - payload.Length : before, buffer.Length);
        }
    }

    [Fact]
    public void A_reader_never_yields_bytes_outside_its_payload()
    {
        var random = SeededRandom();
        byte[] bytes = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            var reader = new WireReader(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            for (int reads = 0; reads < 16; reads++)
            {
                int read = ReadSomething(ref reader, random.Next(8));
                Assert.True(!reader.Failed || read == 0, "a failed read yielded something");
                Assert.InRange(reader.Remaining, 0, bytes.Length);
            }
        }
    }

    private static int ReadSomething(ref WireReader reader, int what)
    {
        int before = reader.Position;
        bool wasFailed = reader.Failed;
        int bytes = what switch
        {
            0 => Zero(reader.Byte()),
            1 => Zero(reader.UInt16()),
            2 => Zero(reader.UInt32()),
            3 => Zero(reader.UInt64()),
            4 => reader.CountedBytes(20).Length,
            5 => reader.LongCountedBytes(20).Length,
            6 => reader.Bytes(5).Length,
            _ => reader.Element().Remaining,
        };
        Assert.True(!wasFailed || reader.Position == before, "a failed reader moved on");
        return bytes;
    }

    private static int Zero(ulong value) => value == 0 ? 0 : 1;

    private static void Decode(CatalogueEntry entry, byte[] payload)
    {
        try
        {
            entry.TryDecode(payload);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{entry.Name} threw {exception} for {Convert.ToHexStringLower(payload)}");
        }
    }

    private Random SeededRandom()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
