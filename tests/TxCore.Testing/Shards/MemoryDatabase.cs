using System.Security.Cryptography;
using TxCore.Storage;

namespace TxCore.Testing.Shards;

/// <summary>
/// What a shard's database would hold, in memory: rows by number, the chain's head, the writer epoch, snapshots. It takes a batch only
/// when its rows are whole, their numbers go on without a hole, and its hash fits the chain.
/// </summary>
public sealed class MemoryDatabase(short shard)
{
    private readonly Lock _gate = new();
    private readonly List<FetchedRow> _entries = [];
    private readonly Dictionary<(uint Source, long Sequence), long> _numbers = [];
    private readonly List<(SnapshotInfo Info, byte[] Bytes)> _snapshots = [];
    private byte[] _hash = new byte[ChainHash.Bytes];
    private long _batch;
    private long _epoch;

    /// <summary>Highest number stored.</summary>
    public long LastNumber
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The head of the chain.</summary>
    public ChainHead Head
    {
        get
        {
            lock (_gate)
            {
                return new ChainHead(_entries.Count, _batch, [.. _hash], _epoch);
            }
        }
    }

    /// <summary>Line 1 of every entry, in order.</summary>
    public FetchedRow[] Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Line 1 of an entry by number; null when it is not stored.</summary>
    public FetchedRow? Find(long number)
    {
        lock (_gate)
        {
            return number >= 1 && number <= _entries.Count ? _entries[(int)number - 1] : null;
        }
    }

    /// <summary>Line 1 of an entry by source and sequence; null when it is not stored.</summary>
    public FetchedRow? Find(uint source, long sequence)
    {
        lock (_gate)
        {
            return _numbers.TryGetValue((source, sequence), out long number) ? Find(number) : null;
        }
    }

    /// <summary>Snapshots in the order written; a test may spoil the bytes.</summary>
    public IReadOnlyList<(SnapshotInfo Info, byte[] Bytes)> Snapshots => _snapshots;

    /// <summary>Takes the shard under the next epoch.</summary>
    public ChainHead Take()
    {
        lock (_gate)
        {
            _epoch++;
            return Head;
        }
    }

    /// <summary>Throws <see cref="StoreFencedException"/> when another writer took the shard after this epoch.</summary>
    public void CheckEpoch(long epoch)
    {
        lock (_gate)
        {
            if (epoch != _epoch)
            {
                throw new StoreFencedException($"Epoch {_epoch} is in force, not {epoch}.");
            }
        }
    }

    /// <summary>Stores a batch that follows the head.</summary>
    public void Append(long epoch, RowBatch batch)
    {
        lock (_gate)
        {
            CheckEpoch(epoch);
            Require(batch.Batch == _batch + 1, $"batch {batch.Batch} follows batch {_batch}");
            Require(batch.PreviousHash.AsSpan().SequenceEqual(_hash), $"batch {batch.Batch} does not chain to the one before");
            Require(batch.FirstNumber == _entries.Count + 1, $"batch {batch.Batch} starts at {batch.FirstNumber} after number {_entries.Count}");
            Require(HashOf(batch).AsSpan().SequenceEqual(batch.Hash), $"batch {batch.Batch} has another hash than its rows");
            var entries = MemoryRows.Read(batch.Rows, shard, batch.FirstNumber);
            Require(entries[^1].Entry.Number == batch.LastNumber, $"batch {batch.Batch} ends at {entries[^1].Entry.Number}, not {batch.LastNumber}");
            Require(entries[^1].Entry.SequencedAt == batch.SequencedAt, $"batch {batch.Batch} tells another time than its last row");
            _entries.AddRange(entries);
            entries.ForEach(row => _numbers.Add((row.Entry.Source, row.Entry.Sequence), row.Entry.Number));
            _batch = batch.Batch;
            _hash = [.. batch.Hash];
        }
    }

    /// <summary>Stores a snapshot.</summary>
    public void AddSnapshot(long number, short format, byte[] bytes)
    {
        lock (_gate)
        {
            _snapshots.Add((new SnapshotInfo(number, format, 1, bytes.Length, SHA256.HashData(bytes)), [.. bytes]));
        }
    }

    private byte[] HashOf(RowBatch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ChainHash.Begin(hash, _hash, shard, RowFormat.Version, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.Rows.RowCount);
        hash.AppendData(batch.Rows.Bytes.Span);
        return hash.GetHashAndReset();
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The store was given what does not fit: {fault}.");
        }
    }
}
