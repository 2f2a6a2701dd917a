using System.Buffers.Binary;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A row of <c>txcore.transaction</c> as COPY OUT delivered it; refers to the stream's buffer.</summary>
/// <param name="tuple">Its typed columns: a tuple of the row format.</param>
/// <param name="plain">The whole tuple of a row stored in plain form; else empty.</param>
internal readonly ref struct CopiedRow(ReadOnlySpan<byte> tuple, ReadOnlySpan<byte> plain)
{
    /// <summary>The typed columns; in a plain row only the key columns and the checksum are not NULL.</summary>
    public ReadOnlySpan<byte> Columns { get; } = tuple;

    /// <summary>True when the row is stored in plain form.</summary>
    public bool IsPlain { get; } = !plain.IsEmpty;

    /// <summary>The tuple as it was decided and hashed.</summary>
    public ReadOnlySpan<byte> Tuple { get; } = plain.IsEmpty ? tuple : plain;

    /// <summary>The row as it was decided.</summary>
    /// <param name="after">Number of the row before it, for the message.</param>
    /// <exception cref="InvalidDataException">It does not have its checksum.</exception>
    public StoredRow Read(long after) =>
        StoredRow.TryRead(Tuple, out var row) && row.Checksum == RowWriter.Checksum(Tuple[..^RowFormat.ChecksumFieldBytes])
            ? row
            : throw new InvalidDataException($"The row after number {after} does not have the checksum it was written with: run verify.");
}

/// <summary>Receives rows from a <see cref="CopyReader"/>.</summary>
internal delegate void CopiedRowHandler(in CopiedRow row);

/// <summary>
/// Reads rows by raw binary COPY, without an object for any of them. The fields of <see cref="RowSelect"/> come as the tuple they were
/// written as, with one more behind it: the plain form.
/// </summary>
internal sealed class RowStream : CopyReader
{
    protected override int Take(Span<byte> rest, CopiedRowHandler handler)
    {
        int columns = TupleFields.Skip(rest, 2, RowSelect.TupleFields);
        int length = columns < 0 ? -1 : TupleFields.Skip(rest, columns, 1);
        if (length >= 0)
        {
            // The tuple counts its own fields only, as it did when it was written.
            BinaryPrimitives.WriteInt16BigEndian(rest, RowSelect.TupleFields);
            handler(new CopiedRow(rest[..columns], rest[(columns + 4)..length]));
        }

        return length;
    }
}
