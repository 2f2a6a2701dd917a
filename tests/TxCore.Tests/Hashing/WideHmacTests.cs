using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TxCore.Hashing;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Tests.Support;
using TxCore.Wagering;

namespace TxCore.Tests.Hashing;

/// <summary>Eight codes at once are the eight that the library makes one by one.</summary>
public sealed class WideHmacTests
{
    [Fact]
    public void Codes_of_any_key_and_length_are_those_of_the_library()
    {
        Assert.SkipUnless(WideHmac.IsSupported, "The processor has no vectors of 256 bits.");
        var random = new Random(11);
        for (int length = 0; length <= 55; length++)
        {
            byte[] key = new byte[random.Next(65)];
            random.NextBytes(key);
            byte[] blocks = new byte[WideHmac.Lanes * 64];
            random.NextBytes(blocks);
            ulong[] expected = [.. Enumerable.Range(0, WideHmac.Lanes).Select(
                lane => BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, blocks.AsSpan(lane * 64, length))))];
            ulong[] codes = new ulong[WideHmac.Lanes];
            new WideHmac(key, length).Compute(blocks, codes);
            Assert.Equal(expected, codes);
        }
    }

    [Fact]
    public void A_batch_of_any_size_is_sealed_as_each_receipt_alone()
    {
        var random = new Random(12);
        var keys = new ReceiptKeys(new Dictionary<ushort, byte[]> { [1] = RandomNumberGenerator.GetBytes(32), [2] = RandomNumberGenerator.GetBytes(32) });
        var sealer = new ReceiptSealer(TestShard.Identity, keys);
        var encoder = new AnswerEncoder(TestShard.Identity, keys);
        for (int size = 0; size <= 40; size++)
        {
            var batch = Enumerable.Range(0, size).Select(_ => Event(random)).ToArray();
            byte[][] alone = Array.ConvertAll(batch, work => Answer(encoder, work));
            Array.ForEach(batch, sealer.Add);
            sealer.Complete();
            Assert.All(batch, work => Assert.Equal(WideHmac.IsSupported && AnswerEncoder.NeedsSeal(work), work.IsSealed));
            Assert.Equal(alone, Array.ConvertAll(batch, work => Answer(encoder, work)));
            Assert.All(batch.Where(AnswerEncoder.NeedsSeal), work => Assert.Contains(Code(keys, work), Encoding.ASCII.GetString(Answer(encoder, work)), StringComparison.Ordinal));
        }
    }

    private static TxEvent Event(Random random)
    {
        var work = new TxEvent { Answer = AnswerKind.Outcome, KeyEpoch = (ushort)random.Next(1, 3), State = PresentState.Live };
        work.Entry = new Entry
        {
            Number = random.NextInt64(1, 1L << 40),
            Source = (uint)random.Next(),
            Sequence = random.Next(),
            Kind = MessageType.Wager,
            Code = random.Next(4) == 0 ? ResultCode.RaceClosed : ResultCode.Accepted,
            AmountCents = random.Next(),
            SequencedAt = random.NextInt64(),
            BusinessDay = 20260101,
        };
        return work;
    }

    private static byte[] Answer(AnswerEncoder encoder, TxEvent work)
    {
        byte[] answer = new byte[AnswerEncoder.FrameBytesMax];
        return answer[..encoder.Write(work, answer)];
    }

    private static string Code(ReceiptKeys keys, TxEvent work)
    {
        byte[] code = new byte[Receipt.ControlCodeChars];
        Receipt.WriteControlCode(keys[work.KeyEpoch], TestShard.Identity.Shard, in work.Entry, code);
        return Encoding.ASCII.GetString(code);
    }
}
