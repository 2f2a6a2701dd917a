using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Tests.Reference;

/// <summary>The draw of <c>domain.md</c> section 3.3, as it is written there.</summary>
internal static class ReferenceLottery
{
    /// <summary>The root of a Merkle tree as RFC 6962 builds it.</summary>
    public static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }

        int left = 1;
        while (left * 2 < leaves.Length)
        {
            left *= 2;
        }

        return leaves.Length == 0 ? new byte[32] : SHA256.HashData([1, .. Root(leaves[..left]), .. Root(leaves[left..])]);
    }

    public static byte[] Commitment(byte[] name, byte[] root, byte[] secret) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes("txcore/draw/commit/v1\0"), .. name, 0, .. root, .. secret]);

    public static byte[] Seed(byte[] name, byte[] root, byte[] secret, byte[] randomness) =>
        HMACSHA256.HashData(randomness, (byte[])[.. Encoding.ASCII.GetBytes("txcore/draw/seed/v1\0"), .. name, 0, .. root, .. secret]);

    /// <summary>Index in the list by rank - 1.</summary>
    public static int[] Order(byte[] name, byte[] root, byte[] secret, byte[] randomness, int count)
    {
        using var words = Words(Seed(name, root, secret, randomness)).GetEnumerator();
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i >= 1; i--)
        {
            int j = Below(words, (ulong)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private static int Below(IEnumerator<ulong> words, ulong limit)
    {
        while (words.MoveNext())
        {
            // 2^64 - (2^64 mod limit), as a number that 64 bits do not hold.
            if (words.Current < (UInt128.One << 64) - ((UInt128.One << 64) % limit))
            {
                return (int)(words.Current % limit);
            }
        }

        throw new InvalidOperationException("The stream of words never ends.");
    }

    private static IEnumerable<ulong> Words(byte[] seed)
    {
        byte[] counter = new byte[8];
        for (ulong block = 0; ; block++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(counter, block);
            byte[] words = HMACSHA256.HashData(seed, counter);
            for (int i = 0; i < 4; i++)
            {
                yield return BinaryPrimitives.ReadUInt64BigEndian(words.AsSpan(8 * i));
            }
        }
    }
}
