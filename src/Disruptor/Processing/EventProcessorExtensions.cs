namespace Disruptor.Processing;

/// <summary>Ways to start a stage.</summary>
public static class EventProcessorExtensions
{
    /// <summary>Starts the stage on a thread of its own.</summary>
    public static Task StartLongRunning(this IEventProcessor eventProcessor)
    {
        return eventProcessor.StartLongRunning(TaskScheduler.Default);
    }

    /// <summary>Starts the stage as a long-running task of <paramref name="taskScheduler"/>.</summary>
    public static Task StartLongRunning(this IEventProcessor eventProcessor, TaskScheduler taskScheduler)
    {
        return eventProcessor.Start(taskScheduler, TaskCreationOptions.LongRunning);
    }
}
