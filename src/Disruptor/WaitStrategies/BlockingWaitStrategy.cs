namespace Disruptor;

/// <summary>
/// Sleeps on a lock until the cursor moves, then spins and yields for the stages before. No processor time while the ring is idle;
/// a wake-up costs some microseconds. A stage behind a slow one keeps a core busy: see <see cref="BlockingSpinWaitWaitStrategy"/>.
/// </summary>
public sealed class BlockingWaitStrategy : IWaitStrategy
{
    private readonly CursorGate _gate = new();

    /// <inheritdoc/>
    public bool IsBlockingStrategy => true;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        _gate.WaitForCursor(sequence, dependentSequences, Timeout.InfiniteTimeSpan, cancellationToken);
        return new SequenceWaitResult(dependentSequences.AggressiveSpinWaitFor(sequence, cancellationToken));
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        _gate.SignalAll();
    }
}
