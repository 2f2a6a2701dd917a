using System.Diagnostics;

namespace TxCore.Server.Tests;

/// <summary>Waits for what other processes do.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static Task UntilAsync(Func<bool> holds, Func<string> failure, TimeSpan? timeout = null) =>
        UntilAsync(() => Task.FromResult(holds()), failure, timeout);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> failure, TimeSpan? timeout = null)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > (timeout ?? TimeSpan.FromSeconds(30)))
            {
                Assert.Fail(failure());
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
