using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TxCore.Diagnostics;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;
using TxCore.Wagering.Totals;

namespace TxCore.Pipeline;

/// <summary>A shard: one store, one ring, its stages and sessions. Started once, drained once; a failure ends it.</summary>
public sealed class Shard : IAdmission, IAsyncDisposable
{
    private static readonly TimeSpan HaltPatience = TimeSpan.FromSeconds(5);
    private readonly ShardOptions _options;
    private readonly IShardStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IStageRunner _stages;
    private readonly DecideStage _decide;
    private readonly PersistStage _persist;
    private readonly SnapshotFollower _follower;
    private readonly ConcurrentDictionary<uint, Draw> _draws;
    private readonly Ticker _ticker;
    private readonly List<Task> _background = [];
    private volatile bool _draining;
    private volatile bool _waitsForLong;
    private bool _disposed;

    private Shard(
        ShardOptions options, IShardStore store, IShardReader reader, ReceiptKeys keys, ISourceDirectory sources, TimeProvider clock, ILogger logger,
        IStageRunner stages, ShardState state, ChainHead head)
    {
        (_options, _store, _clock, _logger, _stages) = (options, store, clock, logger, stages);

        // The way of a transaction, whole: session -> ring -> 1 decide -> 2 persist -> 3 reply -> session.
        State = state;
        Intake = new Intake(stages.Ring, options.ControlReserve, clock);
        _ticker = new Ticker(Intake, options, clock);
        Board = new DefinitionsBoard(clock);
        Board.Load(state);
        Registry = new SessionRegistry(options.Limits.ConnectionsMax);
        _decide = new DecideStage(new Decider(state, keys), stages.Wait, Failure);
        _persist = new PersistStage(
            store, options.Identity, head, Math.Min(options.BatchEventsMax, options.RingSize), options.CutEventsFrom, stages.Wait, Figures, Failure, clock);
        _draws = state.Draws;
        var draws = new DrawPreparer(state.Draws);
        var recent = new RecentRows(options.RecentRowsBytesMax);
        Ticketing = new TicketingBoard(draws, clock);
        Ticketing.Load(state);
        Totals = new PoolTotalsBoard(state, reader, options.TotalsBufferBytesMax, clock, logger);
        var sealer = new ReceiptSealer(options.Identity, keys);
        var reply = new ReplyStage(Board, Ticketing, Totals, recent, sealer, Registry, Intake, Figures, Failure);
        stages.Chain(Failure, _decide, _persist, reply);

        Services = new SessionServices(
            options.Identity, Intake, this, Registry, Board, sources, reader, new RaceSettler(options.Identity, reader, Board, logger), Totals,
            recent, Ticketing, draws, new PaymentsFeed(reader, Board, () => Ticketing.AcknowledgedPayments, logger),
            new AnswerEncoder(options.Identity, keys), Figures.Sessions, options.Limits, clock, logger);
        _follower = new SnapshotFollower(options, reader, WindowOf(sources), () => _persist.Head.Number, clock, logger);
    }

    /// <summary>The way into the ring.</summary>
    public Intake Intake { get; }

    /// <summary>What is on sale, as committed.</summary>
    public DefinitionsBoard Board { get; }

    /// <summary>Sales and draws, as committed.</summary>
    public TicketingBoard Ticketing { get; }

    /// <summary>The draws whose publication is committed.</summary>
    public IReadOnlyList<PublishedDraw> PublishedDraws() =>
    [
        .. _draws.Values.Where(draw => Ticketing.StatusOf(draw.Id) == Protocol.DrawStatus.Published)
            .Select(static draw => new PublishedDraw(draw.Id, draw.Entries.Keys, draw.Ranks, draw.OrderHash))
            .Where(static draw => draw.Ranks.Length > 0 && draw.Keys.Count == draw.Ranks.Length),
    ];

    /// <summary>Pool totals, as committed a moment ago.</summary>
    public PoolTotalsBoard Totals { get; }

    /// <summary>The sessions.</summary>
    public SessionRegistry Registry { get; }

    /// <summary>What a connection handler needs to serve a connection.</summary>
    public SessionServices Services { get; }

    /// <summary>How the shard dies, and why it did.</summary>
    public ShardFailure Failure { get; } = new();

    /// <summary>What the shard counts and times about itself.</summary>
    public ShardFigures Figures { get; } = new();

    /// <summary>What the decide stage works on; to be looked at from its own thread only.</summary>
    internal ShardState State { get; }

    /// <summary>The end of the chain as committed.</summary>
    public ChainHead Head => _persist.Head;

    /// <summary>What the store is going through.</summary>
    public StoreHealth StoreHealth => _store.Health;

