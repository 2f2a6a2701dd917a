namespace Disruptor;

/// <summary>
/// Spins, then yields, then sleeps a millisecond between looks: little processor time, up to a millisecond more latency.
/// </summary>
public sealed class SleepingWaitStrategy : IWaitStrategy
{
    private const int YieldCount = 100;
    private readonly int _retries;

    /// <summary>Sleeps after <paramref name="retries"/> looks, the last hundred of which yield.</summary>
    public SleepingWaitStrategy(int retries = 200)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        _retries = retries;
    }

    /// <inheritdoc/>
    public bool IsBlockingStrategy => false;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        var retriesLeft = _retries;
        long available;
        while ((available = dependentSequences.Value) < sequence)
        {
            cancellationToken.ThrowIfCancellationRequested();
            retriesLeft = WaitOnce(retriesLeft);
        }

        return new SequenceWaitResult(available);
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps where a producer could wake them.
    }

    private static int WaitOnce(int retriesLeft)
    {
        if (retriesLeft == 0)
        {
            Thread.Sleep(1);
            return 0;
        }

        if (retriesLeft > YieldCount)
        {
            Thread.SpinWait(1);
        }
        else
        {
            Thread.Yield();
        }

        return retriesLeft - 1;
    }
}
