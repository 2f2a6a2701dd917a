using System.Buffers.Binary;

namespace TxCore.Protocol;

/// <summary>
/// Reads little-endian fields from a payload. A read past the end sets <see cref="Failed"/> and yields zero, so that a decoder
/// checks once at its end; bytes left over are fields of a later version and are skipped.
/// </summary>
public ref struct WireReader(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _position;

    /// <summary>True once a read went past the end or a counted field was over its limit.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes consumed so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _payload.Length - _position;

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Take(1) is { IsEmpty: false } span ? span[0] : (byte)0;

    /// <summary>Reads an unsigned 16-bit integer.</summary>
    public ushort UInt16() => Take(2) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt16LittleEndian(span) : (ushort)0;

    /// <summary>Reads an unsigned 32-bit integer.</summary>
    public uint UInt32() => Take(4) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt32LittleEndian(span) : 0;

    /// <summary>Reads an unsigned 64-bit integer.</summary>
    public ulong UInt64() => Take(8) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt64LittleEndian(span) : 0;

    /// <summary>Reads a signed 64-bit integer.</summary>
    public long Int64() => (long)UInt64();

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count) => Take(count);

    /// <summary>Reads bytes preceded by their count in one byte; more than <paramref name="max"/> fails.</summary>
    public ReadOnlySpan<byte> CountedBytes(int max) => TakeCounted(Byte(), max);

    /// <summary>Reads bytes preceded by their count in two bytes; more than <paramref name="max"/> fails.</summary>
    public ReadOnlySpan<byte> LongCountedBytes(int max) => TakeCounted(UInt16(), max);

    /// <summary>Reads an element preceded by its size in two bytes and yields a reader over it: fields it has beyond those known are skipped with it.</summary>
    public WireReader Element()
    {
        int size = UInt16();
        return new WireReader(Take(size)) { Failed = Failed };
    }

    /// <summary>Marks the payload as unreadable; used by decoders for counts over a limit.</summary>
    public void Fail() => Failed = true;

    private ReadOnlySpan<byte> TakeCounted(int count, int max)
    {
        if (count <= max)
        {
            return Take(count);
        }

        Failed = true;
        return default;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count > _payload.Length - _position)
        {
            Failed = true;
            return default;
        }

        var span = _payload.Slice(_position, count);
        _position += count;
        return span;
    }
}
