using System.Diagnostics.CodeAnalysis;

namespace Disruptor;

/// <summary>
/// A view of consecutive events in the ring, valid only during the handler's call: afterwards producers use the slots again.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "The package's type has no equality.")]
public readonly struct EventBatch<T>
    where T : class
{
    private readonly T[] _array;
    private readonly int _beginIndex;

    /// <summary>The <paramref name="length"/> events of <paramref name="array"/> from <paramref name="beginIndex"/>.</summary>
    public EventBatch(T[] array, int beginIndex, int length)
    {
        _array = array;
        _beginIndex = beginIndex;
        Length = length;
    }

    /// <summary>Number of events.</summary>
    public int Length { get; }

    /// <summary>The event at <paramref name="index"/>, counted from the start of the batch.</summary>
    public T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Length)
            {
                ThrowHelper.ThrowBatchIndexOutOfRange(index, Length);
            }

            return _array[_beginIndex + index];
        }
    }

    /// <summary>Enumerates without allocation.</summary>
    public Enumerator GetEnumerator()
    {
        return new Enumerator(_array, _beginIndex, _beginIndex + Length);
    }

    /// <summary>The events as a span over the ring.</summary>
    public ReadOnlySpan<T> AsSpan()
    {
        return new ReadOnlySpan<T>(_array, _beginIndex, Length);
    }

    /// <summary>The events as a sequence for LINQ; allocates.</summary>
    public IEnumerable<T> AsEnumerable()
    {
        for (var i = 0; i < Length; i++)
        {
            yield return this[i];
        }
    }

    /// <summary>A part of the batch.</summary>
    public EventBatch<T> Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start), nameof(length));
        return new EventBatch<T>(_array, _beginIndex + start, length);
    }

    /// <summary>The events in a new array.</summary>
    public T[] ToArray()
    {
        return AsSpan().ToArray();
    }

    /// <summary>Walks a batch; made by <see cref="GetEnumerator"/>.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "The package's type has no equality.")]
    public struct Enumerator
    {
        private readonly T[] _array;
        private readonly int _endIndex;
        private int _index;

        internal Enumerator(T[] array, int index, int endIndex)
        {
            _array = array;
            _endIndex = endIndex;
            _index = index - 1;
        }

        /// <summary>The present event.</summary>
        public readonly T Current => _array[_index];

        /// <summary>Steps to the next event; false at the end.</summary>
        public bool MoveNext()
        {
            return ++_index < _endIndex;
        }
    }
}
