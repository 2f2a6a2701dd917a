namespace TxCore.LoadTest.Engine;

/// <summary>The one thread that sends.</summary>
internal static class GeneratorThread
{
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
}
