namespace Disruptor;

/// <summary>
/// Spins a hundred times, then yields the processor between looks: low latency, and others may run, but the core stays busy.
/// </summary>
public sealed class YieldingWaitStrategy : IWaitStrategy
{
    private const int SpinCount = 100;

    /// <inheritdoc/>
    public bool IsBlockingStrategy => false;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        var spinsLeft = SpinCount;
        long available;
        while ((available = dependentSequences.Value) < sequence)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (spinsLeft > 0)
            {
                spinsLeft--;
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }

        return new SequenceWaitResult(available);
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps where a producer could wake them.
    }
}
