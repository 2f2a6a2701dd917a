using Disruptor.Processing;

namespace Disruptor.Dsl;

/// <summary>The stages of a ring: which handler each has, what it waits for, and which are last in their chain.</summary>
internal sealed class StageGraph
{
    private readonly List<Stage> _stages = [];

    public IEnumerable<IEventProcessor> Processors => _stages.Select(stage => stage.Processor);

    public void Add(IEventProcessor processor, object? handler, SequenceBarrier? barrier)
    {
        _stages.Add(new Stage(processor, handler, barrier));
    }

    /// <summary>The stage of <paramref name="handler"/>.</summary>
    /// <exception cref="ArgumentException">The handler has none.</exception>
    public Stage Find(object handler)
    {
        return _stages.Find(stage => ReferenceEquals(stage.Handler, handler))
            ?? throw new ArgumentException($"The handler {handler} does not process events of this ring.", nameof(handler));
    }

    /// <summary>Later stages now follow these, so the ring need not watch them any more.</summary>
    public void MarkAsFollowed(Sequence[] sequences)
    {
        foreach (var stage in _stages)
        {
            stage.IsEndOfChain &= !sequences.Contains(stage.Processor.Sequence);
        }
    }

    /// <summary>Whether a stage that runs and is last in its chain has not reached <paramref name="cursor"/>.</summary>
    public bool HasBacklog(long cursor)
    {
        return _stages.Exists(stage => stage.IsEndOfChain && stage.Processor.IsRunning && stage.Processor.Sequence.Value < cursor);
    }

    internal sealed class Stage(IEventProcessor processor, object? handler, SequenceBarrier? barrier)
    {
        public IEventProcessor Processor { get; } = processor;

        public object? Handler { get; } = handler;

        public SequenceBarrier? Barrier { get; } = barrier;

        public bool IsEndOfChain { get; set; } = true;
    }
}
