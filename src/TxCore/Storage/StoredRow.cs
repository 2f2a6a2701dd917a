using System.Buffers.Binary;
using TxCore.Protocol;

namespace TxCore.Storage;

/// <summary>A row as read back: the fixed fields, its line, and its command. Refers to the tuple it was read from.</summary>
public readonly ref struct StoredRow
{
    /// <summary>The fixed fields.</summary>
    public readonly Entry Entry;

    /// <summary>Line of the transaction, from 1.</summary>
    public readonly short Line;

    /// <summary>The shard.</summary>
    public readonly short Shard;

    /// <summary>The command of line 1: deadline (8) and canonical body; empty on other lines.</summary>
    public readonly ReadOnlySpan<byte> Command;

    /// <summary>The checksum field.</summary>
    public readonly int Checksum;

    private StoredRow(Entry entry, short shard, short line, ReadOnlySpan<byte> command, int checksum)
    {
        Entry = entry;
        Shard = shard;
        Line = line;
        Command = command;
        Checksum = checksum;
    }

    /// <summary>Reads a tuple in <see cref="RowFormat"/>; false when it is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> tuple, out StoredRow row)
    {
        row = default;
        var reader = new TupleReader(tuple);
        if (reader.Header() != RowFormat.ColumnCount)
        {
            return false;
        }

        short shard = (short)reader.Integer();
        int day = (int)reader.Integer();
        if (!RowFormat.IsDate(day))
        {
            return false;
        }

        var entry = new Entry { BusinessDay = RowFormat.BusinessDay(day), Number = reader.Integer() };
        short line = (short)reader.Integer();
        entry.Source = (uint)reader.Integer();
        entry.Sequence = reader.Integer();
        entry.Previous = reader.Integer();
        entry.Kind = (MessageType)(ushort)reader.Integer();
        entry.Code = (ResultCode)(ushort)reader.Integer();
        entry.SequencedAt = reader.Integer() + RowFormat.PostgresEpochMicroseconds;
        entry.ReceivedAt = reader.Integer() + RowFormat.PostgresEpochMicroseconds;
        entry.Fingerprint = reader.Integer();
        entry.Outlet = (int)reader.Integer();
        entry.Reference = reader.Integer();
        long amountCents = reader.Integer();
        long totalCents = reader.Integer();
        entry.AmountCents = totalCents == 0 ? amountCents : totalCents;
        long expires = reader.Integer();
        entry.ExpiresAt = expires == 0 ? 0 : expires + RowFormat.PostgresEpochMicroseconds;
        for (int skipped = 0; skipped < 7; skipped++)
        {
            reader.Bytes();
        }

        int fault = (int)reader.Integer();
        entry.FaultLine = (byte)(fault >> 8);
        entry.FaultField = (BodyField)(byte)fault;
        var command = reader.Bytes();
        int checksum = (int)reader.Integer();
        row = new StoredRow(entry, shard, line, command, checksum);
        return !reader.Failed;
    }

    private ref struct TupleReader(ReadOnlySpan<byte> tuple)
    {
        private ReadOnlySpan<byte> _rest = tuple;

        public bool Failed { get; private set; }

        public short Header()
        {
            if (_rest.Length < 2)
            {
                Failed = true;
                return 0;
            }

            short count = BinaryPrimitives.ReadInt16BigEndian(_rest);
            _rest = _rest[2..];
            return count;
        }

        public ReadOnlySpan<byte> Bytes()
        {
            if (_rest.Length < 4)
            {
                Failed = true;
                return default;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(_rest);
            _rest = _rest[4..];
            if (length > _rest.Length)
            {
                Failed = true;
                return default;
            }

            if (length <= 0)
            {
                return default;
            }

            var value = _rest[..length];
            _rest = _rest[length..];
            return value;
        }

        public long Integer()
        {
            var bytes = Bytes();
            return bytes.Length switch
            {
                8 => BinaryPrimitives.ReadInt64BigEndian(bytes),
                4 => BinaryPrimitives.ReadInt32BigEndian(bytes),
                2 => BinaryPrimitives.ReadInt16BigEndian(bytes),
                _ => 0,
            };
        }
    }
}
