using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The INSERT of a batch of some rows: an array for each column, whatever their number.</summary>
internal sealed class ArrayInsert : RowInsert
{
    /// <summary>Most rows for which this beats COPY.</summary>
    public const int RowsMax = 64;

    private readonly Column[] _columns = Array.ConvertAll(RowFormat.ColumnTypes, static type => OfType(type, new ColumnMaker()));

    public ArrayInsert()
    {
        string arrays = string.Join(", ", RowFormat.ColumnTypes.Select((type, i) => $"${i + 1}::{type}[]"));
        Command.CommandText = $"INSERT INTO txcore.transaction ({Columns}) SELECT * FROM unnest({arrays})";
        foreach (var column in _columns)
        {
            Command.Parameters.Add(column.Parameter);
        }
    }

    /// <inheritdoc/>
    public override void Fill(RowWriter rows)
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            var rest = Fields(rows, row);
            foreach (var column in _columns)
            {
                var field = Field(ref rest, out bool isNull);
                column.Add(field, isNull);
            }
        }
    }

    /// <summary>The values of one column, kept from batch to batch.</summary>
    private abstract class Column
    {
        public required NpgsqlParameter Parameter { get; init; }

        public abstract void Clear();

        public abstract void Add(ReadOnlySpan<byte> field, bool isNull);
    }

    private sealed class NumberColumn<T>(List<T?> values, FieldReader<T> read) : Column
        where T : struct
    {
        public override void Clear() => values.Clear();

        public override void Add(ReadOnlySpan<byte> field, bool isNull) => values.Add(isNull ? null : read(field));
    }

    private sealed class BytesColumn(List<byte[]?> values) : Column
    {
        public override void Clear() => values.Clear();

        public override void Add(ReadOnlySpan<byte> field, bool isNull) => values.Add(isNull ? null : field.ToArray());
    }

    private sealed class ColumnMaker : IMaker<Column>
    {
        public Column Number<T>(NpgsqlDbType type, FieldReader<T> read)
            where T : struct
        {
            var values = new List<T?>();
            return new NumberColumn<T>(values, read)
            {
                Parameter = new NpgsqlParameter<List<T?>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type },
            };
        }

        public Column Bytes()
        {
            var values = new List<byte[]?>();
            return new BytesColumn(values)
            {
                Parameter = new NpgsqlParameter<List<byte[]?>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            };
        }
    }
}
