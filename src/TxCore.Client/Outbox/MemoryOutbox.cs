namespace TxCore.Client;

/// <summary>
/// An outbox that lasts as long as it is referenced. It survives lost connections, and a client that is replaced by another in the
/// same process; it does not survive the process.
/// </summary>
public sealed class MemoryOutbox : IOutbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OutboxEntry> _unanswered = [];
    private ulong _nextSequence = 1;
    private ulong _highestNumber;

    internal ulong HighestNumber
    {
        get
        {
            lock (_gate)
            {
                return _highestNumber;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(OutboxEntry entry)
    {
        Append(entry);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(ulong sequence, ulong number)
    {
        Complete(sequence, number);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<OutboxContents> LoadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Contents());

    internal void Start(ulong nextSequence, ulong highestNumber)
    {
        lock (_gate)
        {
            _nextSequence = nextSequence;
            _highestNumber = highestNumber;
        }
    }

    internal void Append(OutboxEntry entry)
    {
        lock (_gate)
        {
            _unanswered[entry.Sequence] = entry;
            _nextSequence = Math.Max(_nextSequence, entry.Sequence + 1);
        }
    }

    internal void Complete(ulong sequence, ulong number)
    {
        lock (_gate)
        {
            _unanswered.Remove(sequence);
            _highestNumber = Math.Max(_highestNumber, number);
        }
    }

    internal OutboxContents Contents()
    {
        lock (_gate)
        {
            OutboxEntry[] entries = [.. _unanswered.Values.OrderBy(entry => entry.Sequence)];
            return new OutboxContents(entries, _nextSequence, _highestNumber);
        }
    }
}
