using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>The draw of <c>domain.md</c> section 3.3 as plainly as it can be written, sharing nothing with the one that is tested.</summary>
internal static class NaiveDraw
{
    /// <summary>RFC 6962 section 2.1, as its definition reads.</summary>
    public static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length == 0)
        {
            return SHA256.HashData([]);
        }

        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }

        int left = 1;
        while (left * 2 < leaves.Length)
        {
            left *= 2;
        }

        return SHA256.HashData([1, .. Root(leaves[..left]), .. Root(leaves[left..])]);
    }

    public static byte[] Commit(string name, byte[] root, byte[] secret) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes($"txcore/draw/commit/v1\0{name}\0"), .. root, .. secret]);

    public static byte[] Seed(byte[] beacon, string name, byte[] root, byte[] secret) =>
        HMACSHA256.HashData(beacon, (byte[])[.. Encoding.ASCII.GetBytes($"txcore/draw/seed/v1\0{name}\0"), .. root, .. secret]);

    public static List<int> Order(byte[] seed, int count)
    {
        var words = Words(seed).GetEnumerator();
        var order = Enumerable.Range(0, count).ToList();
        for (int i = count - 1; i >= 1; i--)
        {
            int j = (int)Below(words, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    public static IEnumerable<BigInteger> Words(byte[] seed)
    {
        for (BigInteger block = 0; ; block++)
        {
            byte[] number = block.ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] hash = HMACSHA256.HashData(seed, (byte[])[.. new byte[8 - number.Length], .. number]);
            for (int at = 0; at < hash.Length; at += 8)
            {
                yield return new BigInteger(hash.AsSpan(at, 8), isUnsigned: true, isBigEndian: true);
            }
        }
    }

    private static BigInteger Below(IEnumerator<BigInteger> words, BigInteger bound)
    {
        var all = BigInteger.One << 64;
        do
        {
            words.MoveNext();
        }
        while (words.Current >= all - (all % bound));
        return words.Current % bound;
    }
}
