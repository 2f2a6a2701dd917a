namespace Disruptor;

/// <summary>How a stage waits for its next event: the trade between latency and processor time.</summary>
public interface IWaitStrategy
{
    /// <summary>Whether producers must call <see cref="SignalAllWhenBlocking"/> after each publication.</summary>
    bool IsBlockingStrategy { get; }

    /// <summary>
    /// Waits until <paramref name="dependentSequences"/> reaches <paramref name="sequence"/> and returns how far it is, or a timeout.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken);

    /// <summary>Wakes the stages that wait, because the cursor has moved or a token was cancelled.</summary>
    void SignalAllWhenBlocking();
}
