namespace TxCore.Simulation.Engine;

/// <summary>Every choice of a simulation, out of one seed (xoroshiro128+, seeded by SplitMix64). The same seed always chooses the same.</summary>
internal sealed class SimRandom
{
    private ulong _s0;
    private ulong _s1;

    public SimRandom(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
    }

    public ulong Next()
    {
        ulong s0 = _s0, s1 = _s1, result = s0 + s1;
        s1 ^= s0;
        _s0 = ulong.RotateLeft(s0, 24) ^ s1 ^ (s1 << 16);
        _s1 = ulong.RotateLeft(s1, 37);
        return result;
    }

    /// <summary>0 up to and without <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>From <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + Next(to - from + 1);

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(int percent) => Next(100) < percent;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Next(items.Length)];

    private static ulong Mix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
