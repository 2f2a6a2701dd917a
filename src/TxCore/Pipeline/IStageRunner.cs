using Disruptor;
using Disruptor.Dsl;
using TxCore.Diagnostics;

namespace TxCore.Pipeline;

/// <summary>Runs the stages of a ring, each behind the one before: on threads of their own, or step by step in the simulation.</summary>
internal interface IStageRunner
{
    /// <summary>The ring.</summary>
    RingBuffer<TxEvent> Ring { get; }

    /// <summary>Told by a stage when it has moved its own sequence.</summary>
    IWaitStrategy Wait { get; }

    /// <summary>Sets the stages in their order; what one of them throws ends the shard.</summary>
    void Chain(ShardFailure failure, params IBatchEventHandler<TxEvent>[] stages);

    /// <summary>Lets the stages take events.</summary>
    void Start();

    /// <summary>Lets each stage end after what it is doing; does not wait for that.</summary>
    void Halt();
}

/// <summary>Every stage on a thread of its own, which sleeps while there is nothing to do.</summary>
internal sealed class StageThreads : IStageRunner
{
    private readonly Disruptor<TxEvent> _disruptor;

    public StageThreads(int ringSize) =>
        _disruptor = new Disruptor<TxEvent>(static () => new TxEvent(), ringSize, TaskScheduler.Default, ProducerType.Multi, Wait);

    public RingBuffer<TxEvent> Ring => _disruptor.RingBuffer;

    public IWaitStrategy Wait { get; } = new StageWaitStrategy();

    public void Chain(ShardFailure failure, params IBatchEventHandler<TxEvent>[] stages)
    {
        _disruptor.SetDefaultExceptionHandler(new StageExceptionHandler(failure));
        var last = _disruptor.HandleEventsWith(stages[0]);
        foreach (var stage in stages[1..])
        {
            last = last.Then(stage);
        }
    }

    public void Start() => _disruptor.Start();

    public void Halt() => _disruptor.Halt();
}
