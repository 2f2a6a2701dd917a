using Disruptor.Processing;

namespace Disruptor.Dsl;

/// <summary>
/// A ring and its stages: set up with HandleEventsWith, Then and After, then started once. Each stage runs on a long-running
/// task, a thread of its own with the default scheduler.
/// </summary>
public class Disruptor<T>
    where T : class
{
    private readonly StageGraph _stages = new();
    private readonly TaskScheduler _taskScheduler;
    private readonly DefaultExceptionHandler<T> _exceptionHandler = new();
    private int _hasStarted;

    /// <summary>For many producers, with <see cref="BlockingWaitStrategy"/>.</summary>
    public Disruptor(Func<T> eventFactory, int ringBufferSize)
        : this(eventFactory, ringBufferSize, TaskScheduler.Default)
    {
    }

    /// <summary>For many producers, with <see cref="BlockingWaitStrategy"/>.</summary>
    public Disruptor(Func<T> eventFactory, int ringBufferSize, TaskScheduler taskScheduler)
        : this(eventFactory, ringBufferSize, taskScheduler, SequencerDefaults.ProducerType, SequencerDefaults.WaitStrategy())
    {
    }

    /// <summary>For many producers.</summary>
    public Disruptor(Func<T> eventFactory, int ringBufferSize, IWaitStrategy waitStrategy)
        : this(eventFactory, ringBufferSize, TaskScheduler.Default, SequencerDefaults.ProducerType, waitStrategy)
    {
    }

    /// <summary>A ring of <paramref name="ringBufferSize"/> slots, a power of two.</summary>
    public Disruptor(Func<T> eventFactory, int ringBufferSize, TaskScheduler taskScheduler, ProducerType producerType, IWaitStrategy waitStrategy)
    {
        ArgumentNullException.ThrowIfNull(taskScheduler);
        RingBuffer = RingBuffer<T>.Create(producerType, eventFactory, ringBufferSize, waitStrategy);
        _taskScheduler = taskScheduler;
    }

    /// <summary>The ring to publish to.</summary>
    public RingBuffer<T> RingBuffer { get; }

    /// <summary>The ring's cursor.</summary>
    public long Cursor => RingBuffer.Cursor;

    /// <summary>Number of slots.</summary>
    public long BufferSize => RingBuffer.BufferSize;

    /// <summary>Whether <see cref="Start"/> was called.</summary>
    public bool HasStarted => Volatile.Read(ref _hasStarted) == 1;

    /// <summary>The event in the slot of <paramref name="sequence"/>.</summary>
    public T this[long sequence] => RingBuffer[sequence];

    /// <summary>Handlers that see each event first; several run side by side.</summary>
    public EventHandlerGroup<T> HandleEventsWith(params IEventHandler<T>[] handlers)
    {
        return AddHandlers([], handlers);
    }

    /// <inheritdoc cref="HandleEventsWith(IEventHandler{T}[])"/>
    public EventHandlerGroup<T> HandleEventsWith(params IBatchEventHandler<T>[] handlers)
    {
        return AddHandlers([], handlers);
    }

    /// <summary>Stages of the caller's own kind, made here.</summary>
    public EventHandlerGroup<T> HandleEventsWith(params EventProcessorCreator<T>[] eventProcessorFactories)
    {
        return AddProcessors([], eventProcessorFactories);
    }

    /// <summary>Stages of the caller's own kind; they are started, halted and waited for with the others.</summary>
    public EventHandlerGroup<T> HandleEventsWith(params IEventProcessor[] processors)
    {
        ThrowIfStarted();
        foreach (var processor in processors)
        {
            _stages.Add(processor, handler: null, barrier: null);
        }

        return AddToChain([], processors);
    }

    /// <summary>Sets what stages without an exception handler of their own use, those set up before included.</summary>
    public void SetDefaultExceptionHandler(IExceptionHandler<T> exceptionHandler)
    {
        ArgumentNullException.ThrowIfNull(exceptionHandler);
        _exceptionHandler.Current = exceptionHandler;
    }

    /// <summary>Sets the exception handler of one stage.</summary>
    public ExceptionHandlerSetting<T> HandleExceptionsFor(IEventHandler<T> eventHandler)
    {
        return new ExceptionHandlerSetting<T>(_stages.Find(eventHandler).Processor);
    }

    /// <inheritdoc cref="HandleExceptionsFor(IEventHandler{T})"/>
    public ExceptionHandlerSetting<T> HandleExceptionsFor(IBatchEventHandler<T> eventHandler)
    {
        return new ExceptionHandlerSetting<T>(_stages.Find(eventHandler).Processor);
    }

    /// <summary>The stages of these handlers, as something others can follow.</summary>
    public EventHandlerGroup<T> After(params IEventHandler<T>[] handlers)
    {
        return AfterHandlers(handlers);
    }

    /// <inheritdoc cref="After(IEventHandler{T}[])"/>
    public EventHandlerGroup<T> After(params IBatchEventHandler<T>[] handlers)
    {
        return AfterHandlers(handlers);
    }

    /// <summary>These stages, as something others can follow.</summary>
    public EventHandlerGroup<T> After(params IEventProcessor[] processors)
    {
        return new EventHandlerGroup<T>(this, Array.ConvertAll(processors, processor => processor.Sequence));
    }

    /// <inheritdoc cref="RingBuffer{T}.PublishEvent"/>
    public RingBuffer<T>.UnpublishedEventScope PublishEvent()
    {
        return RingBuffer.PublishEvent();
    }

    /// <inheritdoc cref="RingBuffer{T}.PublishEvents"/>
    public RingBuffer<T>.UnpublishedEventBatchScope PublishEvents(int count)
    {
        return RingBuffer.PublishEvents(count);
    }

    /// <summary>Starts every stage; once.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public RingBuffer<T> Start()
    {
        if (Interlocked.Exchange(ref _hasStarted, 1) == 1)
        {
            throw new InvalidOperationException("The disruptor can be started only once.");
        }

        foreach (var processor in _stages.Processors)
        {
            _ = processor.StartLongRunning(_taskScheduler);
        }

        return RingBuffer;
    }

    /// <summary>Tells every stage to end after its present batch; events not yet processed stay in the ring.</summary>
    public void Halt()
    {
        foreach (var processor in _stages.Processors)
        {
            processor.Halt();
        }
    }

    /// <summary>Waits without limit until the stages that run have processed every event, then halts. No more may be published.</summary>
    public void Shutdown()
    {
        Shutdown(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until the stages that run have processed every event, then halts. No more may be published.</summary>
    /// <exception cref="TimeoutException">The time was over first; the stages go on.</exception>
    public void Shutdown(TimeSpan timeout)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        var spinWait = default(SpinWait);
        while (_stages.HasBacklog(RingBuffer.Cursor))
        {
            if (timeout >= TimeSpan.Zero && TimeProvider.System.GetElapsedTime(startedAt) > timeout)
            {
                throw new TimeoutException($"The stages did not process every event within {timeout}.");
            }

            spinWait.SpinOnce();
        }

        Halt();
    }

    /// <summary>What the stage of <paramref name="handler"/> waits for.</summary>
    public DependentSequenceGroup? GetDependentSequencesFor(IEventHandler<T> handler)
    {
        return _stages.Find(handler).Barrier?.DependentSequences;
    }

    /// <summary>The last sequence that <paramref name="handler"/> has processed.</summary>
    public long GetSequenceValueFor(IEventHandler<T> handler)
    {
        return _stages.Find(handler).Processor.Sequence.Value;
    }

    /// <summary>The ring and whether it was started, for a log.</summary>
    public override string ToString()
    {
        return $"Disruptor: {RingBuffer}, HasStarted={HasStarted}";
    }

    internal EventHandlerGroup<T> AddHandlers(Sequence[] barrierSequences, IEventHandler<T>[] handlers)
    {
        return AddHandlers(barrierSequences, handlers, EventProcessorFactory.Create);
    }

    internal EventHandlerGroup<T> AddHandlers(Sequence[] barrierSequences, IBatchEventHandler<T>[] handlers)
    {
        return AddHandlers(barrierSequences, handlers, EventProcessorFactory.Create);
    }

    internal EventHandlerGroup<T> AddProcessors(Sequence[] barrierSequences, EventProcessorCreator<T>[] creators)
    {
        ThrowIfStarted();
        var processors = Array.ConvertAll(creators, creator => creator(RingBuffer, RingBuffer.NewBarrier(barrierSequences)));
        foreach (var processor in processors)
        {
            _stages.Add(processor, handler: null, barrier: null);
        }

        return AddToChain(barrierSequences, processors);
    }

    private EventHandlerGroup<T> AddHandlers<THandler>(
        Sequence[] barrierSequences,
        THandler[] handlers,
        Func<IDataProvider<T>, SequenceBarrier, THandler, IEventProcessor<T>> create)
        where THandler : class
    {
        ThrowIfStarted();
        var processors = new IEventProcessor[handlers.Length];
        for (var i = 0; i < handlers.Length; i++)
        {
            // A barrier each: cancelling one stage must not disturb the others of its rank.
            var barrier = RingBuffer.NewBarrier(barrierSequences);
            var processor = create(RingBuffer, barrier, handlers[i]);
            processor.SetExceptionHandler(_exceptionHandler);
            _stages.Add(processor, handlers[i], barrier);
            processors[i] = processor;
        }

        return AddToChain(barrierSequences, processors);
    }

    // The ring watches only the ends of the chains: who follows a stage cannot be ahead of it.
    private EventHandlerGroup<T> AddToChain(Sequence[] barrierSequences, IEventProcessor[] processors)
    {
        var sequences = Array.ConvertAll(processors, processor => processor.Sequence);
        if (sequences.Length > 0)
        {
            RingBuffer.AddGatingSequences(sequences);
            foreach (var followed in barrierSequences)
            {
                RingBuffer.RemoveGatingSequence(followed);
            }

            _stages.MarkAsFollowed(barrierSequences);
        }

        return new EventHandlerGroup<T>(this, sequences);
    }

    private EventHandlerGroup<T> AfterHandlers(object[] handlers)
    {
        return new EventHandlerGroup<T>(this, Array.ConvertAll(handlers, handler => _stages.Find(handler).Processor.Sequence));
    }

    private void ThrowIfStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("Stages must be set up before the disruptor is started.");
        }
    }
}
