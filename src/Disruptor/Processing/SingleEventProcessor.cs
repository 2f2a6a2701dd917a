namespace Disruptor.Processing;

/// <summary>The stage for an <see cref="IEventHandler{T}"/>: one call per event, the sequence set once per batch.</summary>
internal sealed class SingleEventProcessor<T> : ProcessorLoop<T>
    where T : class
{
    private readonly IDataProvider<T> _dataProvider;
    private readonly IEventHandler<T> _handler;

    public SingleEventProcessor(IDataProvider<T> dataProvider, SequenceBarrier barrier, IEventHandler<T> handler)
        : base(barrier, handler.MaxBatchSize)
    {
        _dataProvider = dataProvider;
        _handler = handler;
        (handler as IEventProcessorSequenceAware)?.SetSequenceCallback(Sequence);
    }

    protected override void OnStart() => _handler.OnStart();

    protected override void OnShutdown() => _handler.OnShutdown();

    protected override void OnTimeout(long sequence) => _handler.OnTimeout(sequence);

    protected override long ProcessBatch(long first, long last)
    {
        var sequence = first;
        try
        {
            _handler.OnBatchStart(last - first + 1);
            for (; sequence <= last; sequence++)
            {
                _handler.OnEvent(_dataProvider[sequence], sequence, sequence == last);
            }

            return last;
        }
        catch (Exception ex)
        {
            // The rest of the batch is taken up again as a batch of its own.
            ExceptionHandler.HandleEventException(ex, sequence, _dataProvider[sequence]);
            return sequence;
        }
    }
}
