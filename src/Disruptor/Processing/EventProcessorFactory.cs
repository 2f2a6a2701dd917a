namespace Disruptor.Processing;

/// <summary>Makes stages from handlers.</summary>
public static class EventProcessorFactory
{
    /// <summary>A stage that hands events over one by one.</summary>
    /// <exception cref="ArgumentException">The handler's MaxBatchSize is below 1.</exception>
    public static IEventProcessor<T> Create<T>(IDataProvider<T> dataProvider, SequenceBarrier sequenceBarrier, IEventHandler<T> eventHandler)
        where T : class
    {
        return new SingleEventProcessor<T>(dataProvider, sequenceBarrier, eventHandler);
    }

    /// <summary>A stage that hands events over in batches.</summary>
    /// <exception cref="ArgumentException">The handler's MaxBatchSize is below 1.</exception>
    public static IEventProcessor<T> Create<T>(IDataProvider<T> dataProvider, SequenceBarrier sequenceBarrier, IBatchEventHandler<T> eventHandler)
        where T : class
    {
        return new BatchProcessor<T>(dataProvider, sequenceBarrier, eventHandler);
    }
}
