using Disruptor.Processing;

namespace Disruptor.Dsl;

/// <summary>Sets the exception handler of one stage; from <see cref="Disruptor{T}.HandleExceptionsFor(IBatchEventHandler{T})"/>.</summary>
public class ExceptionHandlerSetting<T>
    where T : class
{
    private readonly IEventProcessor _processor;

    internal ExceptionHandlerSetting(IEventProcessor processor)
    {
        _processor = processor;
    }

    /// <summary>Replaces the default handler for this stage.</summary>
    public void With(IExceptionHandler<T> exceptionHandler)
    {
        ((IEventProcessor<T>)_processor).SetExceptionHandler(exceptionHandler);
    }
}
