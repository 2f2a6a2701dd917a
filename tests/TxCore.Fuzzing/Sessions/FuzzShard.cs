using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;
using TxCore.Wagering;

namespace TxCore.Fuzzing.Sessions;

/// <summary>
/// A whole shard, wired as in production, on the thread of the input: its stages, its clock and its tasks go on when they are told to, its
/// store is in memory. Nothing happens at the same time, so the same inputs do the same.
/// </summary>
internal sealed class FuzzShard
{
    private const int RingSize = 512;
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ElsewhereAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(10);
    private static readonly ShardIdentity Identity = new(1, Channel.Retail);
    private static readonly ReceiptKeys Keys = new(new Dictionary<ushort, byte[]> { [1] = [.. Enumerable.Range(1, 32).Select(static n => (byte)n)] });

    private static readonly ShardOptions Options = new()
    {
        Identity = Identity,
        RingSize = RingSize,
        ControlReserve = RingSize / 8,
        BatchEventsMax = RingSize,
        TickMilliseconds = 500,
        CommitStallMilliseconds = 60_000,
        TotalsBufferBytesMax = 64 * 1024,
        RecentRowsBytesMax = 64 * 1024,
        Limits = new SessionLimits { ConnectionsMax = 8, UnsentBytesMax = Wire.FrameBytesMax },
    };

    private readonly InputContext _context = new();
    private readonly FakeTimeProvider _clock = new(Messages.Morning);
    private readonly InlineStages _stages = new(RingSize);
    private readonly MemoryDatabase _database = new(Identity.Shard);
    private readonly FuzzSources _sources = new();
    private readonly Shard _shard;

    public FuzzShard()
    {
        using (Enter())
        {
            var starting = Shard.StartAsync(
                Options, new MemoryStore(_database), new MemoryReader(_database), Keys, _sources, _clock, NullLogger.Instance, _stages,
                CancellationToken.None);
            RunUntil(() => starting.IsCompleted, TimeSpan.FromSeconds(1), "the shard starts");
            _shard = starting.GetAwaiter().GetResult();
        }
    }

    /// <summary>Slots of the ring: so many ended sessions may still be named in it.</summary>
    public static int RingSlots => RingSize;

    /// <summary>Connections that the shard knows.</summary>
    public int ConnectionCount => _shard.Registry.ConnectionCount;

    /// <summary>Highest number stored.</summary>
    public long LastNumber => _database.LastNumber;

    public FuzzConnection Connect(SessionPeer peer, int unreadBytesMax = 0)
    {
        using (Enter())
        {
            return new FuzzConnection(_shard.Services, peer, unreadBytesMax);
        }
    }

    /// <summary>Lets everything go on until nothing is left to do at this time.</summary>
    public void Settle()
    {
        using (Enter())
        {
            long started = Stopwatch.GetTimestamp();
            while (_context.RunOne() || _stages.Step())
            {
                if (Stopwatch.GetElapsedTime(started) > RestLimit)
                {
                    throw new FuzzFailureException($"The shard does not come to rest within {RestLimit.TotalSeconds} s.");
                }
            }
        }

        if (_shard is { Failure: { HasFailed: true } failure })
        {
            throw new FuzzFailureException($"The shard failed with {failure.Reason}", failure.Reason);
        }
    }

    /// <summary>Lets time pass as well, until something is so.</summary>
    public void RunUntil(Func<bool> isSo, TimeSpan limit, string what)
    {
        long started = Stopwatch.GetTimestamp();
        var passed = TimeSpan.Zero;
        for (Settle(); !isSo(); Settle())
        {
            if (passed < limit)
            {
                Pass(ClockStep);
                passed += ClockStep;
            }

            if (passed > ElsewhereAfter || passed >= limit)
            {
                WaitForOtherThreads();
            }

            if (passed >= limit && Stopwatch.GetElapsedTime(started) > RestLimit)
            {
                throw new FuzzFailureException($"It did not happen within {limit.TotalSeconds} s: {what}.");
            }
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time)
    {
        using (Enter())
        {
            _clock.Advance(time);
        }
    }

    /// <summary>What is stored must be enough to come to the same state, and to decide the same again.</summary>
    public void CheckStored()
    {
        var reader = new MemoryReader(_database);
        var recovered = Recovery.RecoverAsync(Identity, reader, WindowOf, NullLogger.Instance, CancellationToken.None).GetAwaiter().GetResult();
        recovered.Time = _shard.State.Time;
        if (!ShardSnapshot.Save(recovered).Span.SequenceEqual(ShardSnapshot.Save(_shard.State).Span))
        {
            throw new FuzzFailureException($"Recovery comes to another state than the shard has after number {recovered.LastNumber}.");
        }

        if (new ReplayVerifier(Identity, reader, Keys).RunAsync(CancellationToken.None).GetAwaiter().GetResult().Fault is { } fault)
        {
            throw new FuzzFailureException($"The replay differs at number {fault.Number}: {fault.What}");
        }
    }

    /// <summary>Ends the shard and what it started.</summary>
    public void Stop()
    {
        using (Enter())
        {
            var stopping = _shard.DisposeAsync().AsTask();
            RunUntil(() => stopping.IsCompleted, TimeSpan.Zero, "the shard stops");
            stopping.GetAwaiter().GetResult();
        }
    }

    /// <summary>Lists and orders of draws are made on the thread pool, whose time is not the clock's.</summary>
    private static void WaitForOtherThreads()
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(1))
        {
            Thread.Yield();
        }
    }

    private int WindowOf(uint source) => _sources.Find(source)?.Window ?? 64;

    private Scope Enter() => new(_context);

    /// <summary>What is awaited in it goes on in the context of the input.</summary>
    private readonly struct Scope : IDisposable
    {
        private readonly SynchronizationContext? _before;

        public Scope(InputContext context)
        {
            _before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(context);
        }

        public void Dispose() => SynchronizationContext.SetSynchronizationContext(_before);
    }
}
