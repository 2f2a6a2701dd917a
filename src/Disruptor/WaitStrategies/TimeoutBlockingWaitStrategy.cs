namespace Disruptor;

/// <summary>
/// Like <see cref="BlockingWaitStrategy"/>, but a stage whose cursor does not move within the timeout gets OnTimeout.
/// </summary>
public sealed class TimeoutBlockingWaitStrategy : IWaitStrategy
{
    private readonly CursorGate _gate = new();
    private readonly TimeSpan _timeout;

    /// <summary>Times out after <paramref name="timeout"/>, counted in whole milliseconds.</summary>
    public TimeoutBlockingWaitStrategy(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _timeout = timeout;
    }

    /// <inheritdoc/>
    public bool IsBlockingStrategy => true;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        if (!_gate.WaitForCursor(sequence, dependentSequences, _timeout, cancellationToken))
        {
            return SequenceWaitResult.Timeout;
        }

        return new SequenceWaitResult(dependentSequences.AggressiveSpinWaitFor(sequence, cancellationToken));
    }

    /// <inheritdoc/>
    public void SignalAllWhenBlocking()
    {
        _gate.SignalAll();
    }
}
