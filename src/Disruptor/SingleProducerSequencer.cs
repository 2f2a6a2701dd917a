using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Disruptor;

/// <summary>
/// The sequencer for a ring that one thread at a time publishes to. It claims without any atomic operation: using it from
/// two threads at once corrupts the ring, and nothing detects that.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
public sealed class SingleProducerSequencer : ISequencer
{
    // Set once and read by everyone.
    [FieldOffset(CacheLine.Bytes)]
    private readonly Sequence _cursor = new();

    [FieldOffset(CacheLine.Bytes + 8)]
    private readonly IWaitStrategy _waitStrategy;

    [FieldOffset(CacheLine.Bytes + 16)]
    private Sequence[] _gatingSequences = [];

    [FieldOffset(CacheLine.Bytes + 24)]
    private readonly int _bufferSize;

    [FieldOffset(CacheLine.Bytes + 28)]
    private readonly bool _isBlockingWaitStrategy;

    // Written by the producer for every claim, on a line of its own.
    [FieldOffset(3 * CacheLine.Bytes)]
    private long _nextValue = Sequence.InitialCursorValue;

    [FieldOffset(3 * CacheLine.Bytes + 8)]
    private long _cachedGatingValue = Sequence.InitialCursorValue;

#pragma warning disable CS0169, IDE0051 // Never read: it keeps the rest of the last line. The runtime ignores a Size on a class.
    [FieldOffset(5 * CacheLine.Bytes - 8)]
    private readonly long _padding;
#pragma warning restore CS0169, IDE0051

    /// <summary>A sequencer with <see cref="BlockingWaitStrategy"/>.</summary>
    public SingleProducerSequencer(int bufferSize)
        : this(bufferSize, SequencerDefaults.WaitStrategy())
    {
    }

    /// <summary>A sequencer for <paramref name="bufferSize"/> slots, a power of two.</summary>
    public SingleProducerSequencer(int bufferSize, IWaitStrategy waitStrategy)
    {
        ThrowHelper.ThrowIfNotRingSize(bufferSize);
        ArgumentNullException.ThrowIfNull(waitStrategy);
        _bufferSize = bufferSize;
        _waitStrategy = waitStrategy;
        _isBlockingWaitStrategy = waitStrategy.IsBlockingStrategy;
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
    public bool HasAvailableCapacity(int requiredCapacity)
    {
        var wrapPoint = _nextValue + requiredCapacity - _bufferSize;
        return !MustReadGatingValue(wrapPoint) || wrapPoint <= ReadGatingValue();
    }

    /// <inheritdoc/>
    public long GetRemainingCapacity()
    {
        return _bufferSize - (_nextValue - GatingSequences.GetMinimum(Volatile.Read(ref _gatingSequences), _nextValue));
    }

    /// <inheritdoc/>
    public void Claim(long sequence)
    {
        _nextValue = sequence;
    }

    /// <inheritdoc/>
    public void Publish(long sequence)
    {
        _cursor.SetValue(sequence);
        if (_isBlockingWaitStrategy)
        {
            _waitStrategy.SignalAllWhenBlocking();
        }
    }

    /// <inheritdoc/>
    public void Publish(long lo, long hi)
    {
        Publish(hi);
    }

    /// <inheritdoc/>
    public bool IsAvailable(long sequence)
    {
        var cursor = _cursor.Value;
        return sequence <= cursor && sequence > cursor - _bufferSize;
    }

    /// <inheritdoc/>
    public long GetHighestPublishedSequence(long nextSequence, long availableSequence)
    {
        // The cursor moves only when events are published, so whatever is available is published.
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long NextCore(int n)
    {
        var next = _nextValue + n;
        var wrapPoint = next - _bufferSize;
        if (MustReadGatingValue(wrapPoint))
        {
            WaitForCapacity(wrapPoint);
        }

        _nextValue = next;
        return next;
    }

    // A cache above the last claim can only come from Claim() moving back; then it says nothing.
    private bool MustReadGatingValue(long wrapPoint)
    {
        return wrapPoint > _cachedGatingValue || _cachedGatingValue > _nextValue;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForCapacity(long wrapPoint)
    {
        var spinWait = default(AggressiveSpinWait);
        while (wrapPoint > ReadGatingValue())
        {
            spinWait.SpinOnce();
        }
    }

    private bool TryNextCore(int n, out long sequence)
    {
        if (!HasAvailableCapacity(n))
        {
            sequence = default;
            return false;
        }

        sequence = _nextValue += n;
        return true;
    }

    // Consumers only move forward, so the minimum read now stays a safe lower bound until the next look.
    private long ReadGatingValue()
    {
        return _cachedGatingValue = GatingSequences.GetMinimum(Volatile.Read(ref _gatingSequences), _nextValue);
    }
}
