using Disruptor;

namespace TxCore.Pipeline;

/// <summary>
/// Lets every stage sleep until what it waits for is there. The package's blocking strategy sleeps on the cursor only and lets a stage
/// behind a slow one spin, which burns a core for as long as a commit takes; here each stage tells the next one itself.
/// </summary>
/// <remarks>
/// A waiter announces its sequence before it looks a last time, a signaller moves its sequence before it looks at what is announced:
/// one of the two sees the other, so no wake-up is lost.
/// </remarks>
public sealed class StageWaitStrategy : IWaitStrategy
{
    private static readonly TimeSpan CancellationCheck = TimeSpan.FromMilliseconds(50);
    private readonly Lock _register = new();
    private Waiter[] _waiters = [];

    /// <inheritdoc/>
    public bool IsBlockingStrategy => true;

    /// <inheritdoc/>
    public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
    {
        long available = dependentSequences.Value;
        if (available >= sequence)
        {
            return new SequenceWaitResult(available);
        }

        var waiter = dependentSequences.Tag as Waiter ?? Register(dependentSequences);
        lock (waiter)
        {
            Volatile.Write(ref waiter.Sequence, sequence);
            Interlocked.MemoryBarrier();
            while ((available = dependentSequences.Value) < sequence)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(waiter, CancellationCheck);
            }

            Volatile.Write(ref waiter.Sequence, long.MaxValue);
        }

        return new SequenceWaitResult(available);
    }

    /// <summary>Wakes the stages whose sequence has come. Called after every publication, and by a stage that has moved its own sequence.</summary>
    public void SignalAllWhenBlocking()
    {
        Interlocked.MemoryBarrier();
        foreach (var waiter in Volatile.Read(ref _waiters))
        {
            if (waiter.Group.Value >= Volatile.Read(ref waiter.Sequence))
            {
                lock (waiter)
                {
                    Monitor.PulseAll(waiter);
                }
            }
        }
    }

    private Waiter Register(DependentSequenceGroup group)
    {
        var waiter = new Waiter(group);
        group.Tag = waiter;
        lock (_register)
        {
            Volatile.Write(ref _waiters, [.. _waiters, waiter]);
        }

        return waiter;
    }

    private sealed class Waiter(DependentSequenceGroup group)
    {
        public readonly DependentSequenceGroup Group = group;
        public long Sequence = long.MaxValue;
    }
}
