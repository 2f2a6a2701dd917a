using Disruptor.Processing;

namespace Disruptor.Dsl;

/// <summary>Makes a stage of the caller's own kind for a ring and a barrier.</summary>
public delegate IEventProcessor EventProcessorCreator<T>(RingBuffer<T> ringBuffer, SequenceBarrier sequenceBarrier)
    where T : class;
