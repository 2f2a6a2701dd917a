using System.Runtime.CompilerServices;
using Disruptor.Dsl;

namespace Disruptor;

/// <summary>
/// A ring of preallocated events. Producers claim a sequence, fill the event in its slot and publish; consumers see it in
/// order. A slot is used again once every gating sequence has passed it, so an event must not be kept after that.
/// </summary>
public sealed class RingBuffer<T> : RingBuffer, IDataProvider<T>, ISequenced
    where T : class
{
    /// <summary>A ring on <paramref name="sequencer"/>, its slots filled by <paramref name="eventFactory"/>.</summary>
    public RingBuffer(Func<T> eventFactory, ISequencer sequencer)
        : base(sequencer, CreateEntries(eventFactory, sequencer.BufferSize))
    {
    }

    /// <summary>A ring for many producers with <see cref="BlockingWaitStrategy"/>.</summary>
    public RingBuffer(Func<T> eventFactory, int bufferSize)
        : this(eventFactory, SequencerDefaults.Create(SequencerDefaults.ProducerType, bufferSize, SequencerDefaults.WaitStrategy()))
    {
    }

    /// <summary>The event in the slot of <paramref name="sequence"/>; to be written between claim and publication only.</summary>
    public T this[long sequence] => Entries[IndexOf(sequence)];

    // Only the constructor sets the array, and always to this type, so the cast needs no check.
    private T[] Entries => Unsafe.As<T[]>(_entries);

    /// <summary>A ring of <paramref name="bufferSize"/> slots, a power of two, for many producers.</summary>
    public static RingBuffer<T> CreateMultiProducer(Func<T> factory, int bufferSize, IWaitStrategy waitStrategy)
    {
        return Create(ProducerType.Multi, factory, bufferSize, waitStrategy);
    }

    /// <summary>A ring for many producers with <see cref="BlockingWaitStrategy"/>.</summary>
    public static RingBuffer<T> CreateMultiProducer(Func<T> factory, int bufferSize)
    {
        return Create(ProducerType.Multi, factory, bufferSize, SequencerDefaults.WaitStrategy());
    }

    /// <summary>A ring of <paramref name="bufferSize"/> slots, a power of two, for one producer.</summary>
    public static RingBuffer<T> CreateSingleProducer(Func<T> factory, int bufferSize, IWaitStrategy waitStrategy)
    {
        return Create(ProducerType.Single, factory, bufferSize, waitStrategy);
    }

    /// <summary>A ring for one producer with <see cref="BlockingWaitStrategy"/>.</summary>
    public static RingBuffer<T> CreateSingleProducer(Func<T> factory, int bufferSize)
    {
        return Create(ProducerType.Single, factory, bufferSize, SequencerDefaults.WaitStrategy());
    }

    /// <summary>A ring of <paramref name="bufferSize"/> slots, a power of two.</summary>
    public static RingBuffer<T> Create(ProducerType producerType, Func<T> factory, int bufferSize, IWaitStrategy waitStrategy)
    {
        return new RingBuffer<T>(factory, SequencerDefaults.Create(producerType, bufferSize, waitStrategy));
    }

    /// <inheritdoc/>
    public EventBatch<T> GetBatch(long lo, long hi)
    {
        var index = IndexOf(lo);
        var slotsToWrap = CacheLine.References + _bufferSize - index;
        return new EventBatch<T>(Entries, index, (int)Math.Min(hi - lo + 1, slotsToWrap));
    }

    /// <summary>Claims a slot and publishes it when the scope is disposed; waits while the ring is full.</summary>
    public UnpublishedEventScope PublishEvent()
    {
        return new UnpublishedEventScope(this, Next());
    }

    /// <summary>Claims <paramref name="count"/> slots and publishes them when the scope is disposed; waits while the ring is full.</summary>
    public UnpublishedEventBatchScope PublishEvents(int count)
    {
        var endSequence = Next(count);
        return new UnpublishedEventBatchScope(this, endSequence + 1 - count, endSequence);
    }

    /// <summary>The size and the cursor, for a log.</summary>
    public override string ToString()
    {
        return $"RingBuffer: BufferSize={_bufferSize}, Cursor={Cursor}, Sequencer={_sequencer.GetType().Name}";
    }

    private static T[] CreateEntries(Func<T> eventFactory, int bufferSize)
    {
        ArgumentNullException.ThrowIfNull(eventFactory);

        // A line of unused references at each end: the array's length and its neighbours stay off the slots' lines.
        var entries = new T[bufferSize + 2 * CacheLine.References];
        for (var i = 0; i < bufferSize; i++)
        {
            entries[CacheLine.References + i] = eventFactory();
        }

        return entries;
    }

    private int IndexOf(long sequence)
    {
        return CacheLine.References + (int)(sequence & (_bufferSize - 1));
    }

    /// <summary>One claimed slot; disposing publishes it, also after an exception, so the ring has no gap.</summary>
    public readonly struct UnpublishedEventScope : IDisposable
    {
        private readonly RingBuffer<T> _ringBuffer;

        /// <summary>A scope over the claimed <paramref name="sequence"/>.</summary>
        public UnpublishedEventScope(RingBuffer<T> ringBuffer, long sequence)
        {
            _ringBuffer = ringBuffer;
            Sequence = sequence;
        }

        /// <summary>The claimed sequence.</summary>
        public long Sequence { get; }

        /// <summary>The event to fill.</summary>
        public T Event()
        {
            return _ringBuffer[Sequence];
        }

        /// <summary>Publishes the event; to be called once.</summary>
        public void Dispose()
        {
            _ringBuffer.Publish(Sequence);
        }
    }

    /// <summary>Several claimed slots; disposing publishes all of them.</summary>
    public readonly struct UnpublishedEventBatchScope : IDisposable
    {
        private readonly RingBuffer<T> _ringBuffer;

        /// <summary>A scope over the claimed sequences, both ends included.</summary>
        public UnpublishedEventBatchScope(RingBuffer<T> ringBuffer, long startSequence, long endSequence)
        {
            _ringBuffer = ringBuffer;
            StartSequence = startSequence;
            EndSequence = endSequence;
        }

        /// <summary>The first claimed sequence.</summary>
        public long StartSequence { get; }

        /// <summary>The last claimed sequence.</summary>
        public long EndSequence { get; }

        /// <summary>The event at <paramref name="index"/>, counted from <see cref="StartSequence"/>.</summary>
        public T Event(int index)
        {
            return _ringBuffer[StartSequence + index];
        }

        /// <summary>Publishes the events; to be called once.</summary>
        public void Dispose()
        {
            _ringBuffer.Publish(StartSequence, EndSequence);
        }
    }
}
