using Disruptor;
using TxCore.Diagnostics;
using TxCore.Pipeline;

namespace TxCore.Fuzzing.Sessions;

/// <summary>The stages of a ring on the thread of the input: each takes all there is when it is its turn, so that no input waits for a thread.</summary>
internal sealed class InlineStages(int ringSize) : IStageRunner
{
    private IBatchEventHandler<TxEvent>[] _stages = [];
    private Sequence[] _done = [];
    private StageExceptionHandler? _faults;
    private bool _isRunning;

    public IWaitStrategy Wait { get; } = new StageWaitStrategy();

    public RingBuffer<TxEvent> Ring { get; } = RingBuffer<TxEvent>.CreateMultiProducer(static () => new TxEvent(), ringSize, new StageWaitStrategy());

    public void Chain(ShardFailure failure, params IBatchEventHandler<TxEvent>[] stages)
    {
        _faults = new StageExceptionHandler(failure);
        _stages = stages;
        _done = [.. stages.Select(static _ => new Sequence())];
        for (int i = 0; i < stages.Length; i++)
        {
            (stages[i] as IEventProcessorSequenceAware)?.SetSequenceCallback(_done[i]);
        }

        Ring.AddGatingSequences(_done[^1]);
    }

    public void Start() => _isRunning = true;

    public void Halt()
    {
        _isRunning = false;
        foreach (var stage in _stages)
        {
            stage.OnShutdown();
        }
    }

    /// <summary>Lets every stage take what is there; false when there was nothing.</summary>
    public bool Step()
    {
        bool any = false;
        for (int stage = 0; stage < _stages.Length && _isRunning; stage++)
        {
            any |= Step(stage);
        }

        return any;
    }

    private bool Step(int stage)
    {
        long first = _done[stage].Value + 1;
        long upstream = stage == 0 ? Ring.Cursor : _done[stage - 1].Value;
        long last = Math.Min(upstream, first + (_stages[stage].MaxBatchSize ?? int.MaxValue) - 1);
        if (last < first)
        {
            return false;
        }

        // Ends with the ring at the latest; what lies at its beginning again is the next batch.
        var batch = Ring.GetBatch(first, last);
        try
        {
            _stages[stage].OnBatch(batch, first);
        }
        catch (Exception fault)
        {
            // The shard fails with it, as it would with a thread of its own; the target looks at that after every input.
            _faults!.HandleEventException(fault, first, batch);
        }

        _done[stage].SetValue(first + batch.Length - 1);
        return true;
    }
}
