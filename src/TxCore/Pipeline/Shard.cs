using System.Collections.Concurrent;
using System.Diagnostics;
using Disruptor;
using Disruptor.Dsl;
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
    private readonly Disruptor<TxEvent> _disruptor;
    private readonly DecideStage _decide;
    private readonly PersistStage _persist;
    private readonly SnapshotFollower _follower;
    private readonly ConcurrentDictionary<uint, Draw> _draws;
    private readonly Ticker _ticker;
    private readonly List<Task> _background = [];
    private volatile bool _draining;
    private bool _disposed;

    private Shard(
        ShardOptions options, IShardStore store, IShardReader reader, ReceiptKeys keys, ISourceDirectory sources, TimeProvider clock, ILogger logger,
        ShardState state, ChainHead head)
    {
        (_options, _store, _clock, _logger) = (options, store, clock, logger);

        // The way of a transaction, whole: session -> ring -> 1 decide -> 2 persist -> 3 reply -> session.
        var wait = new StageWaitStrategy();
        _disruptor = new Disruptor<TxEvent>(static () => new TxEvent(), options.RingSize, TaskScheduler.Default, ProducerType.Multi, wait);
        Intake = new Intake(_disruptor.RingBuffer, options.ControlReserve);
        _ticker = new Ticker(Intake, options, clock);
        Board = new DefinitionsBoard(clock);
        Board.Load(state);
        Registry = new SessionRegistry(options.Limits.ConnectionsMax);
        _decide = new DecideStage(new Decider(state, keys), wait, Failure);
        _persist = new PersistStage(store, options.Identity, head, options.BatchEventsMax, wait, Failure);
        _draws = state.Draws;
        var draws = new DrawPreparer(state.Draws);
        var recent = new RecentRows(options.RecentRowsBytesMax);
        Ticketing = new TicketingBoard(draws, clock);
        Ticketing.Load(state);
        Totals = new PoolTotalsBoard(state, reader, options.TotalsBufferBytesMax, clock, logger);
        var reply = new ReplyStage(Board, Ticketing, Totals, recent, new ReceiptSealer(options.Identity, keys), Registry, Intake, Latencies, Failure);
        _disruptor.SetDefaultExceptionHandler(new StageExceptionHandler(Failure));
        _disruptor.HandleEventsWith(_decide).Then(_persist).Then(reply);

        Services = new SessionServices(
            options.Identity, Intake, this, Registry, Board, sources, reader, new RaceSettler(options.Identity, reader, Board, logger), Totals,
            recent, Ticketing, draws, new PaymentsFeed(reader, Board, () => Ticketing.AcknowledgedPayments, logger), new AnswerEncoder(options.Identity, keys), options.Limits, clock, logger);
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

    /// <summary>Latency of every stage.</summary>
    public StageLatencies Latencies { get; } = new();

    /// <summary>The end of the chain as committed.</summary>
    public ChainHead Head => _persist.Head;

    /// <summary>What the store is going through.</summary>
    public StoreHealth StoreHealth => _store.Health;

    /// <summary>The shard.</summary>
    public ShardIdentity Identity => _options.Identity;

    /// <summary>Number of the last snapshot written in this run; 0 for none.</summary>
    public long LastSnapshot => _follower.LastSnapshot;

    /// <summary>Why the shard is not ready although it works, such as a partition missing for tomorrow; null when nothing is wrong.</summary>
    public string? UpkeepTrouble { get; set; }

    /// <inheritdoc/>
    public bool IsDraining => _draining || Failure.HasFailed;

    /// <inheritdoc/>
    public bool IsStalled => _persist.CommitStartedTicks is var started and not 0
        && Stopwatch.GetElapsedTime(started).TotalMilliseconds > _options.CommitStallMilliseconds;

    /// <inheritdoc/>
    public bool IsBusy => _draining || Failure.HasFailed || IsStalled;

    /// <summary>True when the shard takes transactions; otherwise <paramref name="reason"/> says why not.</summary>
    public bool IsReady(out string reason)
    {
        reason = Failure.HasFailed ? $"failed: {Failure.Reason!.Message}"
            : _draining ? "draining"
            : IsStalled ? $"no commit for {_options.CommitStallMilliseconds} ms: {_store.Health.Trouble ?? "PostgreSQL does not answer"}"
            : _decide.IsTimeHeld ? "the clock stepped forward and waits to be confirmed"
            : UpkeepTrouble ?? "";
        return reason.Length == 0;
    }

    /// <summary>Takes the shard, recovers it, and starts its stages; returns once its start is durable.</summary>
    public static async Task<Shard> StartAsync(
        ShardOptions options, IShardStore store, IShardReader reader, ReceiptKeys keys, ISourceDirectory sources, TimeProvider clock, ILogger logger,
        CancellationToken cancellationToken)
    {
        options.Validate();
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

        var shard = new Shard(options, store, reader, keys, sources, clock, logger, state, head);
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
        _disruptor.Halt();

        // A commit under way has its time to return; one that hangs is cut off with the store.
        await Task.WhenAny(_persist.Ended, Task.Delay(HaltPatience));
        await _store.DisposeAsync();
        _stopping.Dispose();
    }

    private static Func<uint, int> WindowOf(ISourceDirectory sources) => id => sources.Find(id)?.Window ?? 64;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _disruptor.Start();
        var started = new Signal();
        PublishStart(started);
        var first = await Task.WhenAny(started.Task, Failure.Failed).WaitAsync(cancellationToken);
        if (first == Failure.Failed)
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
        return await Task.WhenAny(flushed.Task, Failure.Failed, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero)) == flushed.Task;
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
        }
    }

    /// <summary>Ends all connections when the shard has failed: what they wait for will not come.</summary>
    private async Task WatchFailureAsync(CancellationToken cancellationToken)
    {
        await Failure.Failed.WaitAsync(cancellationToken);
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
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ulong Id => 0;

        public Task Task => _done.Task;

        public void Answer(TxEvent answered) => _done.TrySetResult();

        public void Flush()
        {
        }
    }
}
