using TxCore.Simulation.Storage;

namespace TxCore.Simulation.Checks;

/// <summary>
/// Rows written ahead: in at most two transactions of a process, never readable before their commit, never committed after they were undone,
/// and never twice. That they come in their turn, as they were chained, <see cref="Committed"/> says.
/// </summary>
internal sealed partial class Checker
{
    private const int AheadMax = 2;

    private readonly HashSet<SimTransaction> _committedAhead = [];

    /// <summary>Rows begin to be written ahead by a process that has so many transactions open.</summary>
    public void Began(SimTransaction rows, int open)
    {
        if (open > AheadMax)
        {
            _world.Violate($"process {rows.Writer} writes batch {rows.Asked.Batch} ahead, the third at once");
        }

        if (rows.Asked.Batch <= _lastBatch && _world.Database.Writer == rows.Writer)
        {
            _world.Violate($"process {rows.Writer} writes batch {rows.Asked.Batch} ahead, which is stored");
        }
    }

    /// <summary>A transaction whose rows were written ahead is committed.</summary>
    public void CommittedAhead(SimTransaction rows)
    {
        if (rows.IsUndone || !_committedAhead.Add(rows))
        {
            _world.Violate($"rows of batch {rows.Asked.Batch} that were {(rows.IsUndone ? "undone" : "committed")} are committed");
        }

        if (rows.Rows is null || !rows.Rows.IsSame(rows.Asked))
        {
            _world.Violate($"batch {rows.Asked.Batch} is committed with other rows than were written ahead");
        }
    }

    /// <summary>A server has read an entry.</summary>
    public void Read(long number)
    {
        if (number > _entries.Count)
        {
            _world.Violate($"number {number} is read, stored are {_entries.Count}");
        }
    }
}
