using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Simulation.Clients;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Simulation.Engine;

/// <summary>What differs from seed to seed before anything happens: the sizes of a small shard, and the time of day.</summary>
internal sealed class Setup
{
    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    public static readonly ReceiptKeys Keys = new(new Dictionary<ushort, byte[]> { [1] = [.. Enumerable.Range(1, 32).Select(static n => (byte)n)] });

    private static readonly DateTimeOffset Morning = new(2025, 11, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>A few seconds before the business day changes.</summary>
    private static readonly DateTimeOffset EndOfDay = new(2025, 11, 5, 2, 59, 57, TimeSpan.Zero);

    public Setup(SimRandom random)
    {
        StartsAt = ((random.Percent(25) ? EndOfDay : Morning) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        UnreadBytesMax = random.Pick<int>([300, 1000, 4000]);
        RingSize = random.Pick<int>([32, 64, 128]);
        Options = new ShardOptions
        {
            Identity = Identity,
            RingSize = RingSize,
            ControlReserve = RingSize / 4,
            BatchEventsMax = random.Pick<int>([4, 16, 64]),
            CutEventsFrom = random.Pick<int>([2, 4, 8, 2048]),
            TickMilliseconds = random.Pick<int>([20, 50]),
            CommitStallMilliseconds = 300,
            SnapshotEntries = random.Between(20, 150),
            SnapshotCheckSeconds = 1,
            SnapshotSeconds = random.Between(1, 5),
            TotalsBufferBytesMax = random.Pick<int>([2048, 65_536]),
            RecentRowsBytesMax = random.Percent(8) ? 1024 * 1024 : 0,
            Limits = new SessionLimits
            {
                ConnectionsMax = 64,
                FrameBytesMax = 4096,
                LogonSeconds = 3,
                IdleSeconds = 5,
                UnsentBytesMax = 2 * Math.Max(UnreadBytesMax, 512),
                LogonFailureDelayMilliseconds = 100,
                FramesPerTurnMax = random.Between(1, 8),
            },
        };
    }

    /// <summary>When the simulation begins, microseconds since 1970-01-01 UTC.</summary>
    public long StartsAt { get; }

    public int RingSize { get; }

    /// <summary>Bytes that the network takes before a client has read them.</summary>
    public int UnreadBytesMax { get; }

    public ShardOptions Options { get; }

    /// <summary>The window of a source, by which the decisions kept in memory are counted too.</summary>
    public static int WindowOf(uint source) => SimSources.Instance.Find(source)?.Window ?? 64;
}
