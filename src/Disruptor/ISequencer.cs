namespace Disruptor;

/// <summary>
/// Coordinates producers with each other and with the gating sequences, the progress of the slowest consumers, which no claim may lap.
/// </summary>
public interface ISequencer : ISequenced, ICursored
{
    /// <summary>Sets the next claim to follow <paramref name="sequence"/>; only before the ring is in use.</summary>
    void Claim(long sequence);

    /// <summary>Whether <paramref name="sequence"/> is published and still in the ring.</summary>
    bool IsAvailable(long sequence);

    /// <summary>Adds sequences that claims must not lap; each starts at the current cursor.</summary>
    void AddGatingSequences(params Sequence[] gatingSequences);

    /// <summary>Removes a gating sequence; false if it was not there.</summary>
    bool RemoveGatingSequence(Sequence sequence);

    /// <summary>A barrier that follows the cursor or, if any are given, the slowest of <paramref name="sequencesToTrack"/>.</summary>
    SequenceBarrier NewBarrier(params Sequence[] sequencesToTrack);

    /// <summary>The slowest gating sequence, or the cursor if there is none.</summary>
    long GetMinimumSequence();

    /// <summary>
    /// The highest sequence up to <paramref name="availableSequence"/> such that everything from <paramref name="nextSequence"/>
    /// is published; <paramref name="nextSequence"/> - 1 if that one is not.
    /// </summary>
    long GetHighestPublishedSequence(long nextSequence, long availableSequence);
}
