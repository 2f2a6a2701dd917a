namespace Disruptor;

/// <summary>An <see cref="IEventHandler{T}"/> that is given its stage's sequence.</summary>
public interface ISequenceReportingEventHandler<T> : IEventHandler<T>, IEventProcessorSequenceAware
{
}
