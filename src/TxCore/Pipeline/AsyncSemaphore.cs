namespace TxCore.Pipeline;

/// <summary>
/// A semaphore that is waited for in order of arrival, by the shard's clock, and whose waiters go on where they came from.
/// <see cref="SemaphoreSlim"/> measures real time and goes on on the thread pool, which no simulation could order.
/// </summary>
internal sealed class AsyncSemaphore(int count, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _waiters = new();
    private int _count = count;

    /// <summary>How often it can be entered without waiting.</summary>
    public int CurrentCount => Volatile.Read(ref _count);

    /// <summary>Enters, or returns false when <paramref name="timeout"/> is over; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<bool>> waiter;
        lock (_gate)
        {
            if (_count > 0)
            {
                _count--;
                return true;
            }

            waiter = _waiters.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await using var cut = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), waiter.Value);
            await using var end = timeout == Timeout.InfiniteTimeSpan
                ? null
                : clock.CreateTimer(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), waiter.Value, timeout, Timeout.InfiniteTimeSpan);
            return await waiter.Value.Task;
        }
        finally
        {
            lock (_gate)
            {
                if (waiter.List is not null)
                {
                    _waiters.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Lets the first waiter in, or the next that comes.</summary>
    public void Release()
    {
        lock (_gate)
        {
            while (_waiters.First is { } first)
            {
                _waiters.RemoveFirst();
                if (first.Value.TrySetResult(true))
                {
                    return;
                }
            }

            _count++;
        }
    }
}
