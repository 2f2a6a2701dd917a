using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering.Settlement;

namespace TxCore.Wagering;

/// <summary>A pool of a race with its own parameters (<c>domain.md</c> section 1.3).</summary>
/// <param name="Number">Pool number of the channel.</param>
/// <param name="BaseStakeCents">Base stake, in cents.</param>
/// <param name="MaximumCents">Largest price of a line, in cents.</param>
/// <param name="Flags">
/// 1 order matters, 2 complement, 4 combined allowed, 8 spot allowed, 16 flexi on a unit bet and below one base stake, 32 carried over
/// when nobody wins.
/// </param>
/// <param name="FlexiPercents">Flexi percentages allowed.</param>
/// <param name="Risks">Risks allowed (multi).</param>
/// <param name="TakeoutBasisPoints">The operator's share, in hundredths of a percent.</param>
/// <param name="RunnersMin">Fewest declared runners; 0 for no minimum.</param>
public sealed record Pool(
    ushort Number, uint BaseStakeCents, long MaximumCents, byte Flags, byte[] FlexiPercents, byte[] Risks, ushort TakeoutBasisPoints = 0,
    byte RunnersMin = 0)
{
    /// <summary>The pool of a definition.</summary>
    public static Pool From(PoolDefinition pool) => new(
        pool.Pool, pool.BaseStakeCents, pool.MaximumCents, pool.Flags, pool.FlexiPercents, pool.Risks, pool.TakeoutBasisPoints, pool.RunnersMin);

    /// <summary>The definition it was made from.</summary>
    public PoolDefinition ToDefinition() =>
        new(Number, BaseStakeCents, MaximumCents, Flags, FlexiPercents, Risks, TakeoutBasisPoints, RunnersMin);

    /// <summary>True when the order of the runners matters.</summary>
    public bool IsOrdered => (Flags & 1) != 0;

    /// <summary>True when a complement runner may be named.</summary>
    public bool TakesComplement => (Flags & 2) != 0;

    /// <summary>True when formulas of several unit bets are taken.</summary>
    public bool TakesCombined => (Flags & 4) != 0;

    /// <summary>True when the host may pick runners.</summary>
    public bool TakesSpot => (Flags & 8) != 0;

    /// <summary>True when flexi may be played on a unit bet, and for less than one base stake in all.</summary>
    public bool TakesSmallFlexi => (Flags & 16) != 0;

    /// <summary>True when money that nobody wins is carried over; else it is refunded.</summary>
    public bool CarriesOver => (Flags & 32) != 0;

    /// <summary>Running total: stakes taken, in cents.</summary>
    public long TakenCents { get; set; }

    /// <summary>Running total: stakes taken back by cancellations and reversals, in cents.</summary>
    public long UndoneCents { get; set; }

    /// <summary>Running total: gains that reports carried into it, in cents.</summary>
    public long ReportCents { get; set; }

    /// <summary>Money carried in from earlier pools without a winner, in cents.</summary>
    public long CarryInCents { get; set; }

    /// <summary>Stakes that stand: what the settlement must find in the rows, in cents.</summary>
    public long StakeCents => TakenCents - UndoneCents;

    /// <summary>All that stands in the pool, gains carried in by reports included, in cents.</summary>
    public long GrossCents => StakeCents + ReportCents;
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

    /// <summary>Numbers of the entries that scratched each runner, by runner; 0 for one that was not.</summary>
    public long[] ScratchedBy { get; } = new long[Wire.RunnersMax + 1];

    /// <summary>How far its result has got.</summary>
    public ResultStage Stage { get; set; }

    /// <summary>Its order of finish.</summary>
    public FinishPlace[] Finish { get; set; } = [];

    /// <summary>Number of the last entry that changed its card or its result.</summary>
    public long ChangedBy { get; set; }

    /// <summary>The published settlement; null before.</summary>
    public RaceSettlement? Settlement { get; set; }

    /// <summary>The same as stored, for snapshots.</summary>
    public byte[] SettlementBytes { get; set; } = [];

    /// <summary>The business day it was defined on, as <c>YYYYMMDD</c>: no row about it is older.</summary>
    public int DefinedOn { get; set; }

    /// <summary>When its tickets expire, microseconds since 1970-01-01 UTC; 0 until they can be paid or refunded.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>What its tickets have to get once published, cancelled or postponed, gains and refunds, in cents.</summary>
    public long OwedCents { get; set; }

    /// <summary>What they got, in cents.</summary>
    public long PaidCents { get; set; }

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

    /// <summary>The runners that were scratched before the entry of a number: bit n for runner n.</summary>
    public uint ScratchedBefore(long number)
    {
        uint mask = 0;
        for (int runner = 1; runner <= RunnerCount; runner++)
        {
            if (ScratchedBy[runner] is var by and not 0 && by < number)
            {
                mask |= 1u << runner;
            }
        }

        return mask;
    }

    /// <summary>True when <paramref name="runner"/> was scratched.</summary>
    public bool IsScratched(byte runner) => (ScratchedMask & (1u << runner)) != 0;
}
