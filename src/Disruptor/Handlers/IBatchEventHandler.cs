namespace Disruptor;

/// <summary>
/// A stage that takes everything available at once. All calls come from the stage's own thread. The events of a batch count as
/// processed, for the stages behind and for the producers, when the call returns.
/// </summary>
public interface IBatchEventHandler<T>
    where T : class
{
    /// <summary>
    /// The most events of one batch, at least 1; null leaves only the ring as limit, so a batch can be the whole ring. Read once,
    /// when the stage is set up.
    /// </summary>
    int? MaxBatchSize { get; }

    /// <summary>Takes a batch of one or more events, the first of which is <paramref name="sequence"/>.</summary>
    void OnBatch(EventBatch<T> batch, long sequence);

    /// <summary>Called once on the stage's thread before any event.</summary>
    void OnStart()
    {
    }

    /// <summary>Called once on the stage's thread after the last batch, also when the stage ends by an exception.</summary>
    void OnShutdown()
    {
    }

    /// <summary>Called when the wait strategy timed out; <paramref name="sequence"/> is the last one processed.</summary>
    void OnTimeout(long sequence)
    {
    }
}
