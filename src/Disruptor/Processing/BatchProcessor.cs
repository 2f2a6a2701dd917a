namespace Disruptor.Processing;

/// <summary>The stage for an <see cref="IBatchEventHandler{T}"/>: one call per contiguous run of available events.</summary>
internal sealed class BatchProcessor<T> : ProcessorLoop<T>
    where T : class
{
    private readonly IDataProvider<T> _dataProvider;
    private readonly IBatchEventHandler<T> _handler;

    public BatchProcessor(IDataProvider<T> dataProvider, SequenceBarrier barrier, IBatchEventHandler<T> handler)
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
        var batch = _dataProvider.GetBatch(first, last);
        try
        {
            _handler.OnBatch(batch, first);
        }
        catch (Exception ex)
        {
            ExceptionHandler.HandleEventException(ex, first, batch);
        }

        return first + batch.Length - 1;
    }
}
