using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Clients;
using TxCore.Simulation.Storage;
using TxCore.Storage;

namespace TxCore.Simulation.Engine;

/// <summary>A server process: the real shard, wired as in production, on simulated clocks, stages, store and network.</summary>
internal sealed class SimProcess
{
    private readonly World _world;
    private readonly List<Action> _whileFrozen = [];
    private Task<Shard>? _starting;

    public SimProcess(World world, int id)
    {
        (_world, Id) = (world, id);
        Context = new SimContext(world);
        Clock = new SimClock(world, this);
        Store = new SimStore(world, this);
        Reader = Planting.Around(world, new SimReader(world, this));
        Stages = new SteppedStages(world.Setup.RingSize, (stage, handler) => Planting.Around(world, this, stage, handler), world.Bug);
    }

    public int Id { get; }

    public SimContext Context { get; }

    public SimClock Clock { get; }

    public SteppedStages Stages { get; }

    public SimStore Store { get; }

    public IShardReader Reader { get; }

    public Shard? Shard { get; private set; }

    public List<SimLink> Links { get; } = [];

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    public bool IsStarting => _starting is not null && Shard is null && !IsDead;

    public bool IsServing => Shard is not null && !IsDead;

    /// <summary>The shard has ended itself and the process is about to exit.</summary>
    public bool IsEnding { get; private set; }

    public void Start()
    {
        _world.Say($"process {Id} starts");
        using (Enter())
        {
            _starting = Shard.StartAsync(
                _world.Setup.Options, Store, Reader, Setup.Keys, SimSources.Instance, Clock, NullLogger.Instance, Stages, CancellationToken.None);
        }
    }

    /// <summary>What runs until the scope ends belongs to this process: what it awaits goes on in its context.</summary>
    public Scope Enter() => new(Context);

    /// <summary>Runs an event of the process, or keeps it while the process is frozen.</summary>
    public void Run(Action action)
    {
        if (IsFrozen)
        {
            _whileFrozen.Add(action);
        }
        else if (!IsDead)
        {
            using (Enter())
            {
                action();
            }
        }
    }

    /// <summary>Looks at what has become of the process; called after every step.</summary>
    public void Look()
    {
        if (IsDead || IsEnding)
        {
            return;
        }

        if (Shard is { Intake.Waiting: > 0 })
        {
            _world.Saw(Sight.WaitedForRoom);
        }

        if (Stages.Failure is { HasFailed: true } failure)
        {
            End(failure);
        }
        else if (_starting is { IsCompleted: true } started && Shard is null)
        {
            if (started.IsCompletedSuccessfully)
            {
                Shard = started.Result;
                _world.Say($"process {Id} serves from number {Shard.Head.Number}, epoch {Store.Epoch}");
                _world.Check.Recovered(this);
            }
            else
            {
                CheckReason(started.Exception!.InnerException!);
                Kill();
            }
        }
    }

    public void Freeze()
    {
        _world.Say($"process {Id} freezes");
        IsFrozen = true;
    }

    public void Thaw()
    {
        if (IsFrozen)
        {
            _world.Say($"process {Id} thaws");
            IsFrozen = false;
            foreach (var action in _whileFrozen)
            {
                _world.At(_world.Now, action, this);
            }

            _whileFrozen.Clear();
        }
    }

    /// <summary>Ends the process where it stands; nothing of it runs any more.</summary>
    public void Kill()
    {
        if (IsDead)
        {
            return;
        }

        _world.Say($"process {Id} dies");
        if (Shard?.Figures.Sessions.Closed().Any(static closed => closed.Key == nameof(ResultCode.SlowReader)) == true)
        {
            _world.Saw(Sight.SlowReader);
        }

        if (!Store.Ahead.IsEmpty)
        {
            _world.Saw(Sight.AheadOfDeadProcess);
        }

        IsDead = true;
        IsFrozen = false;
        Forget();
        foreach (var link in Links)
        {
            if (!link.IsGone && _world.Random.Percent(80))
            {
                link.Cut();
            }
        }
    }

    /// <summary>Lets go of what still waits: nothing of the process runs any more.</summary>
    public void Forget()
    {
        Context.Drop();
        Clock.Stop();
    }

    private void End(ShardFailure failure)
    {
        IsEnding = true;
        CheckReason(failure.Reason!);

        // A server whose start failed exits; one that served says so to its clients first.
        if (Shard is null)
        {
            Kill();
        }
        else
        {
            _world.At(_world.Now + _world.Random.Between(200, 30_000), Kill);
        }
    }

    private void CheckReason(Exception reason)
    {
        _world.Say($"process {Id} ends: {reason.Message}");
        bool isReplaced = reason is StoreFencedException or StoreRefusedException && _world.Database.Writer != Id;
        _world.Saw(Sight.WriterReplaced);
        bool cannotRead = reason is IOException && Shard is null;
        if (!isReplaced && !cannotRead)
        {
            _world.Violate($"process {Id} ended without having been replaced: {reason}");
        }
    }

    internal readonly struct Scope : IDisposable
    {
        private readonly SynchronizationContext? _before;

        public Scope(SimContext context)
        {
            _before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(context);
        }

        public void Dispose() => SynchronizationContext.SetSynchronizationContext(_before);
    }
}
