namespace Disruptor;

/// <summary>A stage that takes events one by one. All calls come from the stage's own thread.</summary>
public interface IEventHandler<T>
{
    /// <summary>The most events of one batch, at least 1; null leaves only the ring as limit. Read once, when the stage is set up.</summary>
    int? MaxBatchSize { get; }

    /// <summary>Takes one event; <paramref name="endOfBatch"/> marks the last one of what was available.</summary>
    void OnEvent(T data, long sequence, bool endOfBatch);

    /// <summary>Called before the first event of each batch with its size.</summary>
    void OnBatchStart(long batchSize)
    {
    }

    /// <summary>Called once on the stage's thread before any event.</summary>
    void OnStart()
    {
    }

    /// <summary>Called once on the stage's thread after the last event, also when the stage ends by an exception.</summary>
    void OnShutdown()
    {
    }

    /// <summary>Called when the wait strategy timed out; <paramref name="sequence"/> is the last one processed.</summary>
    void OnTimeout(long sequence)
    {
    }
}
