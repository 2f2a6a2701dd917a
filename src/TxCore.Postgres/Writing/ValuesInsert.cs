using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The INSERT of a batch of so few rows that each value has a parameter of its own. It costs PostgreSQL a fifth of what arrays do for one
/// row, and one or two rows is what a batch holds at a few thousand transactions a second.
/// </summary>
internal sealed class ValuesInsert : RowInsert
{
    /// <summary>Most rows for which there is a statement.</summary>
    public const int RowsMax = 8;

    private readonly int _rows;
    private readonly Cell[] _cells;

    public ValuesInsert(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsMax);
        _rows = rows;
        _cells = [.. Enumerable.Range(0, rows).SelectMany(static _ => RowFormat.ColumnTypes, static (_, type) => OfType(type, new CellMaker()))];
        Command.CommandText = Sql(rows);
        foreach (var cell in _cells)
        {
            Command.Parameters.Add(cell.Parameter);
        }
    }

    /// <inheritdoc/>
    public override void Fill(RowWriter rows)
    {
        if (rows.RowCount != _rows)
        {
            throw new ArgumentException($"The statement takes {_rows} rows, not {rows.RowCount}.", nameof(rows));
        }

        for (int row = 0; row < _rows; row++)
        {
            var rest = Fields(rows, row);
            foreach (var cell in _cells.AsSpan(row * RowFormat.ColumnCount, RowFormat.ColumnCount))
            {
                var field = Field(ref rest, out bool isNull);
                cell.Set(field, isNull);
            }
        }
    }

    private static string Sql(int rows)
    {
        var sql = new StringBuilder($"INSERT INTO txcore.transaction ({Columns}) VALUES ");
        for (int row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            for (int column = 0; column < RowFormat.ColumnCount; column++)
            {
                sql.Append(column == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"${(row * RowFormat.ColumnCount) + column + 1}");
                sql.Append("::").Append(RowFormat.ColumnTypes[column]);
            }

            sql.Append(')');
        }

        return sql.ToString();
    }

    /// <summary>One value of one row.</summary>
    private abstract class Cell
    {
        public abstract NpgsqlParameter Parameter { get; }

        public abstract void Set(ReadOnlySpan<byte> field, bool isNull);
    }

    private sealed class NumberCell<T>(NpgsqlDbType type, FieldReader<T> read) : Cell
        where T : struct
    {
        private readonly NpgsqlParameter<T?> _parameter = new() { NpgsqlDbType = type };

        public override NpgsqlParameter Parameter => _parameter;

        public override void Set(ReadOnlySpan<byte> field, bool isNull) => _parameter.TypedValue = isNull ? null : read(field);
    }

    private sealed class BytesCell : Cell
    {
        private readonly NpgsqlParameter<byte[]?> _parameter = new() { NpgsqlDbType = NpgsqlDbType.Bytea };

        public override NpgsqlParameter Parameter => _parameter;

        public override void Set(ReadOnlySpan<byte> field, bool isNull) => _parameter.TypedValue = isNull ? null : field.ToArray();
    }

    private sealed class CellMaker : IMaker<Cell>
    {
        public Cell Number<T>(NpgsqlDbType type, FieldReader<T> read)
            where T : struct => new NumberCell<T>(type, read);

        public Cell Bytes() => new BytesCell();
    }
}
