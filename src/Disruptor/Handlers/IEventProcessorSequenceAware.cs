namespace Disruptor;

/// <summary>
/// A handler that wants its stage's sequence, to set it inside a batch and so release events before the call returns.
/// </summary>
public interface IEventProcessorSequenceAware
{
    /// <summary>Called once, before the stage runs.</summary>
    void SetSequenceCallback(Sequence sequenceCallback);
}
