using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Sessions;

/// <summary>
/// The last committed rows that later transactions ask for by number (tickets, vouchers, holds, offers), as they are stored: what was sold
/// today is paid, cancelled and given back without a question to PostgreSQL. Written by the reply thread, read by sessions. Its chunks are
/// reused, so it allocates nothing once it is full; a row that has left it is found in PostgreSQL.
/// </summary>
public sealed class RecentRows
{
    private const int ChunkBytes = 1024 * 1024;
    private static readonly int HeadBytes = Unsafe.SizeOf<Entry>() + sizeof(int);
    private readonly Lock _gate = new();
    private readonly Queue<Chunk> _spare = new();
    private readonly List<Chunk> _chunks = [];
    private readonly int _chunksMax;

    /// <summary>Makes a cache of so many bytes; less than one chunk (1 MiB) keeps nothing.</summary>
    public RecentRows(long bytesMax) => _chunksMax = (int)Math.Min(bytesMax / ChunkBytes, 1 << 20);

    /// <summary>True for the kinds of rows that are asked for by number.</summary>
    public static bool IsAskedFor(in Entry entry) => entry.Code == ResultCode.Accepted
        && entry.Kind is MessageType.Wager or MessageType.VoucherIssue or MessageType.Hold or MessageType.WaitOffered;

    /// <summary>Takes in a committed row; numbers go up.</summary>
    public void Append(in Entry entry, ReadOnlySpan<byte> command)
    {
        int bytes = HeadBytes + command.Length;
        if (_chunksMax == 0 || bytes > ChunkBytes)
        {
            return;
        }

        lock (_gate)
        {
            var chunk = _chunks.Count > 0 ? _chunks[^1] : AddChunk();
            if (!chunk.TryAppend(in entry, command))
            {
                AddChunk().TryAppend(in entry, command);
            }
        }
    }

    /// <summary>The row of a number; null when it is not here, which does not say that it is nowhere.</summary>
    public FetchedRow? Find(long number)
    {
        lock (_gate)
        {
            int low = 0, high = _chunks.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                if (number < _chunks[middle].First)
                {
                    high = middle - 1;
                }
                else if (number > _chunks[middle].Last)
                {
                    low = middle + 1;
                }
                else
                {
                    return _chunks[middle].Find(number);
                }
            }

            return null;
        }
    }

    private Chunk AddChunk()
    {
        if (_chunks.Count == _chunksMax)
        {
            _spare.Enqueue(_chunks[0]);
            _chunks.RemoveAt(0);
        }

        var chunk = _spare.TryDequeue(out var reused) ? reused : new Chunk();
        chunk.Clear();
        _chunks.Add(chunk);
        return chunk;
    }

    /// <summary>Rows one behind the other, and where each begins.</summary>
    private sealed class Chunk
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(ChunkBytes);
        private readonly List<(long Number, int Offset)> _index = new(4096);
        private int _used;

        public long First => _index.Count == 0 ? long.MaxValue : _index[0].Number;

        public long Last => _index.Count == 0 ? long.MinValue : _index[^1].Number;

        public void Clear()
        {
            _index.Clear();
            _used = 0;
        }

        public bool TryAppend(in Entry entry, ReadOnlySpan<byte> command)
        {
            if (_used + HeadBytes + command.Length > ChunkBytes)
            {
                return false;
            }

            var row = _bytes.AsSpan(_used);
            MemoryMarshal.Write(row, in entry);
            MemoryMarshal.Write(row[Unsafe.SizeOf<Entry>()..], command.Length);
            command.CopyTo(row[HeadBytes..]);
            _index.Add((entry.Number, _used));
            _used += HeadBytes + command.Length;
            return true;
        }

        public FetchedRow? Find(long number)
        {
            int low = 0, high = _index.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                var (found, offset) = _index[middle];
                if (found == number)
                {
                    var row = _bytes.AsSpan(offset);
                    int length = MemoryMarshal.Read<int>(row[Unsafe.SizeOf<Entry>()..]);
                    return new FetchedRow(MemoryMarshal.Read<Entry>(row), row.Slice(HeadBytes, length).ToArray());
                }

                (low, high) = found < number ? (middle + 1, high) : (low, middle - 1);
            }

            return null;
        }
    }
}
