using System.Globalization;
using System.Runtime.InteropServices;

namespace Disruptor;

/// <summary>
/// A position in the ring, written by one side and read by others. The value has its cache line to itself.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
public class Sequence
{
    /// <summary>The value before the first event.</summary>
    public const long InitialCursorValue = -1;

    // A whole line before and the rest of a line behind: wherever the collector puts the object, no neighbour shares the line.
    [FieldOffset(CacheLine.Bytes)]
    private long _value;

#pragma warning disable CS0169, IDE0051 // Never read: it keeps the rest of the last line. The runtime ignores a Size on a class.
    [FieldOffset(2 * CacheLine.Bytes - 8)]
    private readonly long _padding;
#pragma warning restore CS0169, IDE0051

    /// <summary>Starts at <paramref name="initialValue"/>.</summary>
    public Sequence(long initialValue = InitialCursorValue)
    {
        _value = initialValue;
    }

    /// <summary>The current value, read with acquire order: what was written before it was set is visible.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Sets the value with release order: what was read or written before is done when the value shows.</summary>
    public void SetValue(long value)
    {
        Volatile.Write(ref _value, value);
    }

    /// <summary>Sets the value and orders it before every later read, too (a full fence).</summary>
    public void SetValueVolatile(long value)
    {
        Volatile.Write(ref _value, value);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Sets the value if it is <paramref name="expectedSequence"/>; tells whether it was.</summary>
    public bool CompareAndSet(long expectedSequence, long nextSequence)
    {
        return Interlocked.CompareExchange(ref _value, nextSequence, expectedSequence) == expectedSequence;
    }

    /// <summary>Adds one and returns the new value.</summary>
    public long IncrementAndGet()
    {
        return Interlocked.Increment(ref _value);
    }

    /// <summary>Adds <paramref name="value"/> and returns the new value.</summary>
    public long AddAndGet(long value)
    {
        return Interlocked.Add(ref _value, value);
    }

    /// <summary>The current value in decimal.</summary>
    public override string ToString()
    {
        return Value.ToString(CultureInfo.InvariantCulture);
    }
}
