using System.Numerics;

namespace TxCore.Diagnostics;

/// <summary>
/// Counts of values since the start, in the buckets of an HdrHistogram of two significant digits. One thread records, with a shift and an
/// addition and without locks; any number of <see cref="HistogramReader"/>s take what is new to them and disturb neither it nor each other.
/// </summary>
public sealed class CumulativeHistogram
{
    /// <summary>Largest value kept apart, 68.7 s in nanoseconds; a larger one counts as this.</summary>
    public const long ValueMax = (1L << ValueBits) - 1;

    /// <summary>Buckets of one histogram.</summary>
    internal const int Buckets = (ValueBits - SubBucketBits + 2) << (SubBucketBits - 1);

    private const int ValueBits = 36;

    // 256 is the power of two that keeps two digits apart: the relative error is at most 1 in 128.
    private const int SubBucketBits = 8;
    private const int HalfBits = SubBucketBits - 1;
    private readonly long[] _counts = new long[Buckets];

    /// <summary>Counts a value; below 1 it counts as 1. For one thread.</summary>
    public void Record(long value) => _counts[IndexOf(Math.Clamp(value, 1, ValueMax))]++;

    internal ReadOnlySpan<long> Counts => _counts;

    internal static int IndexOf(long value)
    {
        int shift = BitOperations.Log2((ulong)value | ((1 << SubBucketBits) - 1)) - HalfBits;
        return (shift << HalfBits) + (int)(value >> shift);
    }

    /// <summary>The smallest value of a bucket.</summary>
    internal static long ValueOf(int index)
    {
        int shift = Math.Max((index >> HalfBits) - 1, 0);
        return (long)(index - (shift << HalfBits)) << shift;
    }
}
