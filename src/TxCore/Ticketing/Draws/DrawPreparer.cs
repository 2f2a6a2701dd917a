using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TxCore.Pipeline;
using TxCore.Protocol.Messages;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// Works out lists and orders beside the ring, each once, however often it is asked for. Called only about draws whose close is
/// committed: their keys do not change any more and may be read by any thread.
/// </summary>
public sealed class DrawPreparer(ConcurrentDictionary<uint, Draw> draws)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Task<PreparedList>> _lists = [];
    private readonly Dictionary<uint, (DrawRun Run, Task<PreparedOrder> Order)> _orders = [];

    /// <summary>Begins with the list of a closed draw.</summary>
    public void Begin(uint draw) => TryGetList(draw, out _);

    /// <summary>The list of a closed draw, under way or ready; false when the draw is not known.</summary>
    public bool TryGetList(uint id, [NotNullWhen(true)] out Task<PreparedList>? list)
    {
        list = null;
        if (!draws.TryGetValue(id, out var draw))
        {
            return false;
        }

        lock (_gate)
        {
            if (!_lists.TryGetValue(id, out list) || list.IsFaulted)
            {
                list = Task.Run(() => DrawWork.List(draw));
                _lists[id] = list;
            }

            return true;
        }
    }

    /// <summary>The order of a frozen draw; null when the draw is not known, or the run will be refused anyway: its secret or its persons.</summary>
    public async Task<PreparedOrder?> OrderAsync(DrawRun run)
    {
        if (!draws.TryGetValue(run.Draw, out var draw) || !ResultRules.HasSecondActor(run.Control)
            || !DrawCommitment.Commit(draw.NameText, draw.Root, run.Secret).AsSpan().SequenceEqual(draw.Commitment) || !TryGetList(run.Draw, out var listTask))
        {
            return null;
        }

        var list = await listTask;
        Task<PreparedOrder> order;
        lock (_gate)
        {
            bool isKnown = _orders.TryGetValue(run.Draw, out var known) && !known.Order.IsFaulted
                && known.Run.Secret.AsSpan().SequenceEqual(run.Secret) && known.Run.Randomness.AsSpan().SequenceEqual(run.Randomness);
            order = isKnown ? known.Order : Task.Run(() => DrawWork.Order(draw, list.Sorted, run.Secret, run.Randomness));
            _orders[run.Draw] = (run, order);
        }

        return await order;
    }

    /// <summary>The root of a list, empty while it is being worked out.</summary>
    public byte[] RootOf(uint draw)
    {
        lock (_gate)
        {
            return _lists.TryGetValue(draw, out var task) && task.IsCompletedSuccessfully ? task.Result.Root : [];
        }
    }

    /// <summary>Lets go of what is not needed any more.</summary>
    public void Forget(uint draw)
    {
        lock (_gate)
        {
            _lists.Remove(draw);
            _orders.Remove(draw);
        }
    }
}
