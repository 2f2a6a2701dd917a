namespace TxCore.Ticketing.Draws;

/// <summary>
/// The list of a draw (<c>domain.md</c> section 3.3): person keys in ascending order of their bytes, none twice. The keys stay where they are and
/// are sorted by position.
/// </summary>
public static class DrawList
{
    /// <summary>Bytes of a key, the data of a leaf.</summary>
    public const int KeyBytes = 32;

    private const int BucketBits = 8;
    private const int Buckets = 1 << BucketBits;

    /// <summary>
    /// Positions in ascending order of key, those of equal keys in any order. Takes 12 bytes a key while it runs, of which the answer keeps 4.
    /// </summary>
    public static int[] Sort(PersonKeyList keys)
    {
        // The first byte parts the keys, so that the parts can be sorted on all processors; the first eight bytes settle nearly all the rest.
        int[] ends = Starts(keys);
        int[] sorted = new int[keys.Count];
        ulong[] prefixes = new ulong[keys.Count];
        for (int i = 0; i < keys.Count; i++)
        {
            ulong prefix = keys[i].A;
            int at = ends[BucketOf(prefix)]++;
            prefixes[at] = prefix;
            sorted[at] = i;
        }

        Parallel.For(0, Buckets, bucket =>
        {
            int start = bucket == 0 ? 0 : ends[bucket - 1];
            int count = ends[bucket] - start;
            Array.Sort(prefixes, sorted, start, count);
            SortEqual(keys, prefixes.AsSpan(start, count), sorted.AsSpan(start, count));
        });
        return sorted;
    }

    /// <summary>The root R over the sorted keys, a leaf of 32 bytes each, on all processors.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="sorted">Their positions, sorted.</param>
    /// <exception cref="ArgumentException">The keys are not strictly ascending: two are equal, or the positions are not sorted.</exception>
    public static byte[] Root(PersonKeyList keys, int[] sorted)
    {
        CheckCount(keys, sorted);
        int wrong = int.MaxValue;
        byte[] root = MerkleTree.Root(sorted.Length, KeyBytes, (index, leaf) =>
        {
            ref readonly var key = ref keys[sorted[index]];
            key.Write(leaf);
            if (index > 0 && keys[sorted[index - 1]].CompareTo(key) >= 0)
            {
                LowerTo(ref wrong, index);
            }
        });
        return wrong == int.MaxValue
            ? root
            : throw new ArgumentException(
                keys[sorted[wrong]] == keys[sorted[wrong - 1]]
                    ? $"The list holds a key twice, at positions {sorted[wrong - 1]} and {sorted[wrong]}."
                    : $"The list is not in ascending order at index {wrong}.",
                nameof(sorted));
    }

    /// <summary>Index of a key in the sorted list, or -1 when it is not there.</summary>
    public static int IndexOf(PersonKeyList keys, int[] sorted, in PersonKey key)
    {
        CheckCount(keys, sorted);
        int low = 0;
        int high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            int compared = keys[sorted[middle]].CompareTo(key);
            if (compared == 0)
            {
                return middle;
            }

            (low, high) = compared < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static int BucketOf(ulong prefix) => (int)(prefix >> (64 - BucketBits));

    private static int[] Starts(PersonKeyList keys)
    {
        int[] starts = new int[Buckets];
        for (int i = 0; i < keys.Count; i++)
        {
            starts[BucketOf(keys[i].A)]++;
        }

        int start = 0;
        foreach (ref int count in starts.AsSpan())
        {
            (count, start) = (start, start + count);
        }

        return starts;
    }

    private static void SortEqual(PersonKeyList keys, ReadOnlySpan<ulong> prefixes, Span<int> sorted)
    {
        for (int start = 0; start < prefixes.Length;)
        {
            int end = start + 1;
            while (end < prefixes.Length && prefixes[end] == prefixes[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                sorted[start..end].Sort((left, right) => keys[left].CompareTo(keys[right]));
            }

            start = end;
        }
    }

    private static void LowerTo(ref int least, int value)
    {
        int seen = Volatile.Read(ref least);
        while (value < seen)
        {
            int before = Interlocked.CompareExchange(ref least, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static void CheckCount(PersonKeyList keys, int[] sorted)
    {
        if (sorted.Length != keys.Count)
        {
            throw new ArgumentException($"There are {keys.Count} keys but {sorted.Length} positions.", nameof(sorted));
        }
    }
}
