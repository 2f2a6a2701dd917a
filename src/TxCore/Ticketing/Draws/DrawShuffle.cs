namespace TxCore.Ticketing.Draws;

/// <summary>
/// The order of a draw (<c>domain.md</c> section 3.3): a Fisher-Yates shuffle from the top down over the words of the seed. The same seed gives
/// the same order anywhere; ten million entries take two and a half million hashes and 40 MB.
/// </summary>
public static class DrawShuffle
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedBytes = 32;

    /// <summary>Index in the list by rank - 1: rank 1 is the first.</summary>
    /// <param name="seed">The seed, 32 bytes.</param>
    /// <param name="count">Entries in the list, at least 0.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public static int[] Order(ReadOnlySpan<byte> seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (seed.Length != SeedBytes)
        {
            throw new ArgumentException($"A seed has {SeedBytes} bytes, not {seed.Length}.", nameof(seed));
        }

        using var words = new SeededWords(seed);
        int[] order = new int[count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)Below(words, (uint)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>A number below a bound, each equally likely: words at or above the largest multiple of the bound are passed over.</summary>
    /// <param name="words">Where the words come from.</param>
    /// <param name="bound">The bound, at least 1.</param>
    internal static ulong Below(IWords words, uint bound)
    {
        ulong word = words.Next();

        // 2^64 mod bound is less than bound, so nearly every word is known to be good without that second division.
        while (word > ulong.MaxValue - bound && word > ulong.MaxValue - Excess(bound))
        {
            word = words.Next();
        }

        return word % bound;
    }

    /// <summary>2^64 mod bound.</summary>
    private static ulong Excess(uint bound) => ((ulong.MaxValue % bound) + 1) % bound;
}
