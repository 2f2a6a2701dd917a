namespace TxCore.Diagnostics;

/// <summary>Exit codes of the server; OPERATIONS.md says what to do about each.</summary>
public enum ExitCode
{
    /// <summary>Drained and stopped in order.</summary>
    Ok = 0,

    /// <summary>Wrong usage or options.</summary>
    Usage = 2,

    /// <summary>The database refused the server: settings, identity, schema, permissions.</summary>
    StoreRefused = 3,

    /// <summary>Another writer took the shard over.</summary>
    Fenced = 10,

    /// <summary>A stage failed.</summary>
    StageFailed = 11,

    /// <summary>Stopped with transactions taken and not answered.</summary>
    NotDrained = 12,

    /// <summary>The database is older than the anchor file.</summary>
    RestoredTooOld = 13,
}

/// <summary>The one way a shard dies: the first reason is kept, intake stops, the process ends with a code that says why.</summary>
public sealed class ShardFailure
{
    private readonly TaskCompletionSource<ShardFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _reason;

    /// <summary>Completes when the shard has failed.</summary>
    public Task<ShardFailure> Failed => _failed.Task;

    /// <summary>True once the shard has failed.</summary>
    public bool HasFailed => Volatile.Read(ref _reason) is not null;

    /// <summary>The first reason; null while the shard lives.</summary>
    public Exception? Reason => Volatile.Read(ref _reason);

    /// <summary>The exit code of the reason.</summary>
    public ExitCode ExitCode => Reason switch
    {
        null => ExitCode.Ok,
        Storage.StoreFencedException => ExitCode.Fenced,
        Storage.StoreRefusedException => ExitCode.StoreRefused,
        _ => ExitCode.StageFailed,
    };

    /// <summary>Waits until the shard has failed.</summary>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cut = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), ended);
        _ = TellAsync(ended);
        await ended.Task;
    }

    /// <summary>Records a reason; later ones are consequences of the first and are left out.</summary>
    public void Fail(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
        {
            _failed.SetResult(this);
        }
    }

    private async Task TellAsync(TaskCompletionSource waiting)
    {
        await _failed.Task;
        waiting.TrySetResult();
    }
}
