using System.Security.Cryptography;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Storage;

/// <summary>A batch as stored: its rows are the bytes that were written.</summary>
internal sealed record StoredBatch
{
    public required long Batch { get; init; }

    public required long FirstNumber { get; init; }

    public required long LastNumber { get; init; }

    public required long SequencedAt { get; init; }

    public required byte[] PreviousHash { get; init; }

    public required byte[] Hash { get; init; }

    public required byte[] Rows { get; init; }

    /// <summary>Where each row begins.</summary>
    public required int[] Offsets { get; init; }

    public static StoredBatch Copy(RowBatch batch)
    {
        int[] offsets = new int[batch.Rows.RowCount];
        int offset = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = offset;
            offset += batch.Rows.Row(i).Length;
        }

        return new StoredBatch
        {
            Batch = batch.Batch,
            FirstNumber = batch.FirstNumber,
            LastNumber = batch.LastNumber,
            SequencedAt = batch.SequencedAt,
            PreviousHash = [.. batch.PreviousHash],
            Hash = [.. batch.Hash],
            Rows = batch.Rows.Bytes.ToArray(),
            Offsets = offsets,
        };
    }

    /// <summary>True for the same batch with the same rows.</summary>
    public bool IsSame(StoredBatch other) =>
        (Batch, FirstNumber, LastNumber, SequencedAt) == (other.Batch, other.FirstNumber, other.LastNumber, other.SequencedAt)
        && Hash.AsSpan().SequenceEqual(other.Hash) && PreviousHash.AsSpan().SequenceEqual(other.PreviousHash) && Rows.AsSpan().SequenceEqual(other.Rows);

    public ReadOnlySpan<byte> Row(int index) => Rows.AsSpan(Offsets[index]..(index + 1 < Offsets.Length ? Offsets[index + 1] : Rows.Length));
}

/// <summary>
/// What PostgreSQL would hold: batches of rows, one writer under one epoch, snapshots. It keeps what it is given and refuses only an older
/// epoch: whether what was stored is right is for the check to say, at every commit.
/// </summary>
internal sealed class SimDatabase(World world)
{
    private readonly List<(StoredBatch Batch, int Row)> _entries = [];
    private readonly List<(SnapshotInfo Info, byte[] Bytes)> _snapshots = [];

    private readonly List<SimTransaction> _open = [];

    public List<StoredBatch> Batches { get; } = [];

    public long Epoch { get; private set; }

    /// <summary>The process that holds the shard.</summary>
    public int Writer { get; private set; }

    public long LastNumber => Batches.Count == 0 ? 0 : Batches[^1].LastNumber;

    public IReadOnlyList<(SnapshotInfo Info, byte[] Bytes)> Snapshots => _snapshots;

    /// <summary>Line 1 of every entry.</summary>
    public int EntryCount => _entries.Count;

    public ChainHead Head => Batches.Count == 0
        ? new ChainHead(0, 0, new byte[ChainHash.Bytes], Epoch)
        : new ChainHead(LastNumber, Batches[^1].Batch, [.. Batches[^1].Hash], Epoch);

    /// <summary>Takes the shard under a new epoch, or only if the process still holds it.</summary>
    public bool TryClaim(int writer, bool fromOthers, out ChainHead head)
    {
        bool isTaken = fromOthers || Writer == writer;
        if (isTaken)
        {
            // A writer that takes the shard again has ended the server processes of its earlier connections; another's are not known to it.
            EndOpen(writer);
            Writer = writer;
            Epoch++;
            world.Say($"process {writer} holds the shard under epoch {Epoch}");
        }

        head = Head;
        return isTaken;
    }

    /// <summary>A transaction is open; its rows belong to nothing.</summary>
    public void Begin(SimTransaction rows)
    {
        _open.Add(rows);
        world.Check.Began(rows, _open.Count(other => other.Writer == rows.Writer));
    }

    /// <summary>A transaction is rolled back.</summary>
    public void Undo(SimTransaction rows)
    {
        rows.IsUndone = true;
        _open.Remove(rows);
    }

    /// <summary>Rows of an entry that is in an open transaction: only a bug looks here.</summary>
    public SimTransaction? FindOpen(long number) => _open.Find(rows => rows.Rows is { } batch && number >= batch.FirstNumber && number <= batch.LastNumber);

    /// <summary>
    /// Stores a batch that was sent under an epoch, whose rows were written ahead in <paramref name="ahead"/> or come with it; false when that
    /// epoch is over.
    /// </summary>
    public bool TryAppend(StoredBatch batch, long epoch, SimTransaction? ahead = null)
    {
        if (epoch != Epoch && world.Bug != PlantedBug.EpochNotChecked)
        {
            world.Say($"batch {batch.Batch} of epoch {epoch} comes too late");
            return false;
        }

        world.Say($"batch {batch.Batch} is stored: numbers {batch.FirstNumber} to {batch.LastNumber}");
        if (ahead is not null)
        {
            world.Check.CommittedAhead(ahead);
            world.Saw(Sight.CommittedAhead);
            _open.Remove(ahead);
            batch = batch with { Rows = ahead.Rows?.Rows ?? [], Offsets = ahead.Rows?.Offsets ?? [] };
        }

        Batches.Add(batch);
        for (int i = 0; i < batch.Offsets.Length; i++)
        {
            if (StoredRow.TryRead(batch.Row(i), out var row) && row.Line == 1)
            {
                _entries.Add((batch, i));
            }
        }

        world.Check.Committed(batch);
        return true;
    }

    /// <summary>The bytes of line 1 of an entry by its place in the table, from 0.</summary>
    public ReadOnlySpan<byte> Entry(int index) => _entries[index].Batch.Row(_entries[index].Row);

    /// <summary>Ends the transactions of a process that is dead, or of its earlier connections.</summary>
    public void EndOpen(int writer)
    {
        foreach (var rows in _open.FindAll(rows => rows.Writer == writer))
        {
            Undo(rows);
        }
    }

    public void AddSnapshot(long number, short format, byte[] bytes, bool isSpoilt)
    {
        byte[] hash = SHA256.HashData(bytes);
        if (isSpoilt)
        {
            bytes[bytes.Length / 2] ^= 1;
        }

        _snapshots.Add((new SnapshotInfo(number, format, 1, bytes.Length, hash), bytes));
    }
}
