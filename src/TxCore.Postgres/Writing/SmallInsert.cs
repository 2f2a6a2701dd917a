using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The rows of a small batch as one INSERT from arrays, which travels with BEGIN, the advance of the shard row and COMMIT: one round trip
/// where a COPY takes four. Values are taken from the tuples, so what is stored is what was hashed.
/// </summary>
internal sealed class SmallInsert
{
    /// <summary>Most rows for which this beats COPY.</summary>
    public const int RowsMax = 64;

    private readonly Column[] _columns = Array.ConvertAll(RowFormat.ColumnTypes, Column.OfType);

    public SmallInsert()
    {
        Command = new NpgsqlBatchCommand(Sql());
        foreach (var column in _columns)
        {
            Command.Parameters.Add(column.Parameter);
        }
    }

    /// <summary>The statement; its parameters hold the rows of the last <see cref="Fill"/>.</summary>
    public NpgsqlBatchCommand Command { get; }

    /// <summary>Takes over the rows.</summary>
    public void Fill(RowWriter rows)
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            var rest = rows.Row(row).Span[sizeof(short)..];
            foreach (var column in _columns)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(rest);
                column.Add(rest.Slice(4, Math.Max(length, 0)), isNull: length < 0);
                rest = rest[(4 + Math.Max(length, 0))..];
            }
        }
    }

    private static string Sql()
    {
        string columns = string.Join(", ", RowFormat.Columns);
        string arrays = string.Join(", ", RowFormat.ColumnTypes.Select((type, i) => $"${i + 1}::{type}[]"));
        return $"INSERT INTO txcore.transaction ({columns}) SELECT * FROM unnest({arrays})";
    }

    /// <summary>The values of one column, kept from batch to batch.</summary>
    private abstract class Column
    {
        public required NpgsqlParameter Parameter { get; init; }

        public static Column OfType(string type) => type switch
        {
            "int2" => Of<short>(NpgsqlDbType.Smallint, BinaryPrimitives.ReadInt16BigEndian),
            "int4" => Of<int>(NpgsqlDbType.Integer, BinaryPrimitives.ReadInt32BigEndian),
            "int8" => Of<long>(NpgsqlDbType.Bigint, BinaryPrimitives.ReadInt64BigEndian),

            // Both as PostgreSQL counts them, days and microseconds since 2000.
            "date" => Of<int>(NpgsqlDbType.Date, BinaryPrimitives.ReadInt32BigEndian),
            "timestamptz" => Of<long>(NpgsqlDbType.TimestampTz, BinaryPrimitives.ReadInt64BigEndian),
            _ => BytesColumn.Create(),
        };

        public abstract void Clear();

        public abstract void Add(ReadOnlySpan<byte> field, bool isNull);

        private static NumberColumn<T> Of<T>(NpgsqlDbType type, FieldReader<T> read)
            where T : struct
        {
            var values = new List<T?>();
            return new NumberColumn<T>(values, read)
            {
                Parameter = new NpgsqlParameter<List<T?>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type },
            };
        }
    }

    private delegate T FieldReader<out T>(ReadOnlySpan<byte> field);

    private sealed class NumberColumn<T>(List<T?> values, FieldReader<T> read) : Column
        where T : struct
    {
        public override void Clear() => values.Clear();

        public override void Add(ReadOnlySpan<byte> field, bool isNull) => values.Add(isNull ? null : read(field));
    }

    private sealed class BytesColumn(List<byte[]?> values) : Column
    {
        public static BytesColumn Create()
        {
            var values = new List<byte[]?>();
            return new BytesColumn(values)
            {
                Parameter = new NpgsqlParameter<List<byte[]?>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            };
        }

        public override void Clear() => values.Clear();

        public override void Add(ReadOnlySpan<byte> field, bool isNull) => values.Add(isNull ? null : field.ToArray());
    }
}
