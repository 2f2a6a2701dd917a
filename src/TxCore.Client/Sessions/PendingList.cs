using System.Diagnostics.CodeAnalysis;

namespace TxCore.Client.Sessions;

/// <summary>Transactions without an outcome, in sequence order, found by sequence. Not thread-safe.</summary>
internal sealed class PendingList
{
    private readonly Dictionary<ulong, PendingTransaction> _bySequence = [];
    private PendingTransaction? _last;

    public PendingTransaction? First { get; private set; }

    public int Count => _bySequence.Count;

    public IEnumerable<PendingTransaction> All
    {
        get
        {
            for (var pending = First; pending is not null; pending = pending.Next)
            {
                if (!pending.IsDecided)
                {
                    yield return pending;
                }
            }
        }
    }

    public bool TryFind(ulong sequence, [NotNullWhen(true)] out PendingTransaction? pending) => _bySequence.TryGetValue(sequence, out pending);

    public void Append(PendingTransaction pending)
    {
        _bySequence.Add(pending.Sequence, pending);
        if (_last is null)
        {
            First = pending;
        }
        else
        {
            _last.Next = pending;
        }

        _last = pending;
    }

    /// <summary>Takes one out. It keeps its <see cref="PendingTransaction.Next"/>, so that a cursor standing on it can go on.</summary>
    public void Remove(PendingTransaction pending)
    {
        pending.IsDecided = true;
        _bySequence.Remove(pending.Sequence);
        while (First is { IsDecided: true })
        {
            First = First.Next;
        }

        if (First is null)
        {
            _last = null;
        }
    }
}
