using Disruptor.Dsl;

namespace Disruptor;

/// <summary>What a ring is made of when the caller does not say.</summary>
internal static class SequencerDefaults
{
    public const ProducerType ProducerType = Dsl.ProducerType.Multi;

    public static IWaitStrategy WaitStrategy()
    {
        return new BlockingWaitStrategy();
    }

    public static ISequencer Create(ProducerType producerType, int bufferSize, IWaitStrategy waitStrategy)
    {
        return producerType switch
        {
            ProducerType.Single => new SingleProducerSequencer(bufferSize, waitStrategy),
            ProducerType.Multi => new MultiProducerSequencer(bufferSize, waitStrategy),
            _ => throw new ArgumentOutOfRangeException(nameof(producerType), producerType, "There is no such producer type."),
        };
    }
}
