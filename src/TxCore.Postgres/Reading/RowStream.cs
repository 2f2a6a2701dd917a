using System.Buffers;
using System.Buffers.Binary;
using Npgsql;
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

/// <summary>Receives rows from a <see cref="RowStream"/>.</summary>
internal delegate void CopiedRowHandler(in CopiedRow row);

/// <summary>
/// Reads rows by raw binary COPY, without an object for any of them. The fields of <see cref="RowSelect"/> come as the tuple they were
/// written as, with one more behind it: the plain form.
/// </summary>
internal sealed class RowStream : IDisposable
{
    private const int SignatureBytes = 11 + 4;
    private const int GatherBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _start;
    private int _end;

    /// <summary>Runs a COPY and hands over its rows.</summary>
    public async ValueTask ReadAsync(NpgsqlConnection connection, string sql, CopiedRowHandler handler, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        await ReadAsync(copy, handler, cancellationToken);
    }

    /// <summary>Hands over the rows of a stream.</summary>
    /// <exception cref="InvalidDataException">It ends in the middle of a row.</exception>
    public async ValueTask ReadAsync(Stream copy, CopiedRowHandler handler, CancellationToken cancellationToken)
    {
        _start = _end = 0;
        await FillAsync(copy, SignatureBytes + 4, cancellationToken);
        int extension = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(SignatureBytes));
        await FillAsync(copy, SignatureBytes + 4 + extension, cancellationToken);
        _start = SignatureBytes + 4 + extension;
        while (!TakeAll(handler))
        {
            await FillAsync(copy, _end - _start + 1, cancellationToken);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));

    /// <summary>Hands over every whole tuple in the buffer; true after the last of all.</summary>
    private bool TakeAll(CopiedRowHandler handler)
    {
        const short endOfRows = -1;
        while (_end - _start >= sizeof(short))
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            if (BinaryPrimitives.ReadInt16BigEndian(rest) == endOfRows)
            {
                return true;
            }

            int length = Take(rest, handler);
            if (length < 0)
            {
                return false;
            }

            _start += length;
        }

        return false;
    }

    /// <summary>Reads until the buffer holds at least so many bytes; each row arrives in a message of its own, so more are gathered at once.</summary>
    private async ValueTask FillAsync(Stream copy, int bytes, CancellationToken cancellationToken)
    {
        MakeRoom(bytes);
        while (_end - _start < Math.Max(bytes, GatherBytes))
        {
            int read = await copy.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                break;
            }

            _end += read;
        }

        if (_end - _start < bytes)
        {
            throw new InvalidDataException("The rows end in the middle of one.");
        }
    }

    private void MakeRoom(int bytes)
    {
        int needed = Math.Max(bytes, GatherBytes);
        if (_buffer.Length - _start >= needed)
        {
            return;
        }

        byte[] old = _buffer;
        int length = _end - _start;
        if (old.Length < needed)
        {
            // Doubled: a tuple may be of many megabytes, and it is not known how many.
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, old.Length * 2));
        }

        old.AsSpan(_start, length).CopyTo(_buffer);
        (_start, _end) = (0, length);
        if (!ReferenceEquals(old, _buffer))
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }

    /// <summary>Hands over the next tuple; its length, or -1 when it is not whole yet.</summary>
    private static int Take(Span<byte> rest, CopiedRowHandler handler)
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
