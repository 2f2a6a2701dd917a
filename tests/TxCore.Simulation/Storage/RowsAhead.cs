using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Storage;

/// <summary>What may happen around rows that are written ahead.</summary>
internal enum AheadFault
{
    None,

    /// <summary>The rows take longer than a shard may stall.</summary>
    AheadSlow,

    /// <summary>One of the rows is refused.</summary>
    AheadRefused,

    /// <summary>Their connection is lost while they are on their way.</summary>
    AheadLost,

    /// <summary>Their connection is lost after the commit of the batch before.</summary>
    AheadLostBehindCommit,

    /// <summary>There is no second connection.</summary>
    AheadSecondRefused,

    /// <summary>The process dies with rows ahead, before the batch before them is committed.</summary>
    AheadKilledBeforeCommit,

    /// <summary>The process dies between the commit of a batch and the one whose rows are ahead.</summary>
    AheadKilledBetweenCommits,

    /// <summary>The reply to a commit is lost while rows are ahead, and the process dies while it finds out.</summary>
    AheadKilledInRecovery,
}

/// <summary>
/// The rows that a process has written ahead, as the real store does it: at most two batches, each in a transaction over a connection of its
/// own; the first failure gives both up. It also holds the persist stage to its part of the contract.
/// </summary>
internal sealed class RowsAhead(World world, SimProcess process)
{
    private const int BatchesMax = 2;

    /// <summary>A second connection that cannot be had is tried again; sooner than the ten seconds of the real store, for a run is short.</summary>
    private const long SecondPause = 500_000;

    private readonly List<SimTransaction> _ahead = [];
    private bool _hasSecond;
    private long _noSecondBefore;

    /// <summary>What happens next to rows ahead.</summary>
    public AheadFault Armed { get; set; }

    public bool IsEmpty => _ahead.Count == 0;

    /// <summary>Begins to write rows; does nothing when they are not the next ones, or there is no connection for them.</summary>
    public void Write(RowBatch batch, long committed)
    {
        long last = IsEmpty ? committed : _ahead[^1].Asked.Batch;
        bool isLeft = world.Random.Percent(6) || batch.Batch != last + 1 || _ahead.Count == BatchesMax || (!IsEmpty && !HasSecond());
        if (isLeft)
        {
            world.Saw(Sight.AheadLeft);
            return;
        }

        var rows = new SimTransaction(batch, process.Id);
        _ahead.Add(rows);
        world.Database.Begin(rows);
        world.Saw(_ahead.Count == BatchesMax ? Sight.TwoAhead : Sight.OneAhead);
        world.Say($"rows of batch {batch.Batch} are on their way, {_ahead.Count} ahead");
        bool isSlow = TakeFault(AheadFault.AheadSlow), isRefused = TakeFault(AheadFault.AheadRefused), isLost = TakeFault(AheadFault.AheadLost);
        int longest = isSlow ? 900_000 : 3000;
        world.At(world.Now + world.Random.Between(longest / 60, longest), () => Arrive(rows, isRefused, isLost), process);
    }

    /// <summary>The rows of a batch, once they have arrived or failed; null when they were not written ahead.</summary>
    public SimTransaction? Await(RowBatch batch)
    {
        if (IsEmpty)
        {
            return null;
        }

        if (_ahead[0].Given != batch)
        {
            world.Violate($"batch {batch.Batch} is committed while the rows of batch {_ahead[0].Asked.Batch} are ahead of it");
        }

        var rows = _ahead[0];
        Settle(rows);
        if (!rows.Asked.IsSame(StoredBatch.Copy(batch)))
        {
            world.Violate($"batch {batch.Batch} has changed since its rows were written ahead");
        }

        return rows;
    }

    /// <summary>The commit of a batch is sent, or known to be needless: its rows are ahead no more.</summary>
    public void Remove(SimTransaction rows) => _ahead.Remove(rows);

    /// <summary>Undoes what is ahead and keeps the connections; the batches are written again when their turn comes.</summary>
    public void Drop()
    {
        foreach (var rows in _ahead.ToArray())
        {
            Settle(rows);
            world.Database.Undo(rows);
            world.Saw(Sight.AheadUndone);
        }

        _ahead.Clear();
    }

    /// <summary>Gives the connections up, once nothing uses them. What is in them stays with the database until it ends their processes.</summary>
    public void Lose()
    {
        if (world.Bug == PlantedBug.AheadLossUnnoticed)
        {
            return;
        }

        foreach (var rows in _ahead.ToArray())
        {
            DieWhen(AheadFault.AheadKilledInRecovery);
            Settle(rows);
            world.Saw(Sight.AheadUndone);
        }

        _ahead.Clear();
        _hasSecond = false;
    }

    /// <summary>A batch has been stored: what is ahead of the next one may go wrong now.</summary>
    public void BatchStored()
    {
        if (IsEmpty)
        {
            return;
        }

        DieWhen(AheadFault.AheadKilledBetweenCommits);
        if (TakeFault(AheadFault.AheadLostBehindCommit))
        {
            _ahead[0].State = RowsState.Lost;
        }
    }

    /// <summary>A batch is about to be committed while the rows of the next may be ahead.</summary>
    public void BeforeCommit()
    {
        if (!IsEmpty)
        {
            DieWhen(AheadFault.AheadKilledBeforeCommit);
        }
    }

    /// <summary>True when the reply to this commit is lost so that the process can die while it recovers.</summary>
    public bool LosesReply => !IsEmpty && Armed == AheadFault.AheadKilledInRecovery;

    /// <summary>The transactions that a bug commits out of their turn: those of which all rows have arrived.</summary>
    public SimTransaction? Following => _ahead.Find(static rows => rows.State == RowsState.Written);

    private bool HasSecond()
    {
        if (_hasSecond || world.Now < _noSecondBefore)
        {
            return _hasSecond;
        }

        world.Wait(process, 2000);
        _hasSecond = world.Now >= world.StoreDownUntil && !TakeFault(AheadFault.AheadSecondRefused);
        _noSecondBefore = world.Now + SecondPause;
        return _hasSecond;
    }

    private void Arrive(SimTransaction rows, bool isRefused, bool isLost)
    {
        if (rows.State != RowsState.OnTheirWay)
        {
            return;
        }

        rows.State = isLost || world.Now < world.StoreDownUntil ? RowsState.Lost : isRefused ? RowsState.Refused : RowsState.Written;
        rows.Rows = rows.State == RowsState.Written ? StoredBatch.Copy(rows.Given) : null;
    }

    private void Settle(SimTransaction rows)
    {
        while (rows.State == RowsState.OnTheirWay)
        {
            world.Wait(process, 500);
        }
    }

    private bool TakeFault(AheadFault fault)
    {
        if (Armed != fault)
        {
            return false;
        }

        Armed = AheadFault.None;
        world.Faults.Count(fault.ToString());
        return true;
    }

    /// <summary>The process dies here or a little later.</summary>
    private void DieWhen(AheadFault fault)
    {
        if (TakeFault(fault))
        {
            if (world.Random.Percent(50))
            {
                world.Wait(process, 1500);
            }

            process.Kill();
            throw new ProcessKilledException();
        }
    }
}
