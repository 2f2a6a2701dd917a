using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TxCore.Storage;

/// <summary>Typed columns of one row beyond the entry's fixed fields; a default value is stored as NULL.</summary>
public struct RowDetail
{
    /// <summary>Line of the transaction, from 1.</summary>
    public short Line;

    /// <summary>
    /// Amount of the line, in cents; for entries without lines the entry's amount. Where the two differ, line 1 also stores the entry's as
    /// its total, so that the entry is whole in one row.
    /// </summary>
    public long AmountCents;

    /// <summary>Race as <c>YYYYMMDDMMRR</c>; 0 for none.</summary>
    public long Race;

    /// <summary>Pool number; 0 for none.</summary>
    public ushort Pool;

    /// <summary>Combinations covered; 0 for none.</summary>
    public int Combinations;

    /// <summary>Sale; 0 for none.</summary>
    public uint Sale;

    /// <summary>Session; 0 for none.</summary>
    public uint Session;

    /// <summary>Price category; 0 for none.</summary>
    public ushort Category;

    /// <summary>Seats; 0 for none.</summary>
    public int Quantity;
}

/// <summary>
/// Appends rows in <see cref="RowFormat"/> to one growing buffer. Used by one thread; reused from batch to batch, so it stops
/// allocating once it has seen the largest batch.
/// </summary>
public sealed class RowWriter(short shard)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int[] _ends = new int[1024];
    private int _position;
    private int _day;
    private int _postgresDay;

    /// <summary>Rows written since <see cref="Clear"/>.</summary>
    public int RowCount { get; private set; }

    /// <summary>The rows, one behind the other.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _position);

    /// <summary>The tuple of one row, checksum included.</summary>
    public ReadOnlyMemory<byte> Row(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _buffer.AsMemory(start, _ends[index] - start);
    }

    /// <summary>Forgets all rows and keeps the memory.</summary>
    public void Clear()
    {
        _position = 0;
        RowCount = 0;
    }

    /// <summary>Appends one row. <paramref name="command"/> belongs to line 1 only; other lines pass it empty and store NULL.</summary>
    public void Append(in Entry entry, in RowDetail detail, ReadOnlySpan<byte> command)
    {
        Reserve(RowFormat.FixedBytesMax + command.Length);
        int start = _position;
        var tuple = new TupleWriter(_buffer.AsSpan(start));
        tuple.Header(RowFormat.ColumnCount);
        tuple.Int16(shard);
        tuple.Int32(PostgresDay(entry.BusinessDay));
        tuple.Int64(entry.Number);
        tuple.Int16(detail.Line);
        tuple.Int64(entry.Source);
        tuple.Int64(entry.Sequence);
        tuple.Int64(entry.Previous);
        tuple.Int16((short)entry.Kind);
        tuple.Int16((short)entry.Code);
        tuple.Int64(entry.SequencedAt - RowFormat.PostgresEpochMicroseconds);
        tuple.Int64(entry.ReceivedAt - RowFormat.PostgresEpochMicroseconds);
        tuple.Int64(entry.Fingerprint);
        tuple.Int32(entry.Outlet);
        tuple.NullableInt64(entry.Reference);
        tuple.NullableInt64(detail.AmountCents);
        tuple.NullableInt64(detail.Line == 1 && detail.AmountCents != entry.AmountCents ? entry.AmountCents : 0);
        tuple.NullableInt64(entry.ExpiresAt == 0 ? 0 : entry.ExpiresAt - RowFormat.PostgresEpochMicroseconds);
        tuple.NullableInt64(detail.Race);
        tuple.NullableInt16((short)detail.Pool);
        tuple.NullableInt32(detail.Combinations);
        tuple.NullableInt32((int)detail.Sale);
        tuple.NullableInt64(detail.Session);
        tuple.NullableInt32(detail.Category);
        tuple.NullableInt32(detail.Quantity);
        tuple.NullableInt32((entry.FaultLine << 8) | (int)entry.FaultField);
        tuple.NullableBytes(command);
        tuple.Int32(Checksum(_buffer.AsSpan(start, tuple.Position)));
        _position += tuple.Position;
        AddEnd();
    }

    /// <summary>CRC-32C of a tuple without its checksum field.</summary>
    public static int Checksum(ReadOnlySpan<byte> tuple)
    {
        uint crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(tuple);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in tuple[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return (int)~crc;
    }

    private int PostgresDay(int businessDay)
    {
        if (businessDay != _day)
        {
            _postgresDay = RowFormat.PostgresDate(businessDay);
            _day = businessDay;
        }

        return _postgresDay;
    }

    private void AddEnd()
    {
        if (RowCount == _ends.Length)
        {
            Array.Resize(ref _ends, _ends.Length * 2);
        }

        _ends[RowCount++] = _position;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _position < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _position + bytes));
        }
    }

    private ref struct TupleWriter(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Position { get; private set; }

        public void Header(short fields)
        {
            BinaryPrimitives.WriteInt16BigEndian(_destination, fields);
            Position = 2;
        }

        public void Int16(short value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_destination[Position..], 2);
            BinaryPrimitives.WriteInt16BigEndian(_destination[(Position + 4)..], value);
            Position += 4 + 2;
        }

        public void Int32(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_destination[Position..], 4);
            BinaryPrimitives.WriteInt32BigEndian(_destination[(Position + 4)..], value);
            Position += 4 + 4;
        }

        public void Int64(long value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_destination[Position..], 8);
            BinaryPrimitives.WriteInt64BigEndian(_destination[(Position + 4)..], value);
            Position += 4 + 8;
        }

        public void NullableInt16(short value)
        {
            if (value == 0)
            {
                Null();
                return;
            }

            Int16(value);
        }

        public void NullableInt32(int value)
        {
            if (value == 0)
            {
                Null();
                return;
            }

            Int32(value);
        }

        public void NullableInt64(long value)
        {
            if (value == 0)
            {
                Null();
                return;
            }

            Int64(value);
        }

        public void NullableBytes(ReadOnlySpan<byte> value)
        {
            if (value.IsEmpty)
            {
                Null();
                return;
            }

            BinaryPrimitives.WriteInt32BigEndian(_destination[Position..], value.Length);
            value.CopyTo(_destination[(Position + 4)..]);
            Position += 4 + value.Length;
        }

        private void Null()
        {
            BinaryPrimitives.WriteInt32BigEndian(_destination[Position..], -1);
            Position += 4;
        }
    }
}
