using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Storage;

/// <summary>What may happen to a commit on its way.</summary>
internal enum StoreFault
{
    None,

    /// <summary>It takes longer than a shard may stall.</summary>
    Slow,

    /// <summary>The server refuses it for now; nothing is stored.</summary>
    Refused,

    /// <summary>A row is refused and stored in plain form.</summary>
    PlainRow,

    /// <summary>It is stored, the reply is lost.</summary>
    StoredUnanswered,

    /// <summary>It is not stored, and no reply comes.</summary>
    LostUnanswered,

    /// <summary>No reply comes, and it is stored at some later moment, if its epoch is still in force then.</summary>
    LateUnanswered,
}

/// <summary>
/// The one writer of a process. While a commit is under way the persist stage waits, as its thread would, and everything else goes on:
/// the wait is a nested run of the simulation. A lost reply is resolved as <see cref="IShardStore"/> demands: the shard is taken under a
/// new epoch, and only what is read behind that claim is trusted.
/// </summary>
internal sealed class SimStore(World world, SimProcess process) : IShardStore
{
    private long _committed;

    public StoreHealth Health { get; } = new();

    public long Epoch { get; private set; }

    /// <summary>What happens to the next commit.</summary>
    public StoreFault Armed { get; set; }

    /// <summary>What was written ahead.</summary>
    public RowsAhead Ahead { get; } = new(world, process);

