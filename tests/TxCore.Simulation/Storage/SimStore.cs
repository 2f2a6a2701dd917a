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
    public StoreHealth Health { get; } = new();

    public long Epoch { get; private set; }

    /// <summary>What happens to the next commit.</summary>
    public StoreFault Armed { get; set; }

    public async ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken)
    {
        await world.PauseAsync(process, 3000);
        while (world.Now < world.StoreDownUntil)
        {
            Health.RecordRetry("the database is away");
            await world.PauseAsync(process, 50_000);
        }

        world.Database.TryClaim(process.Id, fromOthers: true, out var head);
        Epoch = head.Epoch;
        await world.PauseAsync(process, 3000);
        Health.RecordCommit();
        return head;
    }

    public ValueTask CommitAsync(RowBatch batch)
    {
        var stored = StoredBatch.Copy(batch);
        bool isHeld = true;
        while (!TryCommit(stored, ref isHeld))
        {
            Health.RecordRetry("the commit was not answered");
            Wait(20_000);
        }

        Health.RecordCommit();
        return default;
    }

    public ValueTask FenceAsync()
    {
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
    private bool TryCommit(StoredBatch batch, ref bool isHeld)
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

        var fault = Armed;
        Armed = StoreFault.None;
        if (fault != StoreFault.None)
        {
            world.Faults.Count(fault.ToString());
        }

        Travel(batch, fault == StoreFault.Slow ? 900_000 : 3000);
        if (world.Now < world.StoreDownUntil || fault == StoreFault.Refused)
        {
            isHeld = false;
            return false;
        }

        return fault is StoreFault.StoredUnanswered or StoreFault.LostUnanswered or StoreFault.LateUnanswered
            ? LoseReply(batch, fault, ref isHeld)
            : Store(batch, fault);
    }

    private bool Store(StoredBatch batch, StoreFault fault)
    {
        if (fault == StoreFault.PlainRow)
        {
            Health.RecordPlainRow();
        }

        if (!world.Database.TryAppend(batch, Epoch))
        {
            throw Fenced();
        }

        Wait(2000);
        return true;
    }

    private bool LoseReply(StoredBatch batch, StoreFault fault, ref bool isHeld)
    {
        Health.RecordAmbiguousCommit();
        if (fault == StoreFault.StoredUnanswered)
        {
            world.Database.TryAppend(batch, Epoch);
        }
        else if (fault == StoreFault.LateUnanswered)
        {
            long epoch = Epoch;
            world.At(world.Now + world.Random.Between(100, 120_000), () => world.Saw(world.Database.TryAppend(batch, epoch) ? Sight.LateCommitStored : Sight.LateCommitRefused));
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
    private void Travel(StoredBatch batch, int longest)
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
                world.At(world.Now + world.Random.Between(100, 60_000), () => world.Saw(world.Database.TryAppend(batch, epoch) ? Sight.CommitOfDeadProcess : Sight.LateCommitRefused));
            }

            throw;
        }
    }

    private void Wait(int longest) => world.Run(process, world.Now + world.Random.Between(longest > 100_000 ? longest / 2 : 50, longest));

    private static bool IsSame(ChainHead head, StoredBatch batch) => head.Batch == batch.Batch && head.Hash.AsSpan().SequenceEqual(batch.Hash);

    private StoreFencedException Fenced() => new($"Process {process.Id} was replaced by process {world.Database.Writer}.");
}
