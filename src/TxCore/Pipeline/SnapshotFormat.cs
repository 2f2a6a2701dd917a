using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>Writes a snapshot: little-endian 64-bit integers, and counted bytes.</summary>
internal sealed class SnapshotWriter
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _position;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _position);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Counted(ReadOnlySpan<byte> value)
    {
        Int64(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>Makes room for bytes that the caller fills.</summary>
    public Span<byte> Bytes(int count) => Take(count);

    /// <summary>A person key, or that there is none.</summary>
    public void Person(PersonKey? person)
    {
        Span<byte> key = stackalloc byte[Wire.PersonKeyBytes];
        person?.Write(key);
        Counted(person is null ? [] : key);
    }

    public void Record(in OutcomeRecord record)
    {
        ref readonly var entry = ref record.Entry;
        Int64(entry.Number);
        Int64(entry.BusinessDay);
        Int64(entry.Source);
        Int64(entry.Sequence);
        Int64(((long)entry.Kind << 32) | ((long)entry.Code << 16) | record.KeyEpoch);
        Int64(entry.SequencedAt);
        Int64(entry.Fingerprint);
        Int64(entry.Outlet);
        Int64(entry.Reference);
        Int64(entry.AmountCents);
        Int64(entry.ExpiresAt);
        Int64((entry.FaultLine << 8) | (int)entry.FaultField);
        Counted(record.Picks);
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - _position < count)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(_buffer.Length * 2L, (long)_position + count)));
        }

        var span = _buffer.AsSpan(_position, count);
        _position += count;
        return span;
    }
}

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote; a snapshot that ends early throws <see cref="InvalidDataException"/>.</summary>
internal ref struct SnapshotReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads how many items follow; each takes eight bytes at least, so a count beyond the bytes left is damage.</summary>
    public int Count()
    {
        long count = Int64();
        return count >= 0 && count <= _rest.Length / sizeof(long)
            ? (int)count
            : throw new InvalidDataException($"The snapshot announces {count} items in {_rest.Length} bytes.");
    }

    public ReadOnlySpan<byte> Counted() => Take((int)Math.Clamp(Int64(), -1, int.MaxValue));

    public PersonKey? Person() => Counted() is { IsEmpty: false } key ? PersonKey.Read(key) : null;

    public OutcomeRecord Record()
    {
        var entry = new Entry
        {
            Number = Int64(),
            BusinessDay = (int)Int64(),
            Source = (uint)Int64(),
            Sequence = Int64(),
        };
        long packed = Int64();
        entry.Kind = (MessageType)(ushort)(packed >> 32);
        entry.Code = (ResultCode)(ushort)(packed >> 16);
        entry.SequencedAt = Int64();
        entry.Fingerprint = Int64();
        entry.Outlet = (int)Int64();
        entry.Reference = Int64();
        entry.AmountCents = Int64();
        entry.ExpiresAt = Int64();
        long fault = Int64();
        entry.FaultLine = (byte)(fault >> 8);
        entry.FaultField = (BodyField)(byte)fault;
        var picks = Counted();
        return new OutcomeRecord { Entry = entry, KeyEpoch = (ushort)packed, Picks = picks.IsEmpty ? null : picks.ToArray() };
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new InvalidDataException("The snapshot ends early.");
        }

        var span = _rest[..count];
        _rest = _rest[count..];
        return span;
    }
}
