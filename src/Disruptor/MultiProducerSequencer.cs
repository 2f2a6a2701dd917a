using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Disruptor;

/// <summary>
/// The sequencer for a ring that many threads publish to. The cursor is the highest sequence claimed; a flag per slot tells
/// which are published, so producers publish in any order and consumers still see no gap.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
public sealed class MultiProducerSequencer : ISequencer
{
    // Cursor and cache are padded objects; what is left in this one is set once and read by everyone.
    [FieldOffset(CacheLine.Bytes)]
    private readonly Sequence _cursor = new();

    [FieldOffset(CacheLine.Bytes + 8)]
    private readonly Sequence _cachedGatingSequence = new();

    [FieldOffset(CacheLine.Bytes + 16)]
    private readonly IWaitStrategy _waitStrategy;

    // Per slot, the lap on which it was published last; a line of padding at each end keeps neighbours away.
    [FieldOffset(CacheLine.Bytes + 24)]
    private readonly int[] _publishedLaps;

    [FieldOffset(CacheLine.Bytes + 32)]
    private Sequence[] _gatingSequences = [];

    [FieldOffset(CacheLine.Bytes + 40)]
    private readonly int _bufferSize;

    [FieldOffset(CacheLine.Bytes + 44)]
    private readonly int _lapShift;

    [FieldOffset(CacheLine.Bytes + 48)]
    private readonly bool _isBlockingWaitStrategy;

#pragma warning disable CS0169, IDE0051 // Never read: it keeps the rest of the last line. The runtime ignores a Size on a class.
    [FieldOffset(3 * CacheLine.Bytes - 8)]
    private readonly long _padding;
#pragma warning restore CS0169, IDE0051

    /// <summary>A sequencer with <see cref="BlockingWaitStrategy"/>.</summary>
    public MultiProducerSequencer(int bufferSize)
        : this(bufferSize, SequencerDefaults.WaitStrategy())
    {
    }

    /// <summary>A sequencer for <paramref name="bufferSize"/> slots, a power of two.</summary>
    public MultiProducerSequencer(int bufferSize, IWaitStrategy waitStrategy)
    {
        ThrowHelper.ThrowIfNotRingSize(bufferSize);
        ArgumentNullException.ThrowIfNull(waitStrategy);
        _bufferSize = bufferSize;
        _lapShift = BitOperations.Log2((uint)bufferSize);
        _waitStrategy = waitStrategy;
        _isBlockingWaitStrategy = waitStrategy.IsBlockingStrategy;
        _publishedLaps = new int[bufferSize + 2 * CacheLine.Ints];
        _publishedLaps.AsSpan().Fill(-1);
    }

    /// <inheritdoc/>
    public int BufferSize => _bufferSize;

    /// <inheritdoc/>
    public long Cursor => _cursor.Value;

    /// <inheritdoc/>
    public SequenceBarrier NewBarrier(params Sequence[] sequencesToTrack)
    {
        return new SequenceBarrier(this, _waitStrategy, new DependentSequenceGroup(_cursor, sequencesToTrack));
    }

    /// <inheritdoc/>
    public bool HasAvailableCapacity(int requiredCapacity)
    {
        return HasAvailableCapacity(_cursor.Value, requiredCapacity);
    }

    /// <inheritdoc/>
    public void Claim(long sequence)
    {
        _cursor.SetValue(sequence);
    }

    /// <inheritdoc/>
    public long Next()
    {
        return NextCore(1);
    }

    /// <inheritdoc/>
    public long Next(int n)
    {
        if ((uint)(n - 1) >= (uint)_bufferSize)
        {
            ThrowHelper.ThrowClaimOutOfRange(n, _bufferSize);
        }

        return NextCore(n);
    }

    /// <inheritdoc/>
    public bool TryNext(out long sequence)
    {
        return TryNextCore(1, out sequence);
    }

    /// <inheritdoc/>
    public bool TryNext(int n, out long sequence)
    {
        if ((uint)(n - 1) >= (uint)_bufferSize)
        {
            ThrowHelper.ThrowClaimOutOfRange(n, _bufferSize);
        }

        return TryNextCore(n, out sequence);
    }

    /// <inheritdoc/>
    public long GetRemainingCapacity()
    {
        var produced = _cursor.Value;
        return _bufferSize - (produced - GatingSequences.GetMinimum(Volatile.Read(ref _gatingSequences), produced));
    }

    /// <inheritdoc/>
    public void Publish(long sequence)
    {
        SetPublished(sequence);
        SignalWaiters();
    }

    /// <inheritdoc/>
    public void Publish(long lo, long hi)
    {
        for (var sequence = lo; sequence <= hi; sequence++)
        {
            SetPublished(sequence);
        }

        SignalWaiters();
    }

    /// <inheritdoc/>
    public bool IsAvailable(long sequence)
    {
        return Volatile.Read(ref LapOf(sequence)) == (int)(sequence >> _lapShift);
    }

    /// <inheritdoc/>
    public long GetHighestPublishedSequence(long lowerBound, long availableSequence)
    {
        for (var sequence = lowerBound; sequence <= availableSequence; sequence++)
        {
            if (!IsAvailable(sequence))
            {
                return sequence - 1;
            }
        }

        return availableSequence;
    }

    /// <inheritdoc/>
    public void AddGatingSequences(params Sequence[] gatingSequences)
    {
        GatingSequences.Add(ref _gatingSequences, this, gatingSequences);
    }

    /// <inheritdoc/>
    public bool RemoveGatingSequence(Sequence sequence)
    {
        return GatingSequences.Remove(ref _gatingSequences, sequence);
    }

    /// <inheritdoc/>
    public long GetMinimumSequence()
    {
        return GatingSequences.GetMinimum(Volatile.Read(ref _gatingSequences), _cursor.Value);
    }

    private long NextCore(int n)
    {
        var spinWait = default(AggressiveSpinWait);
        while (true)
        {
            // Capacity is checked before the claim, so a producer that waits on a full ring holds nothing others wait for.
            var current = _cursor.Value;
            if (!HasAvailableCapacity(current, n))
            {
                spinWait.SpinOnce();
            }
            else if (_cursor.CompareAndSet(current, current + n))
            {
                return current + n;
            }
        }
    }

    private bool TryNextCore(int n, out long sequence)
    {
        while (true)
        {
            var current = _cursor.Value;
            if (!HasAvailableCapacity(current, n))
            {
                sequence = default;
                return false;
            }

            if (_cursor.CompareAndSet(current, current + n))
            {
                sequence = current + n;
                return true;
            }
        }
    }

    private bool HasAvailableCapacity(long cursor, int requiredCapacity)
    {
        var wrapPoint = cursor + requiredCapacity - _bufferSize;
        var cached = _cachedGatingSequence.Value;
        if (wrapPoint <= cached && cached <= cursor)
        {
            return true;
        }

        // Another producer may store an older minimum over this one: that is only a lower bound that costs one more look.
        var minimum = GatingSequences.GetMinimum(Volatile.Read(ref _gatingSequences), cursor);
        _cachedGatingSequence.SetValue(minimum);
        return wrapPoint <= minimum;
    }

    // The release order of this write is what makes the event's fields visible before its flag.
    private void SetPublished(long sequence)
    {
        Volatile.Write(ref LapOf(sequence), (int)(sequence >> _lapShift));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int LapOf(long sequence)
    {
        return ref _publishedLaps[CacheLine.Ints + (int)(sequence & (_bufferSize - 1))];
    }

    private void SignalWaiters()
    {
        if (_isBlockingWaitStrategy)
        {
            _waitStrategy.SignalAllWhenBlocking();
        }
    }
}
