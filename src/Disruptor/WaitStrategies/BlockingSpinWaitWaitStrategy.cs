namespace Disruptor;

/// <summary>
/// Sleeps on a lock until the cursor moves, then spins, yields and sleeps up to a millisecond at a time for the stages before.
/// </summary>
public sealed class BlockingSpinWaitWaitStrategy : IWaitStrategy
{
    private readonly CursorGate _gate = new();

    /// <inheritdoc/>
    public bool IsBlockingStrategy => true;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        _gate.WaitForCursor(sequence, dependentSequences, Timeout.InfiniteTimeSpan, cancellationToken);
        return new SequenceWaitResult(dependentSequences.SpinWaitFor(sequence, cancellationToken));
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        _gate.SignalAll();
    }
}
