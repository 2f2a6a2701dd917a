namespace TxCore.LoadTest.Engine;

/// <summary>Tells when answers come again after a kill. Answered by any thread.</summary>
internal sealed class AnswerWatch
{
    private TaskCompletionSource<long>? _next;

    /// <summary>Completes with the stopwatch reading of the next answer from now on.</summary>
    public Task<long> NextAsync()
    {
        var next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _next, next);
        return next.Task;
    }

    public void Answered(long at)
    {
        if (Volatile.Read(ref _next) is not null)
        {
            Interlocked.Exchange(ref _next, null)?.TrySetResult(at);
        }
    }
}
