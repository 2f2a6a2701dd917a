namespace Disruptor;

/// <summary>
/// Spins, yields and sleeps up to a millisecond at a time, as <see cref="SpinWait"/> does.
/// </summary>
public sealed class SpinWaitWaitStrategy : IWaitStrategy
{
    /// <inheritdoc/>
    public bool IsBlockingStrategy => false;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        return new SequenceWaitResult(dependentSequences.SpinWaitFor(sequence, cancellationToken));
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps where a producer could wake them.
    }
}
