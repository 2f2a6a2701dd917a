using Disruptor;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Simulation.Bugs;

namespace TxCore.Simulation.Engine;

/// <summary>The stages of a ring, each taking as many events as it is told to when it is told to.</summary>
internal sealed class SteppedStages(int ringSize, Func<int, IBatchEventHandler<TxEvent>, IBatchEventHandler<TxEvent>> decorate, PlantedBug bug) : IStageRunner
{
    public const int Decide = 0, Persist = 1, Reply = 2;

    private IBatchEventHandler<TxEvent>[] _stages = [];
    private Sequence[] _done = [];
    private IExceptionHandler<TxEvent>? _faults;
    private bool _isRunning;

    public IWaitStrategy Wait { get; } = new StageWaitStrategy();

    public RingBuffer<TxEvent> Ring { get; } = RingBuffer<TxEvent>.CreateMultiProducer(static () => new TxEvent(), ringSize, new StageWaitStrategy());

    /// <summary>A stage that is in the middle of a batch takes no other.</summary>
    public bool IsPersisting { get; private set; }

    /// <summary>How the shard dies; null before its stages are chained.</summary>
    public ShardFailure? Failure { get; private set; }

    public void Chain(ShardFailure failure, params IBatchEventHandler<TxEvent>[] stages)
    {
        Failure = failure;
        _faults = new StageExceptionHandler(failure);
        _stages = [.. stages.Select((stage, index) => decorate(index, stage))];
        _done = [.. stages.Select(static _ => new Sequence())];
        for (int i = 0; i < stages.Length; i++)
        {
            (stages[i] as IEventProcessorSequenceAware)?.SetSequenceCallback(_done[i]);
        }

        Ring.AddGatingSequences(_done[^1]);
    }

    public void Start() => _isRunning = true;

    public void Halt() => _isRunning = false;

    /// <summary>Events that a stage could take now.</summary>
    public int Backlog(int stage) => !_isRunning || (stage == Persist && IsPersisting) ? 0 : (int)(Upstream(stage) - _done[stage].Value);

    /// <summary>Lets a stage take up to so many events.</summary>
    public void Step(int stage, int events)
    {
        long first = _done[stage].Value + 1;
        long last = Math.Min(first + Math.Min(events, _stages[stage].MaxBatchSize ?? int.MaxValue) - 1, Upstream(stage));
        var batch = Ring.GetBatch(first, last);
        IsPersisting |= stage == Persist;
        try
        {
            _stages[stage].OnBatch(batch, first);
        }
        catch (ProcessKilledException)
        {
            return;
        }
        catch (Exception fault)
        {
            _faults!.HandleEventException(fault, first, batch);
        }
        finally
        {
            IsPersisting &= stage != Persist;
        }

        _done[stage].SetValue(first + batch.Length - 1);
    }

    private long Upstream(int stage) => stage == Decide ? Ring.Cursor
        : stage == Reply && bug == PlantedBug.AnswersBeforeCommit ? _done[Decide].Value
        : _done[stage - 1].Value;
}

/// <summary>Unwinds what a process was doing when it was killed.</summary>
internal sealed class ProcessKilledException : Exception;
