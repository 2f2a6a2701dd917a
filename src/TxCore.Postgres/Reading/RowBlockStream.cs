using System.Buffers.Binary;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Reads rows by the block: PostgreSQL puts hundreds of them into one value (<see cref="RowSelect.RowBlocks"/>), as a message for each row
/// costs the reader several times what checking the row does. A row comes as <c>record_send</c> makes it: field count (4), then for
/// each field its type (4), length (4) and bytes; without the types that is the tuple as it was written.
/// </summary>
internal sealed class RowBlockStream : CopyReader
{
    private const int HeaderBytes = 2 + 4;
    private byte[] _tuple = new byte[4096];

    protected override int Take(Span<byte> rest, CopiedRowHandler handler)
    {
        int length = TupleFields.Skip(rest, 2, 1);
        if (length < 0)
        {
            return -1;
        }

        var block = rest[HeaderBytes..length];
        while (block.Length > 0)
        {
            block = block[TakeRow(block, handler)..];
        }

        return length;
    }

    private int TakeRow(ReadOnlySpan<byte> block, CopiedRowHandler handler)
    {
        int fields = BinaryPrimitives.ReadInt32BigEndian(block);
        if (fields != RowSelect.TupleFields + 1)
        {
            throw new InvalidDataException($"A row has {fields} fields instead of {RowSelect.TupleFields + 1}.");
        }

        int from = 4;
        int to = 2;
        int columns = 0;
        for (int field = 0; field < fields; field++)
        {
            columns = to;
            int bytes = 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(block[(from + 4)..]));
            if (_tuple.Length < to + bytes)
            {
                Array.Resize(ref _tuple, Math.Max(_tuple.Length * 2, to + bytes));
            }

            block.Slice(from + 4, bytes).CopyTo(_tuple.AsSpan(to));
            from += 4 + bytes;
            to += bytes;
        }

        BinaryPrimitives.WriteInt16BigEndian(_tuple, RowSelect.TupleFields);
        handler(new CopiedRow(_tuple.AsSpan(0, columns), _tuple.AsSpan(columns + 4, to - columns - 4)));
        return from;
    }
}
