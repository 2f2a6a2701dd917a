namespace Disruptor;

/// <summary>
/// Where the blocking strategies sleep until the cursor moves. Producers take the lock only when somebody waits.
/// </summary>
internal sealed class CursorGate
{
    private readonly object _lock = new();
    private int _waiterCount;

    /// <summary>Blocks until the cursor reaches <paramref name="sequence"/>; false if <paramref name="timeout"/> was over first.</summary>
    public bool WaitForCursor(long sequence, DependentSequenceGroup dependentSequences, TimeSpan timeout, CancellationToken cancellationToken)
    {
        return dependentSequences.CursorValue >= sequence || Block(sequence, dependentSequences, timeout, cancellationToken);
    }

    public void SignalAll()
    {
        // Pairs with the fence in Block: either this thread sees the waiter, or the waiter sees what was published before.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiterCount) == 0)
        {
            return;
        }

        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    private bool Block(long sequence, DependentSequenceGroup dependentSequences, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)Math.Ceiling(timeout.TotalMilliseconds);
        lock (_lock)
        {
            Interlocked.Increment(ref _waiterCount);
            Interlocked.MemoryBarrier();
            try
            {
                // Checked under the lock: a signal sent after this look waits for the lock, which Monitor.Wait releases.
                while (dependentSequences.CursorValue < sequence)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!WaitForPulse(deadline))
                    {
                        return dependentSequences.CursorValue >= sequence;
                    }
                }

                return true;
            }
            finally
            {
                Interlocked.Decrement(ref _waiterCount);
            }
        }
    }

    private bool WaitForPulse(long deadline)
    {
        if (deadline == long.MaxValue)
        {
            return Monitor.Wait(_lock);
        }

        // Pulses meant for other stages must not start the time anew.
        var remainingMilliseconds = deadline - Environment.TickCount64;
        return remainingMilliseconds > 0 && Monitor.Wait(_lock, (int)Math.Min(remainingMilliseconds, int.MaxValue));
    }
}
