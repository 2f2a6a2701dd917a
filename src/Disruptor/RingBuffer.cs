using System.Runtime.InteropServices;

namespace Disruptor;

/// <summary>The part of the ring that does not depend on the event type: sequences, capacity and publication.</summary>
[StructLayout(LayoutKind.Explicit)]
public abstract class RingBuffer : ICursored
{
    // All of these are set once; the padding keeps what others write off their line. The layout is explicit here because
    // the runtime does not allow that in a generic class.
    [FieldOffset(CacheLine.Bytes)]
    private protected readonly Array _entries;

    [FieldOffset(CacheLine.Bytes + 8)]
    private protected readonly ISequencer _sequencer;

    [FieldOffset(CacheLine.Bytes + 16)]
    private protected readonly int _bufferSize;

#pragma warning disable CS0169, IDE0051 // Never read: it keeps the rest of the last line. The runtime ignores a Size on a class.
    [FieldOffset(3 * CacheLine.Bytes - 8)]
    private readonly long _padding;
#pragma warning restore CS0169, IDE0051

    private protected RingBuffer(ISequencer sequencer, Array entries)
    {
        _sequencer = sequencer;
        _bufferSize = sequencer.BufferSize;
        _entries = entries;
    }

    /// <summary>Number of slots, a power of two.</summary>
    public int BufferSize => _bufferSize;

    /// <summary>The highest sequence published (one producer) or claimed (many); -1 at the start.</summary>
    public long Cursor => _sequencer.Cursor;

    /// <inheritdoc cref="ISequenced.HasAvailableCapacity"/>
    public bool HasAvailableCapacity(int requiredCapacity)
    {
        return _sequencer.HasAvailableCapacity(requiredCapacity);
    }

    /// <inheritdoc cref="ISequenced.Next()"/>
    public long Next()
    {
        return _sequencer.Next();
    }

    /// <inheritdoc cref="ISequenced.Next(int)"/>
    public long Next(int n)
    {
        return _sequencer.Next(n);
    }

    /// <inheritdoc cref="ISequenced.TryNext(out long)"/>
    public bool TryNext(out long sequence)
    {
        return _sequencer.TryNext(out sequence);
    }

    /// <inheritdoc cref="ISequenced.TryNext(int, out long)"/>
    public bool TryNext(int n, out long sequence)
    {
        return _sequencer.TryNext(n, out sequence);
    }

    /// <inheritdoc cref="ISequencer.AddGatingSequences"/>
    public void AddGatingSequences(params Sequence[] gatingSequences)
    {
        _sequencer.AddGatingSequences(gatingSequences);
    }

    /// <inheritdoc cref="ISequencer.GetMinimumSequence"/>
    public long GetMinimumGatingSequence()
    {
        return _sequencer.GetMinimumSequence();
    }

    /// <inheritdoc cref="ISequencer.RemoveGatingSequence"/>
    public bool RemoveGatingSequence(Sequence sequence)
    {
        return _sequencer.RemoveGatingSequence(sequence);
    }

    /// <inheritdoc cref="ISequencer.NewBarrier"/>
    public SequenceBarrier NewBarrier(params Sequence[] sequencesToTrack)
    {
        return _sequencer.NewBarrier(sequencesToTrack);
    }

    /// <inheritdoc cref="ISequenced.Publish(long)"/>
    public void Publish(long sequence)
    {
        _sequencer.Publish(sequence);
    }

    /// <inheritdoc cref="ISequenced.Publish(long, long)"/>
    public void Publish(long lo, long hi)
    {
        _sequencer.Publish(lo, hi);
    }

    /// <inheritdoc cref="ISequenced.GetRemainingCapacity"/>
    public long GetRemainingCapacity()
    {
        return _sequencer.GetRemainingCapacity();
    }

    /// <inheritdoc cref="ISequencer.IsAvailable"/>
    public bool IsAvailable(long sequence)
    {
        return _sequencer.IsAvailable(sequence);
    }
}
