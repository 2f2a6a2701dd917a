namespace Disruptor.Dsl;

/// <summary>Passes on to the default that is set now, so that setting it reaches the stages that exist already.</summary>
internal sealed class DefaultExceptionHandler<T> : IExceptionHandler<T>
    where T : class
{
    private IExceptionHandler<T> _current = new FatalExceptionHandler<T>();

    public IExceptionHandler<T> Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    public void HandleEventException(Exception ex, long sequence, T evt) => Current.HandleEventException(ex, sequence, evt);

    public void HandleOnTimeoutException(Exception ex, long sequence) => Current.HandleOnTimeoutException(ex, sequence);

    public void HandleEventException(Exception ex, long sequence, EventBatch<T> batch) => Current.HandleEventException(ex, sequence, batch);

    public void HandleOnStartException(Exception ex) => Current.HandleOnStartException(ex);

    public void HandleOnShutdownException(Exception ex) => Current.HandleOnShutdownException(ex);
}