    /// <summary>The shard.</summary>
    public ShardIdentity Identity => _options.Identity;

    /// <summary>Number of the last snapshot written in this run; 0 for none.</summary>
    public long LastSnapshot => _follower.LastSnapshot;

    /// <summary>Time since the last snapshot was written; since the start when none was in this run.</summary>
    public TimeSpan SnapshotAge => _follower.SnapshotAge;

    /// <summary>True while the clock, having stepped forward, waits to be confirmed.</summary>
    public bool IsTimeHeld => _decide.IsTimeHeld;

    /// <summary>True while producers wait for room in the ring and have done so for more than a second.</summary>
    public bool IsSaturated => _waitsForLong && Intake.Waiting > 0;

    /// <summary>Why the shard is not ready although it works, such as a partition missing for tomorrow; null when nothing is wrong.</summary>
    public string? UpkeepTrouble { get; set; }

    /// <inheritdoc/>
    public bool IsDraining => _draining || Failure.HasFailed;

    /// <inheritdoc/>
    public bool IsStalled => _persist.CommitStarted is var started and not 0
        && _clock.GetElapsedTime(started).TotalMilliseconds > _options.CommitStallMilliseconds;

    /// <inheritdoc/>
    public bool IsBusy => _draining || Failure.HasFailed || IsStalled;

    /// <summary>True when the shard takes transactions; otherwise <paramref name="reason"/> says why not.</summary>
    public bool IsReady(out string reason)
    {
        reason = Failure.HasFailed ? $"failed: {Failure.Reason!.Message}"
            : _draining ? "draining"
            : IsStalled ? $"no commit for {_options.CommitStallMilliseconds} ms: {_store.Health.Trouble ?? "PostgreSQL does not answer"}"
            : _decide.IsTimeHeld ? "the clock stepped forward and waits to be confirmed"
            : IsSaturated ? $"saturated: the ring of {Intake.Size} is full and {Intake.Waiting} connections wait"
            : UpkeepTrouble ?? "";
        return reason.Length == 0;
    }

    /// <summary>Takes the shard, recovers it, and starts its stages; returns once its start is durable.</summary>
    public static async Task<Shard> StartAsync(
        ShardOptions options, IShardStore store, IShardReader reader, ReceiptKeys keys, ISourceDirectory sources, TimeProvider clock, ILogger logger,
        CancellationToken cancellationToken)
    {
        options.Validate();
        return await StartAsync(options, store, reader, keys, sources, clock, logger, new StageThreads(options.RingSize), cancellationToken);
    }

    /// <summary>Starts a shard whose stages are run by <paramref name="stages"/>; its options need not be within the limits of a server.</summary>
    internal static async Task<Shard> StartAsync(
        ShardOptions options, IShardStore store, IShardReader reader, ReceiptKeys keys, ISourceDirectory sources, TimeProvider clock, ILogger logger,
        IStageRunner stages, CancellationToken cancellationToken)
    {
        if (!keys.Has(options.Rules.KeyEpoch))
        {
            throw new ArgumentException($"Rules.KeyEpoch is {options.Rules.KeyEpoch}, which has no receipt key.");
        }

        long started = Stopwatch.GetTimestamp();
        var head = await store.OpenAsync(cancellationToken);
        var state = await Recovery.RecoverAsync(options.Identity, reader, WindowOf(sources), logger, cancellationToken);
        if (state.LastNumber != head.Number)
        {
            throw new StoreRefusedException(
                $"The shard's row says number {head.Number}, its entries end at {state.LastNumber}. Run 'txcore verify' before anything else.");
        }

        if (state.KeyEpochs.FirstOrDefault(epoch => !keys.Has(epoch.KeyEpoch)) is { FromNumber: > 0 } missing)
        {
            throw new ArgumentException(
                $"The receipt key of epoch {missing.KeyEpoch}, in force from number {missing.FromNumber}, is missing: its tickets could not be told again.");
        }

        var shard = new Shard(options, store, reader, keys, sources, clock, logger, stages, state, head);
        try
        {
            await shard.RunAsync(cancellationToken);
        }
        catch
        {
            await shard.DisposeAsync();
            throw;
        }

        logger.ShardServes(
            options.Identity.Shard, options.Identity.Channel, shard.Head.Number + 1, head.Epoch, state.Sources.Count,
            (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return shard;
    }

    /// <summary>
    /// Takes nothing new, finishes what was taken, closes the sessions; true when everything was answered within
    /// <paramref name="timeout"/>.
    /// </summary>
    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        _draining = true;
        _logger.ShardDrains(Identity.Shard);
        while (Intake.Waiting > 0 && !Failure.HasFailed && Stopwatch.GetElapsedTime(started) < timeout)
        {
            await Task.Delay(1);
        }

        // Closed before the last tick goes in, so that nothing can be taken behind it and stay without an answer.
        Intake.Close();
        bool finished = !Failure.HasFailed && await FlushRingAsync(timeout - Stopwatch.GetElapsedTime(started));
        RefuseSessions();
        await WaitForSessionsAsync(TimeSpan.FromSeconds(1));
        if (finished)
        {
            _logger.ShardStopped(Identity.Shard, Head.Number);
        }

        return finished;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _draining = true;
        Intake.Close();
        await _stopping.CancelAsync();
        await Task.WhenAll(_background);
        RefuseSessions();
        _stages.Halt();

        // A commit under way has its time to return; one that hangs is cut off with the store.
        await Task.WhenAny(_persist.Ended, Task.Delay(HaltPatience));
        await _store.DisposeAsync();
        _stopping.Dispose();
    }

    private static Func<uint, int> WindowOf(ISourceDirectory sources) => id => sources.Find(id)?.Window ?? 64;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _stages.Start();
        var started = new Signal();
        PublishStart(started);
        if (!await started.WaitAsync(Failure, Timeout.InfiniteTimeSpan, cancellationToken))
        {
            throw Failure.Reason!;
        }

        _background.Add(RunBackgroundAsync(_ticker.RunAsync));
        _background.Add(RunBackgroundAsync(SweepAsync));
        _background.Add(RunBackgroundAsync(_follower.RunAsync));
        _background.Add(RunBackgroundAsync(Totals.RunAsync));
        _background.Add(RunBackgroundAsync(WatchFailureAsync));
    }

