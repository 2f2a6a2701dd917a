namespace Disruptor.Processing;

/// <summary>A stage for events of type <typeparamref name="T"/>.</summary>
public interface IEventProcessor<T> : IEventProcessor
    where T : class
{
    /// <summary>Runs the stage on the calling thread until it is halted.</summary>
    void Run();

    /// <summary>Replaces the exception handler, <see cref="FatalExceptionHandler{T}"/> by default.</summary>
    void SetExceptionHandler(IExceptionHandler<T> exceptionHandler);
}
