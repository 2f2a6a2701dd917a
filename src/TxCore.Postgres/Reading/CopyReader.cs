using System.Buffers;
using System.Buffers.Binary;
using Npgsql;

namespace TxCore.Postgres;

/// <summary>Reads a stream in PostgreSQL's binary COPY format into a buffer of its own, from which a subclass takes whole tuples.</summary>
internal abstract class CopyReader : IDisposable
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

    /// <summary>Hands over what the next tuple holds; its length, or -1 when it is not whole yet.</summary>
    protected abstract int Take(Span<byte> rest, CopiedRowHandler handler);

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
}
