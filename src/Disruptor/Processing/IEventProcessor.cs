namespace Disruptor.Processing;

/// <summary>A stage: waits at a barrier, hands events to a handler and tells by its sequence how far it is.</summary>
public interface IEventProcessor
{
    /// <summary>The last sequence processed.</summary>
    Sequence Sequence { get; }

    /// <summary>Whether the stage is between start and end; false once it was told to halt.</summary>
    bool IsRunning { get; }

    /// <summary>Tells the stage to end after the batch it is working on; does not wait for that.</summary>
    void Halt();

    /// <summary>Runs the stage as a task; the task ends with the stage, in error if the stage ended by an exception.</summary>
    /// <exception cref="InvalidOperationException">In the task: the stage is running already.</exception>
    Task Start(TaskScheduler taskScheduler, TaskCreationOptions taskCreationOptions);

    /// <summary>Waits at most <paramref name="timeout"/> until OnStart has returned.</summary>
    void WaitUntilStarted(TimeSpan timeout);
}
