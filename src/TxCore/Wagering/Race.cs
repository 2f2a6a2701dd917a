using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>A pool of a race with its own parameters (<c>domain.md</c> section 1.3).</summary>
/// <param name="Number">Pool number of the channel.</param>
/// <param name="BaseStakeCents">Base stake, in cents.</param>
/// <param name="MaximumCents">Largest price of a line, in cents.</param>
/// <param name="Flags">1 order matters, 2 complement, 4 combined allowed, 8 spot allowed.</param>
/// <param name="FlexiPercents">Flexi percentages allowed.</param>
/// <param name="Risks">Risks allowed (multi).</param>
public sealed record Pool(ushort Number, uint BaseStakeCents, long MaximumCents, byte Flags, byte[] FlexiPercents, byte[] Risks)
{
    /// <summary>True when the order of the runners matters.</summary>
    public bool IsOrdered => (Flags & 1) != 0;

    /// <summary>True when a complement runner may be named.</summary>
    public bool TakesComplement => (Flags & 2) != 0;

    /// <summary>True when formulas of several unit bets are taken.</summary>
    public bool TakesCombined => (Flags & 4) != 0;
}

/// <summary>A race as the decide stage knows it (<c>domain.md</c> section 1.2).</summary>
public sealed class Race(RaceId id)
{
    /// <summary>Identity.</summary>
    public RaceId Id { get; } = id;

    /// <summary>Where it stands.</summary>
    public RaceStatus Status { get; set; } = RaceStatus.Draft;

    /// <summary>Counts its reopenings.</summary>
    public ushort Epoch { get; set; }

    /// <summary>Start, microseconds since 1970-01-01 UTC.</summary>
    public long StartsAt { get; set; }

    /// <summary>When it stops by itself, microseconds since 1970-01-01 UTC.</summary>
    public long LatestStopAt { get; set; }

    /// <summary>Runners 1..N.</summary>
    public byte RunnerCount { get; set; }

    /// <summary>Bit n set: runner n is scratched.</summary>
    public uint ScratchedMask { get; set; }

    /// <summary>Its pools.</summary>
    public Pool[] Pools { get; set; } = [];

    /// <summary>The pool of a number; null when the race does not offer it.</summary>
    public Pool? FindPool(ushort number)
    {
        foreach (var pool in Pools)
        {
            if (pool.Number == number)
            {
                return pool;
            }
        }

        return null;
    }

    /// <summary>True when <paramref name="runner"/> is one of the race's.</summary>
    public bool HasRunner(byte runner) => runner >= 1 && runner <= RunnerCount;

    /// <summary>True when <paramref name="runner"/> was scratched.</summary>
    public bool IsScratched(byte runner) => (ScratchedMask & (1u << runner)) != 0;
}