    public async ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken)
    {
        await world.PauseAsync(process, 3000);
        while (world.Now < world.StoreDownUntil)
        {
            Health.RecordRetry("the database is away");
            await world.PauseAsync(process, 50_000);
        }

        world.Database.TryClaim(process.Id, fromOthers: true, out var head);
        (Epoch, _committed) = (head.Epoch, head.Batch);
        await world.PauseAsync(process, 3000);
        Health.RecordCommit();
        return head;
    }

    public ValueTask WriteAheadAsync(RowBatch batch)
    {
        Ahead.Write(batch, _committed);
        return default;
    }

    public ValueTask CommitAsync(RowBatch batch)
    {
        var stored = StoredBatch.Copy(batch);
        bool isHeld = true, isSeparating = false;
        while (!TryCommit(batch, stored, ref isHeld, ref isSeparating))
        {
            Health.RecordRetry("the commit was not answered");
            if (world.Bug == PlantedBug.AheadCommittedAfterFailure && Ahead.Following is { Rows: { } rows } following)
            {
                world.Database.TryAppend(rows, Epoch, following);
            }

            if (!isHeld)
            {
                Ahead.Lose();
                Wait(20_000);
            }
        }

        _committed = batch.Batch;
        Ahead.BatchStored();
        Health.RecordCommit();
        return default;
    }

    public ValueTask FenceAsync()
    {
        if (!Ahead.IsEmpty)
        {
            world.Violate("the shard is proved while rows are written ahead, which hold its connections");
        }

        bool isHeld = true;
        while (world.Bug != PlantedBug.FenceNotProved)
        {
            Wait(2000);
            if (world.Now >= world.StoreDownUntil)
            {
                if (isHeld && Epoch != world.Database.Epoch && world.Bug != PlantedBug.EpochNotChecked)
                {
                    throw Fenced();
                }

                if (!isHeld)
                {
                    Retake();
                }

                Wait(2000);
                Health.RecordCommit();
                return default;
            }

            isHeld = false;
            Health.RecordRetry("the database is away");
            Wait(50_000);
        }

        return default;
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>One try; true when the batch is known to be stored under this writer's epoch.</summary>
    private bool TryCommit(RowBatch given, StoredBatch batch, ref bool isHeld, ref bool isSeparating)
    {
        if (!isHeld)
        {
            Wait(4000);
            if (world.Now < world.StoreDownUntil)
            {
                return false;
            }

            var head = Retake();
            Wait(2000);
            if (IsSame(head, batch))
            {
                return true;
            }

            if (head.Number + 1 != batch.FirstNumber || !head.Hash.AsSpan().SequenceEqual(batch.PreviousHash))
            {
                throw new StoreRefusedException($"Batch {batch.Batch} does not follow number {head.Number}.");
            }

            isHeld = true;
        }

        Ahead.BeforeCommit();
        var rows = Ahead.Await(given);
        if (rows is { State: not RowsState.Written })
        {
            return FailAhead(rows, ref isHeld, ref isSeparating);
        }

        return Send(batch, rows, ref isHeld, isSeparating);
    }

    /// <summary>Rows ahead did not arrive: a refused row is separated, for anything else the connections are given up.</summary>
    private bool FailAhead(SimTransaction rows, ref bool isHeld, ref bool isSeparating)
    {
        isHeld = isSeparating = rows.State == RowsState.Refused;
        if (isHeld)
        {
            Ahead.Drop();
        }

        return false;
    }

    /// <summary>Sends a commit, with rows or to the connection on which they are.</summary>
    private bool Send(StoredBatch batch, SimTransaction? rows, ref bool isHeld, bool isSeparating)
    {
        if (rows is not null)
        {
            Ahead.Remove(rows);
        }

        var fault = TakeFault();
        if (rows is not null && world.Bug == PlantedBug.AheadAnswered)
        {
            long epoch = Epoch;
            world.At(world.Now + world.Random.Between(100, 20_000), () => world.Database.TryAppend(batch, epoch, rows));
            return true;
        }

        if (world.Bug == PlantedBug.AheadSwapped && Ahead.Following is { Rows: { } next } following)
        {
            Ahead.Remove(following);
            world.Database.TryAppend(next, Epoch, following);
        }

        Travel(batch, rows, fault == StoreFault.Slow ? 900_000 : 3000);
        if (world.Now < world.StoreDownUntil || fault == StoreFault.Refused)
        {
            isHeld = false;
            return false;
        }

        return fault is StoreFault.StoredUnanswered or StoreFault.LostUnanswered or StoreFault.LateUnanswered
            ? LoseReply(batch, rows, fault, ref isHeld)
            : Store(batch, rows, fault == StoreFault.PlainRow || isSeparating);
    }

    private StoreFault TakeFault()
    {
        var fault = Armed;
        Armed = StoreFault.None;
        if (fault != StoreFault.None)
        {
            world.Faults.Count(fault.ToString());
        }

        // For a process to die while it finds out what became of a commit, with rows ahead, the reply must be lost first.
        return Ahead.LosesReply ? world.Random.Pick<StoreFault>([StoreFault.StoredUnanswered, StoreFault.LostUnanswered, StoreFault.LateUnanswered]) : fault;
    }

    private bool Store(StoredBatch batch, SimTransaction? rows, bool hasPlainRow)
    {
        if (hasPlainRow)
        {
            Health.RecordPlainRow();
        }

        if (!world.Database.TryAppend(batch, Epoch, rows))
        {
            throw Fenced();
        }

        Wait(2000);
        return true;
    }

    private bool LoseReply(StoredBatch batch, SimTransaction? rows, StoreFault fault, ref bool isHeld)
    {
        Health.RecordAmbiguousCommit();
        if (fault == StoreFault.StoredUnanswered)
        {
            world.Database.TryAppend(batch, Epoch, rows);
        }
        else if (fault == StoreFault.LateUnanswered)
        {
            long epoch = Epoch;
            world.At(world.Now + world.Random.Between(100, 120_000), () => world.Saw(world.Database.TryAppend(batch, epoch, rows) ? Sight.LateCommitStored : Sight.LateCommitRefused));
        }

        isHeld = world.Bug == PlantedBug.AmbiguousSentAgain;
        return world.Bug == PlantedBug.AmbiguousTakenAsStored;
    }

    private ChainHead Retake()
    {
        if (!world.Database.TryClaim(process.Id, fromOthers: false, out var head))
        {
            throw Fenced();
        }

        Epoch = head.Epoch;
        return head;
    }

    /// <summary>The commit is on its way: when its process dies meanwhile, it may arrive all the same, sooner or later.</summary>
    private void Travel(StoredBatch batch, SimTransaction? rows, int longest)
    {
        try
        {
            Wait(longest);
        }
        catch (ProcessKilledException)
        {
            if (world.Random.Percent(50))
            {
                long epoch = Epoch;
                world.At(world.Now + world.Random.Between(100, 60_000), () => world.Saw(world.Database.TryAppend(batch, epoch, rows) ? Sight.CommitOfDeadProcess : Sight.LateCommitRefused));
            }

            throw;
        }
    }

    private void Wait(int longest) => world.Wait(process, longest);

    private static bool IsSame(ChainHead head, StoredBatch batch) => head.Batch == batch.Batch && head.Hash.AsSpan().SequenceEqual(batch.Hash);

    private StoreFencedException Fenced() => new($"Process {process.Id} was replaced by process {world.Database.Writer}.");
}
