namespace TxCore.Client.Sessions;

/// <summary>Wakes one waiting loop; setting it many times before it runs wakes it once.</summary>
internal sealed class AsyncSignal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _semaphore.Release();
        }
    }

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);

        // Cleared before the work is looked at: what is added while it is done sets the signal again.
        Interlocked.Exchange(ref _isSet, 0);
    }

    /// <summary>The same, giving up after a time.</summary>
    public async ValueTask WaitAsync(TimeSpan timeout)
    {
        if (await _semaphore.WaitAsync(timeout).ConfigureAwait(false))
        {
            Interlocked.Exchange(ref _isSet, 0);
        }
    }

    public void Dispose() => _semaphore.Dispose();
}
