namespace Disruptor;

/// <summary>
/// Spins and nothing else: the lowest latency, for stages that each own a core.
/// </summary>
public sealed class BusySpinWaitStrategy : IWaitStrategy
{
    /// <inheritdoc/>
    public bool IsBlockingStrategy => false;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        long available;
        while ((available = dependentSequences.Value) < sequence)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Thread.SpinWait(1);
        }

        return new SequenceWaitResult(available);
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps where a producer could wake them.
    }
}
