namespace Disruptor.Tests;

/// <summary>An event handler made of delegates.</summary>
internal sealed class EventHandler(Action<TestEvent, long, bool> onEvent) : IEventHandler<TestEvent>
{
    public int? MaxBatchSize { get; init; }

    public Action<long> BatchStarted { get; init; } = _ => { };

    public Action Started { get; init; } = () => { };

    public Action Stopped { get; init; } = () => { };

    public Action<long> TimedOut { get; init; } = _ => { };

    public void OnEvent(TestEvent data, long sequence, bool endOfBatch) => onEvent(data, sequence, endOfBatch);

    public void OnBatchStart(long batchSize) => BatchStarted(batchSize);

    public void OnStart() => Started();

    public void OnShutdown() => Stopped();

    public void OnTimeout(long sequence) => TimedOut(sequence);
}

/// <summary>A batch handler made of delegates.</summary>
internal sealed class BatchHandler(Action<EventBatch<TestEvent>, long> onBatch) : IBatchEventHandler<TestEvent>
{
    public int? MaxBatchSize { get; init; }

    public Action Started { get; init; } = () => { };

    public Action Stopped { get; init; } = () => { };

    public Action<long> TimedOut { get; init; } = _ => { };

    public void OnBatch(EventBatch<TestEvent> batch, long sequence) => onBatch(batch, sequence);

    public void OnStart() => Started();

    public void OnShutdown() => Stopped();

    public void OnTimeout(long sequence) => TimedOut(sequence);
}

/// <summary>Keeps what it is told; throws on events if asked to.</summary>
internal sealed class RecordingExceptionHandler : IExceptionHandler<TestEvent>
{
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];

    public bool ThrowsOn { get; init; }

    public SemaphoreSlim Called { get; } = new(0);

    public string[] Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public void HandleEventException(Exception ex, long sequence, TestEvent evt) => Record($"event {sequence} value {evt.Value}", ex);

    public void HandleOnTimeoutException(Exception ex, long sequence) => Record($"timeout {sequence}", ex);

    public void HandleEventException(Exception ex, long sequence, EventBatch<TestEvent> batch) =>
        Record($"batch {sequence} of {batch.Length}", ex);

    public void HandleOnStartException(Exception ex) => Record("start", ex);

    public void HandleOnShutdownException(Exception ex) => Record("shutdown", ex);

    private void Record(string call, Exception ex)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }

        Called.Release();
        if (ThrowsOn)
        {
            throw new InvalidOperationException("Passed on by the exception handler.", ex);
        }
    }
}
