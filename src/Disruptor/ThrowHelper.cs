using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Disruptor;

/// <summary>Throws kept out of the hot methods, so that these stay small enough to inline.</summary>
internal static class ThrowHelper
{
    public static void ThrowIfNotRingSize(int bufferSize)
    {
        if (!BitOperations.IsPow2(bufferSize))
        {
            throw new ArgumentException($"The buffer size must be a power of two, at least 1; it is {bufferSize}.", nameof(bufferSize));
        }
    }

    [DoesNotReturn]
    public static void ThrowClaimOutOfRange(int n, int bufferSize)
    {
        throw new ArgumentOutOfRangeException(nameof(n), n, $"A claim must be from 1 to the buffer size ({bufferSize}).");
    }

    [DoesNotReturn]
    public static void ThrowBatchIndexOutOfRange(int index, int length)
    {
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch has {length} events.");
    }
}
