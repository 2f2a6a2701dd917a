using System.Numerics;

namespace TxCore.Wagering.Totals;

/// <summary>
/// A combination as one number: 5 bits a runner, the first in the highest of them, so that keys of a pool sort as their runners do; the risk
/// of a multi above. Runners stand in the order played where order matters, else ascending. 0 is no combination.
/// </summary>
internal static class CombinationKey
{
    /// <summary>Bits of a runner, 1..31.</summary>
    public const int RunnerBits = 5;

    /// <summary>Most runners of a unit bet: a multi in seven.</summary>
    public const int RunnersMax = 7;

    private const int RiskShift = RunnersMax * RunnerBits;
    private const ulong RunnersMask = (1UL << RiskShift) - 1;
    private const uint RunnerMask = (1u << RunnerBits) - 1;

    /// <summary>The key of a risk without its runners yet.</summary>
    public static ulong OfRisk(byte risk) => (ulong)risk << RiskShift;

    /// <summary>The risk; 0 for none.</summary>
    public static byte Risk(ulong key) => (byte)(key >> RiskShift);

    /// <summary>The key of runners in their order.</summary>
    public static ulong Pack(ReadOnlySpan<byte> runners)
    {
        ulong key = 0;
        foreach (byte runner in runners)
        {
            key = (key << RunnerBits) | runner;
        }

        return key;
    }

    /// <summary>The key of the runners of a mask, ascending.</summary>
    public static ulong Pack(uint mask)
    {
        ulong key = 0;
        for (; mask != 0; mask &= mask - 1)
        {
            key = (key << RunnerBits) | (uint)BitOperations.TrailingZeroCount(mask);
        }

        return key;
    }

    /// <summary>The runners of a key as a mask: bit n for runner n.</summary>
    public static uint Mask(ulong key)
    {
        uint mask = 0;
        for (ulong rest = key & RunnersMask; rest != 0; rest >>= RunnerBits)
        {
            mask |= 1u << (int)(rest & RunnerMask);
        }

        return mask;
    }

    /// <summary>The runners of a key in their order.</summary>
    public static byte[] Runners(ulong key)
    {
        ulong rest = key & RunnersMask;
        int count = (BitOperations.Log2(rest) / RunnerBits) + 1;
        byte[] runners = new byte[count];
        for (int i = count - 1; i >= 0; i--, rest >>= RunnerBits)
        {
            runners[i] = (byte)(rest & RunnerMask);
        }

        return runners;
    }
}
