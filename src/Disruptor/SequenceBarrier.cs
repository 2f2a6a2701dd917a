namespace Disruptor;

/// <summary>Where a stage waits for events: everything it lets through is published and done by the stages before.</summary>
public sealed class SequenceBarrier
{
    private readonly ISequencer _sequencer;
    private readonly IWaitStrategy _waitStrategy;
    private CancellationTokenSource _cancellation = new();

    /// <summary>A barrier on <paramref name="dependentSequences"/> that waits by <paramref name="waitStrategy"/>.</summary>
    public SequenceBarrier(ISequencer sequencer, IWaitStrategy waitStrategy, DependentSequenceGroup dependentSequences)
    {
        ArgumentNullException.ThrowIfNull(sequencer);
        ArgumentNullException.ThrowIfNull(waitStrategy);
        ArgumentNullException.ThrowIfNull(dependentSequences);
        _sequencer = sequencer;
        _waitStrategy = waitStrategy;
        DependentSequences = dependentSequences;
    }

    /// <summary>What the barrier waits for.</summary>
    public DependentSequenceGroup DependentSequences { get; }

    /// <summary>Whether waiting is cancelled.</summary>
    public bool IsCancellationRequested => Volatile.Read(ref _cancellation).IsCancellationRequested;

    /// <summary>The token of the present run; <see cref="ResetProcessing"/> makes a new one.</summary>
    public CancellationToken CancellationToken => Volatile.Read(ref _cancellation).Token;

    /// <summary>Throws if waiting is cancelled.</summary>
    /// <exception cref="OperationCanceledException">Waiting is cancelled.</exception>
    public void ThrowIfCancellationRequested()
    {
        CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Waits until <paramref name="sequence"/> may be processed and returns the highest that may; a timeout if the strategy
    /// has one. The result can be below <paramref name="sequence"/> while a producer is between claim and publication.
    /// </summary>
    /// <exception cref="OperationCanceledException">Waiting is cancelled.</exception>
    public SequenceWaitResult WaitFor(long sequence)
    {
        var cancellationToken = CancellationToken;
        cancellationToken.ThrowIfCancellationRequested();

        var result = _waitStrategy.WaitFor(sequence, DependentSequences, cancellationToken);
        if (result.IsTimeout || !DependentSequences.DependsOnCursor || result.UnsafeAvailableSequence < sequence)
        {
            return result;
        }

        return new SequenceWaitResult(_sequencer.GetHighestPublishedSequence(sequence, result.UnsafeAvailableSequence));
    }

    /// <summary>Makes the barrier usable again after <see cref="CancelProcessing"/>.</summary>
    public void ResetProcessing()
    {
        Interlocked.Exchange(ref _cancellation, new CancellationTokenSource());
    }

    /// <summary>Cancels waiting and wakes whoever waits.</summary>
    public void CancelProcessing()
    {
        Volatile.Read(ref _cancellation).Cancel();
        _waitStrategy.SignalAllWhenBlocking();
    }
}
