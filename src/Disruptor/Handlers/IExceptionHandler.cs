namespace Disruptor;

/// <summary>
/// Told on the stage's thread what a handler threw. If a method for an event or batch returns, the whole event or batch counts as
/// processed; if it throws, the stage stops where it was, and producers will wait on it once the ring is full.
/// </summary>
public interface IExceptionHandler<T>
    where T : class
{
    /// <summary>An <see cref="IEventHandler{T}"/> threw on an event.</summary>
    void HandleEventException(Exception ex, long sequence, T evt);

    /// <summary>OnTimeout threw.</summary>
    void HandleOnTimeoutException(Exception ex, long sequence);

    /// <summary>An <see cref="IBatchEventHandler{T}"/> threw on a batch that starts at <paramref name="sequence"/>.</summary>
    void HandleEventException(Exception ex, long sequence, EventBatch<T> batch);

    /// <summary>OnStart threw.</summary>
    void HandleOnStartException(Exception ex);

    /// <summary>OnShutdown threw.</summary>
    void HandleOnShutdownException(Exception ex);
}
