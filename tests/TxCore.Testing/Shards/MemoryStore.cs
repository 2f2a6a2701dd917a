using TxCore.Storage;

namespace TxCore.Testing.Shards;

/// <summary>A writer of a <see cref="MemoryDatabase"/> that can be told to stall, to be slow and to fail.</summary>
public sealed class MemoryStore(MemoryDatabase database) : IShardStore
{
    private volatile TaskCompletionSource? _stall;
    private volatile Exception? _failure;
    private long _epoch;
    private long _committed;
    private int _commits;
    private int _fences;

    /// <inheritdoc/>
    public StoreHealth Health { get; } = new();

    /// <summary>Called before each commit, on the persist thread; what it returns is awaited.</summary>
    public Func<Task>? BeforeCommit { get; set; }

    /// <summary>Highest number whose commit has returned, or is about to.</summary>
    public long CommittedNumber => Volatile.Read(ref _committed);

    /// <summary>Batches committed.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>Commits without rows.</summary>
    public int Fences => Volatile.Read(ref _fences);

    /// <summary>True while a commit waits for <see cref="Resume"/>.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>True once disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Lets no commit return until <see cref="Resume"/>.</summary>
    public void Stall() => _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets commits return again.</summary>
    public void Resume()
    {
        var stall = _stall;
        _stall = null;
        stall?.TrySetResult();
    }

    /// <summary>Fails every commit from now on.</summary>
    public void FailWith(Exception failure) => _failure = failure;

    /// <inheritdoc/>
    public ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken)
    {
        var head = database.Take();
        _epoch = head.Epoch;
        return ValueTask.FromResult(head);
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(RowBatch batch)
    {
        await PassAsync();
        database.Append(_epoch, batch);
        Volatile.Write(ref _committed, batch.LastNumber);
        Interlocked.Increment(ref _commits);
    }

    /// <inheritdoc/>
    public async ValueTask FenceAsync()
    {
        await PassAsync();
        database.CheckEpoch(_epoch);
        Interlocked.Increment(ref _fences);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        Resume();
        return ValueTask.CompletedTask;
    }

    private async Task PassAsync()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (BeforeCommit is { } before)
        {
            await before();
        }

        while (_stall is { } stall)
        {
            IsWaiting = true;
            await stall.Task;
            IsWaiting = false;
        }

        if (_failure is { } failure)
        {
            throw failure;
        }
    }
}