    private void PublishStart(Signal signal)
    {
        if (!Intake.TryClaimOwn(out long slot))
        {
            throw new InvalidOperationException("The ring is full before the start.");
        }

        var work = Intake[slot];
        work.Reset(EventKind.Start, _clock.GetUnixMicroseconds(), Stopwatch.GetTimestamp());
        work.Type = Protocol.MessageType.Started;
        work.Session = signal;
        work.Command.AsSpan(0, SystemCommand.DeadlineBytes).Clear();
        work.CommandBytes = SystemCommand.DeadlineBytes + _options.Rules.Write(work.Command.AsSpan(SystemCommand.DeadlineBytes));
        Intake.Publish(slot, 1);
    }

    private async Task<bool> FlushRingAsync(TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        var flushed = new Signal();
        while (!_ticker.TryPublish(flushed))
        {
            if (Failure.HasFailed || Stopwatch.GetElapsedTime(started) >= timeout)
            {
                return false;
            }

            await Task.Delay(1);
        }

        var left = timeout - Stopwatch.GetElapsedTime(started);
        return await flushed.WaitAsync(Failure, left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None);
    }

    private async Task RunBackgroundAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The shard stops.
        }
        catch (Exception fault)
        {
            Failure.Fail(fault);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
        var watch = new ShardWatch(this, _decide, _logger);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var session in Registry.All())
            {
                session.Sweep();
            }

            watch.Look();
            _waitsForLong = watch.WaitsForLong;
        }
    }

    /// <summary>Ends all connections when the shard has failed: what they wait for will not come.</summary>
    private async Task WatchFailureAsync(CancellationToken cancellationToken)
    {
        await Failure.WaitAsync(cancellationToken);
        Intake.Close();
        _logger.ShardFailed(Identity.Shard, Failure.Reason);
        RefuseSessions();
    }

    private void RefuseSessions()
    {
        foreach (var session in Registry.All())
        {
            session.Refuse(Protocol.ResultCode.ShuttingDown, 0);
        }
    }

    private async Task WaitForSessionsAsync(TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        while (Registry.ConnectionCount > 0 && Stopwatch.GetElapsedTime(started) < timeout)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>A peer that only notices that its event went all the way.</summary>
    private sealed class Signal : ISessionPeer
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ulong Id => 0;

        public void Answer(TxEvent answered) => _done.TrySetResult(true);

        /// <summary>Waits for the event; false when the shard failed or the time was over before.</summary>
        public async Task<bool> WaitAsync(ShardFailure failure, TimeSpan timeout, CancellationToken cancellationToken)
        {
            _ = GiveUpWithAsync(failure);
            await using var cut = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), _done);
            await using var end = new Timer(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), _done, timeout, Timeout.InfiniteTimeSpan);
            return await _done.Task;
        }

        public void Flush()
        {
        }

        private async Task GiveUpWithAsync(ShardFailure failure)
        {
            await failure.Failed;
            _done.TrySetResult(false);
        }
    }
}
