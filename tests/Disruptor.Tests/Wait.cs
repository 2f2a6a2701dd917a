namespace Disruptor.Tests;

/// <summary>Bounded waits: a test that would hang fails instead, saying what did not happen.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static void Until(Func<bool> condition, string what)
    {
        Assert.True(SpinWait.SpinUntil(condition, Limit), $"Did not happen within {Limit}: {what}");
    }

    public static void For(SemaphoreSlim semaphore, string what)
    {
        Assert.True(semaphore.Wait(Limit, TestContext.Current.CancellationToken), $"Did not happen within {Limit}: {what}");
    }

    public static void For(ManualResetEventSlim signal, string what)
    {
        Assert.True(signal.Wait(Limit, TestContext.Current.CancellationToken), $"Did not happen within {Limit}: {what}");
    }

    public static void ToEnd(Thread thread)
    {
        Assert.True(thread.Join(Limit), $"The thread {thread.Name} did not end within {Limit}.");
    }

    /// <summary>Starts a thread of its own, so that a blocked test never starves the pool.</summary>
    public static Thread StartThread(string name, Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Waits until the thread has blocked or slept, which shows it did not go through.</summary>
    public static bool StaysBlocked(Thread thread)
    {
        return !thread.Join(TimeSpan.FromMilliseconds(20));
    }
}
