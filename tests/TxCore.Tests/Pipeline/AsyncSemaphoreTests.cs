using Microsoft.Extensions.Time.Testing;
using TxCore.Pipeline;

namespace TxCore.Tests.Pipeline;

public sealed class AsyncSemaphoreTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waiters_enter_in_the_order_they_came()
    {
        var semaphore = new AsyncSemaphore(1, _clock);
        Assert.True(await semaphore.WaitAsync(Timeout.InfiniteTimeSpan, Token));
        var first = semaphore.WaitAsync(Timeout.InfiniteTimeSpan, Token).AsTask();
        var second = semaphore.WaitAsync(Timeout.InfiniteTimeSpan, Token).AsTask();
        semaphore.Release();
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        semaphore.Release();
        Assert.True(await second);
        Assert.Equal(0, semaphore.CurrentCount);
        semaphore.Release();
        Assert.Equal(1, semaphore.CurrentCount);
    }

    [Fact]
    public async Task Who_gives_up_or_runs_out_of_time_takes_nothing_from_the_next()
    {
        var semaphore = new AsyncSemaphore(0, _clock);
        using var impatient = new CancellationTokenSource();
        var cancelled = semaphore.WaitAsync(Timeout.InfiniteTimeSpan, impatient.Token).AsTask();
        var late = semaphore.WaitAsync(TimeSpan.FromMilliseconds(20), Token).AsTask();
        var patient = semaphore.WaitAsync(Timeout.InfiniteTimeSpan, Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _clock.Advance(TimeSpan.FromMilliseconds(21));
        Assert.False(await late);
        Assert.False(patient.IsCompleted);
        semaphore.Release();
        Assert.True(await patient);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await semaphore.WaitAsync(Timeout.InfiniteTimeSpan, impatient.Token));
    }
}
