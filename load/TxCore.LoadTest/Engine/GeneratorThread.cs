using System.Runtime.InteropServices;

namespace TxCore.LoadTest.Engine;

/// <summary>The one thread that sends. It runs before others where the operating system lets it: it needs little, but in time.</summary>
internal static partial class GeneratorThread
{
    private const int Niceness = -10;

    /// <summary>Runs <paramref name="body"/> on a thread of its own; the task ends with it.</summary>
    public static Task RunAsync(Action body)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(body, ended))
        {
            Name = "generator",
            IsBackground = true,
            Priority = ThreadPriority.AboveNormal,
        };
        thread.Start();
        return ended.Task;
    }

    private static void Run(Action body, TaskCompletionSource ended)
    {
        if (OperatingSystem.IsLinux())
        {
            // Of the calling thread alone. Without the right to it everything goes on as it is; lateness is measured anyway.
            _ = SetPriority(which: 0, who: 0, Niceness);
        }

        try
        {
            body();
            ended.SetResult();
        }
        catch (Exception failure)
        {
            // A fault of the generator is the run's: it must not end the process behind the clean-up's back.
            ended.SetException(failure);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
