using Disruptor.Processing;

namespace Disruptor.Dsl;

/// <summary>Stages of one rank, as something other stages can follow.</summary>
public class EventHandlerGroup<T>
    where T : class
{
    private readonly Disruptor<T> _disruptor;
    private readonly Sequence[] _sequences;

    internal EventHandlerGroup(Disruptor<T> disruptor, Sequence[] sequences)
    {
        _disruptor = disruptor;
        _sequences = sequences;
    }

    /// <summary>Both groups together.</summary>
    public EventHandlerGroup<T> And(EventHandlerGroup<T> otherHandlerGroup)
    {
        return new EventHandlerGroup<T>(_disruptor, [.. _sequences, .. otherHandlerGroup._sequences]);
    }

    /// <summary>This group together with stages of the caller's own kind.</summary>
    public EventHandlerGroup<T> And(params IEventProcessor[] processors)
    {
        return And(_disruptor.HandleEventsWith(processors));
    }

    /// <summary>Handlers that see an event after every stage of this group has.</summary>
    public EventHandlerGroup<T> Then(params IEventHandler<T>[] handlers)
    {
        return _disruptor.AddHandlers(_sequences, handlers);
    }

    /// <inheritdoc cref="Then(IEventHandler{T}[])"/>
    public EventHandlerGroup<T> Then(params IBatchEventHandler<T>[] handlers)
    {
        return _disruptor.AddHandlers(_sequences, handlers);
    }

    /// <summary>Stages of the caller's own kind that see an event after every stage of this group has.</summary>
    public EventHandlerGroup<T> Then(params EventProcessorCreator<T>[] eventProcessorFactories)
    {
        return _disruptor.AddProcessors(_sequences, eventProcessorFactories);
    }

    /// <summary>The same as <see cref="Then(IEventHandler{T}[])"/>, for chains that begin with After.</summary>
    public EventHandlerGroup<T> HandleEventsWith(params IEventHandler<T>[] handlers)
    {
        return Then(handlers);
    }

    /// <inheritdoc cref="HandleEventsWith(IEventHandler{T}[])"/>
    public EventHandlerGroup<T> HandleEventsWith(params IBatchEventHandler<T>[] handlers)
    {
        return Then(handlers);
    }

    /// <inheritdoc cref="HandleEventsWith(IEventHandler{T}[])"/>
    public EventHandlerGroup<T> HandleEventsWith(params EventProcessorCreator<T>[] eventProcessorFactories)
    {
        return Then(eventProcessorFactories);
    }

    /// <summary>A barrier behind this group, for a stage outside the ring's own graph.</summary>
    public SequenceBarrier AsSequenceBarrier()
    {
        return _disruptor.RingBuffer.NewBarrier(_sequences);
    }
}
