using System.Buffers.Binary;

namespace TxCore.Protocol;

/// <summary>Writes little-endian fields into a span that the caller made large enough; a write past its end throws.</summary>
public ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    /// <summary>Writes one byte.</summary>
    public void Byte(byte value) => Take(1)[0] = value;

    /// <summary>Writes an unsigned 16-bit integer.</summary>
    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    /// <summary>Writes an unsigned 32-bit integer.</summary>
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Writes an unsigned 64-bit integer.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Writes a signed 64-bit integer.</summary>
    public void Int64(long value) => UInt64((ulong)value);

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Writes bytes preceded by their count in one byte (at most 255).</summary>
    public void CountedBytes(scoped ReadOnlySpan<byte> value)
    {
        Byte(checked((byte)value.Length));
        Bytes(value);
    }

    /// <summary>Writes bytes preceded by their count in two bytes (at most 65,535).</summary>
    public void LongCountedBytes(scoped ReadOnlySpan<byte> value)
    {
        UInt16(checked((ushort)value.Length));
        Bytes(value);
    }

    /// <summary>Starts an element preceded by its size; returns the mark to give to <see cref="EndElement"/>.</summary>
    public int BeginElement()
    {
        int mark = Position;
        UInt16(0);
        return mark;
    }

    /// <summary>Ends the element that <see cref="BeginElement"/> started, writing its size.</summary>
    public readonly void EndElement(int mark) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[mark..], checked((ushort)(Position - mark - sizeof(ushort))));

    private Span<byte> Take(int count)
    {
        var span = _destination.Slice(Position, count);
        Position += count;
        return span;
    }
}
