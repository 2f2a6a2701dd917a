using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The rows of a small batch as one INSERT, which travels with BEGIN, the advance of the shard row and COMMIT: one round trip where a COPY
/// takes four. Values are taken from the tuples, so what is stored is what was hashed.
/// </summary>
internal abstract class RowInsert
{
    /// <summary>The columns of every form of the statement, separated by commas.</summary>
    protected static readonly string Columns = string.Join(", ", RowFormat.Columns);

    /// <summary>The statement; its parameters hold the rows of the last <see cref="Fill"/>.</summary>
    public NpgsqlBatchCommand Command { get; } = new();

    /// <summary>Takes over the rows.</summary>
    public abstract void Fill(RowWriter rows);

    /// <summary>Cuts the field at the start of a tuple off; null for NULL, which a tuple holds as a negative length.</summary>
    protected static ReadOnlySpan<byte> Field(ref ReadOnlySpan<byte> tuple, out bool isNull)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(tuple);
        isNull = length < 0;
        var field = tuple.Slice(sizeof(int), Math.Max(length, 0));
        tuple = tuple[(sizeof(int) + field.Length)..];
        return field;
    }

    /// <summary>A tuple without its count of fields.</summary>
    protected static ReadOnlySpan<byte> Fields(RowWriter rows, int row) => rows.Row(row).Span[sizeof(short)..];

    /// <summary>Chooses by the type of a column; PostgreSQL counts dates and timestamps as numbers, and so do the tuples.</summary>
    protected static TMade OfType<TMade>(string type, IMaker<TMade> maker) => type switch
    {
        "int2" => maker.Number<short>(NpgsqlDbType.Smallint, BinaryPrimitives.ReadInt16BigEndian),
        "int4" => maker.Number<int>(NpgsqlDbType.Integer, BinaryPrimitives.ReadInt32BigEndian),
        "int8" => maker.Number<long>(NpgsqlDbType.Bigint, BinaryPrimitives.ReadInt64BigEndian),
        "date" => maker.Number<int>(NpgsqlDbType.Date, BinaryPrimitives.ReadInt32BigEndian),
        "timestamptz" => maker.Number<long>(NpgsqlDbType.TimestampTz, BinaryPrimitives.ReadInt64BigEndian),
        "bytea" => maker.Bytes(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No column of a row has this type."),
    };

    /// <summary>Reads the binary form of a number.</summary>
    protected delegate T FieldReader<out T>(ReadOnlySpan<byte> field);

    /// <summary>Makes what holds the values of a column.</summary>
    protected interface IMaker<out TMade>
    {
        /// <summary>For a column of numbers.</summary>
        TMade Number<T>(NpgsqlDbType type, FieldReader<T> read)
            where T : struct;

        /// <summary>For a column of bytes.</summary>
        TMade Bytes();
    }
}
