using System.Diagnostics;

namespace TxCore.Server.Tests;

/// <summary>Waits for what other processes do.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    // Who asks another process takes the cores from it: seldom enough that the answers cost little, often enough that nobody waits long.
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(40);

    public static Task UntilAsync(Func<bool> holds, Func<string> failure, TimeSpan? timeout = null) =>
        UntilAsync(() => Task.FromResult(holds()), failure, timeout, Interval);

    public static Task UntilAsync(Func<Task<bool>> holds, Func<string> failure, TimeSpan? timeout = null) =>
        UntilAsync(holds, failure, timeout, AskInterval);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> failure, TimeSpan? timeout, TimeSpan interval)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > (timeout ?? TimeSpan.FromSeconds(30)))
            {
                Assert.Fail(failure());
            }

            await Task.Delay(interval, TestContext.Current.CancellationToken);
        }
    }
}
