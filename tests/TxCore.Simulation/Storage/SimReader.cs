using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Storage;

/// <summary>Reads of a process beside the ring: they take their time, can fail, and end with their process.</summary>
internal sealed class SimReader(World world, SimProcess? process) : IShardReader
{
    private const int RowsOfOnePiece = 24;

    public async ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken)
    {
        await PauseAsync();
        while (ReadPiece(ref afterNumber, visitor))
        {
            await PauseAsync();
        }

        return afterNumber;
    }

    public async ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken)
    {
        world.Saw(Sight.RowLookedUp);
        await PauseAsync();
        return Fetch(number);
    }

    public async ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken)
    {
        await PauseAsync();
        long number = laterNumber;
        for (int step = 0; step < 32 && Fetch(number) is { } row; step++)
        {
            if (row.Entry.Source != source || row.Entry.Sequence < sequence)
            {
                break;
            }

            if (row.Entry.Sequence == sequence)
            {
                return row;
            }

            number = row.Entry.Previous;
        }

        return null;
    }

    public async ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken)
    {
        var undone = new HashSet<long>();
        await ReadEntriesAsync(
            0,
            (in StoredRow row) =>
            {
                bool isUndoing = row.Entry.Kind is MessageType.Cancel or MessageType.Reversal;
                if (isUndoing && row.Entry.Code == ResultCode.Accepted && row.Entry.BusinessDay >= fromDay)
                {
                    undone.Add(row.Entry.Reference);
                }
            },
            cancellationToken);
        return undone;
    }

    public async ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken)
    {
        await PauseAsync();
        return [.. world.Database.Snapshots.Reverse().Take(3).Select(static one => one.Info)];
    }

    public async ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken)
    {
        await PauseAsync();
        byte[] bytes = world.Database.Snapshots.First(one => one.Info == snapshot).Bytes;
        if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(snapshot.Hash))
        {
            world.Saw(Sight.SnapshotUnreadable);
            throw new InvalidDataException("The snapshot's hash differs.");
        }

        world.Saw(Sight.RestoredFromSnapshot);
        return bytes;
    }

    public async ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await PauseAsync();
        world.Database.AddSnapshot(number, format, bytes.ToArray(), world.Faults.TakeSpoiltSnapshot());
    }

    public ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(world.Database.Head);

    public ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) => throw NotSimulated();

    public ValueTask ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) => throw NotSimulated();

    public ValueTask<long> ReadPaymentsAsync(long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken) =>
        throw NotSimulated();

    public ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken) => throw NotSimulated();

    public ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken) => throw NotSimulated();

    /// <summary>Races are not settled, payments not carried out, sources and partitions not kept in the simulation.</summary>
    private static NotSupportedException NotSimulated() => new("No simulated client asks for this.");

    private bool ReadPiece(ref long afterNumber, RowVisitor visitor)
    {
        for (int i = 0; i < RowsOfOnePiece; i++)
        {
            if (afterNumber >= world.Database.EntryCount)
            {
                return false;
            }

            if (!StoredRow.TryRead(world.Database.Entry((int)afterNumber), out var row))
            {
                throw new InvalidDataException($"The row after number {afterNumber} cannot be read.");
            }

            world.Check.Read(row.Entry.Number);
            visitor(in row);
            afterNumber = row.Entry.Number;
        }

        return true;
    }

    private FetchedRow? Fetch(long number)
    {
        if (world.Bug == PlantedBug.AheadRowsShow && world.Database.FindOpen(number) is { } open)
        {
            return FetchOpen(open.Rows!, number);
        }

        if (number < 1 || number > world.Database.EntryCount)
        {
            return null;
        }

        return StoredRow.TryRead(world.Database.Entry((int)number - 1), out var row) ? Fetched(in row) : null;
    }

    private FetchedRow? FetchOpen(StoredBatch batch, long number)
    {
        for (int i = 0; i < batch.Offsets.Length; i++)
        {
            if (StoredRow.TryRead(batch.Row(i), out var row) && row.Entry.Number == number)
            {
                return Fetched(in row);
            }
        }

        return null;
    }

    private FetchedRow Fetched(in StoredRow row)
    {
        world.Check.Read(row.Entry.Number);
        return new FetchedRow(row.Entry, row.Command.ToArray());
    }

    private async ValueTask PauseAsync()
    {
        if (process is null)
        {
            return;
        }

        if (world.Random.Percent(60))
        {
            await world.PauseAsync(process, 2000);
        }

        if (world.Faults.IsReadFailing || world.Now < world.StoreDownUntil)
        {
            throw new IOException("The database is away.");
        }
    }
}
