using System.Numerics;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>Settings of a shard; each states its unit, default and what it trades.</summary>
public sealed record ShardOptions
{
    /// <summary>The shard.</summary>
    public required ShardIdentity Identity { get; init; }

    /// <summary>Slots of the ring, a power of two. Default 65,536: a fifth of a second at 300,000 transactions per second, 25 MB.</summary>
    public int RingSize { get; init; } = 65_536;

    /// <summary>Slots kept for controls, ticks and logons. Default 1,024.</summary>
    public int ControlReserve { get; init; } = 1_024;

    /// <summary>Most events of one commit, and never more than the ring holds. Default 8,192: more only makes the first of them wait.</summary>
    public int BatchEventsMax { get; init; } = 8_192;

    /// <summary>
    /// Events from which on what queued for one commit is cut in two, so that the one half is written while the other commits. 2,048; the
    /// simulation, whose turns are short, cuts from fewer.
    /// </summary>
    internal int CutEventsFrom { get; init; } = 2_048;

    /// <summary>Time between ticks, in milliseconds, 1..1,000. Default 10: how late a stop or expiry may be when nothing else arrives.</summary>
    public int TickMilliseconds { get; init; } = 10;

    /// <summary>Time without a commit before new transactions get BUSY, in milliseconds. Default 2,000.</summary>
    public int CommitStallMilliseconds { get; init; } = 2_000;

    /// <summary>Entries between snapshots. Default 1,000,000: what recovery reads at most, about a second.</summary>
    public long SnapshotEntries { get; init; } = 1_000_000;

    /// <summary>Time between looks at whether a snapshot is due, in seconds. Default 10.</summary>
    public int SnapshotCheckSeconds { get; init; } = 10;

    /// <summary>Time between snapshots when fewer entries than that came, in seconds. Default 600.</summary>
    public int SnapshotSeconds { get; init; } = 600;

    /// <summary>
    /// Most bytes of each of the two buffers of committed entries that wait for the pool totals, 64 KB to 1 GB. Default 64 MB: a quarter of a
    /// second at 600,000 wagers per second. When more come the totals catch up from rows, and are older than a second meanwhile.
    /// </summary>
    public int TotalsBufferBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Most bytes of the last committed rows that are kept in memory for payments, cancellations and returns, 0 to 16 GB. Default 64 MB: about
    /// 250,000 tickets. Older ones are found in PostgreSQL.
    /// </summary>
    public long RecentRowsBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Rules that enter the sequence with the start.</summary>
    public ShardRules Rules { get; init; } = new();

    /// <summary>Limits of the sessions.</summary>
    public SessionLimits Limits { get; init; } = new();

    /// <summary>Checks the relations between the settings; the message names both sides of what does not fit.</summary>
    /// <exception cref="ArgumentException">A setting is out of its limits or contradicts another.</exception>
    public void Validate()
    {
        Require(Identity.Shard >= 1, $"Shard is {Identity.Shard}; shards are numbered from 1.");
        Require(Enum.IsDefined(Identity.Channel), $"Channel {Identity.Channel} is not one of Retail, Online.");
        Require(BitOperations.IsPow2(RingSize) && RingSize is >= 1024 and <= 1 << 20, $"RingSize is {RingSize}; it must be a power of two from 1,024 to 1,048,576.");
        Require(
            ControlReserve >= 16 && ControlReserve <= RingSize / 4,
            $"ControlReserve is {ControlReserve}; it must be from 16 to a quarter of RingSize ({RingSize / 4}).");
        Require(
            Limits.FramesPerTurnMax >= 1 && Limits.FramesPerTurnMax <= (RingSize - ControlReserve) / 2,
            $"FramesPerTurnMax is {Limits.FramesPerTurnMax}; it must be from 1 to half of RingSize less ControlReserve ({(RingSize - ControlReserve) / 2}).");
        Require(
            BatchEventsMax >= 1, $"BatchEventsMax is {BatchEventsMax}; it must be 1 or more.");
        Require(TickMilliseconds is >= 1 and <= 1000, $"TickMilliseconds is {TickMilliseconds}; it must be from 1 to 1,000.");
        Require(
            CommitStallMilliseconds > TickMilliseconds, $"CommitStallMilliseconds is {CommitStallMilliseconds}; it must be above TickMilliseconds ({TickMilliseconds}).");
        Require(SnapshotEntries >= 1000, $"SnapshotEntries is {SnapshotEntries}; it must be 1,000 or more.");
        Require(SnapshotSeconds >= 1 && SnapshotCheckSeconds >= 1, "SnapshotSeconds and SnapshotCheckSeconds must be 1 or more.");
        Require(
            TotalsBufferBytesMax is >= 64 * 1024 and <= 1 << 30, $"TotalsBufferBytesMax is {TotalsBufferBytesMax}; it must be from 65,536 to 1,073,741,824.");
        Require(
            RecentRowsBytesMax is >= 0 and <= 1L << 34, $"RecentRowsBytesMax is {RecentRowsBytesMax}; it must be from 0 to 17,179,869,184.");
        Require(Rules.DayStartMinutes < 1440, $"DayStartMinutes is {Rules.DayStartMinutes}; it must be from 0 to 1,439.");
        Require(Rules.TimeStepMaxSeconds >= 1, "TimeStepMaxSeconds must be 1 or more.");
        Require(
            Limits.FrameBytesMax is >= 1024 and <= Protocol.Wire.FrameBytesMax,
            $"FrameBytesMax is {Limits.FrameBytesMax}; it must be from 1,024 to {Protocol.Wire.FrameBytesMax}.");
        Require(
            Limits.UnsentBytesMax >= Limits.FrameBytesMax,
            $"UnsentBytesMax is {Limits.UnsentBytesMax}; it must be FrameBytesMax ({Limits.FrameBytesMax}) or more.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
