using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Testing.Shards;

/// <summary>Reads a <see cref="MemoryDatabase"/>, by way of the stored tuples: what a row does not carry is not there.</summary>
public sealed class MemoryReader(MemoryDatabase database) : IShardReader
{
    private int _lookups;

    /// <summary>Look-ups by number or sequence so far.</summary>
    public int Lookups => Volatile.Read(ref _lookups);

    /// <summary>Thrown by every read while set.</summary>
    public Exception? Failure { get; set; }

    /// <inheritdoc/>
    public ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        var writer = new RowWriter(1);
        foreach (var entry in database.Entries.AsSpan((int)afterNumber))
        {
            writer.Clear();
            var detail = new RowDetail { Line = 1, AmountCents = entry.Entry.AmountCents };
            writer.Append(entry.Entry, in detail, entry.Command);
            if (!StoredRow.TryRead(writer.Row(0).Span, out var row))
            {
                throw new InvalidDataException($"Number {entry.Entry.Number} cannot be read.");
            }

            visitor(in row);
            afterNumber = row.Entry.Number;
        }

        return ValueTask.FromResult(afterNumber);
    }

    /// <inheritdoc/>
    public async ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        await ReadEntriesAsync(
            0,
            (in StoredRow row) =>
            {
                bool isAboutRace = row.Entry.Kind is (>= MessageType.RaceDefine and <= MessageType.PoolCarryIn) or MessageType.RaceStopDue
                    or MessageType.RaceCloseDue;
                if (isAboutRace && row.Entry.Code == ResultCode.Accepted && row.Entry.BusinessDay >= fromDay && RaceOf(in row) is var race
                    && race.Day == day && race.Meeting == meeting)
                {
                    visitor(in row);
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        await ReadEntriesAsync(
            0,
            (in StoredRow row) =>
            {
                if (row.Entry.Kind == MessageType.Wager && row.Entry.Code == ResultCode.Accepted && row.Entry.BusinessDay >= fromDay
                    && Concerns(row.Command[sizeof(long)..], race))
                {
                    visitor(in row);
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken)
    {
        var undone = new HashSet<long>();
        await ReadEntriesAsync(
            0,
            (in StoredRow row) =>
            {
                bool isUndoing = row.Entry.Kind is MessageType.Cancel or MessageType.Reversal
                    || (row.Entry.Kind == MessageType.SupervisorResolve && row.Entry.AmountCents != 0);
                if (isUndoing && row.Entry.Code == ResultCode.Accepted && row.Entry.BusinessDay >= fromDay)
                {
                    undone.Add(row.Entry.Reference);
                }
            },
            cancellationToken);
        return undone;
    }

    /// <inheritdoc/>
    public async ValueTask<long> ReadPaymentsAsync(
        long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken)
    {
        int visited = 0;
        long last = upToNumber;
        await ReadEntriesAsync(
            afterNumber,
            (in StoredRow row) =>
            {
                bool canPay = row.Entry.Kind is MessageType.Confirm or MessageType.Authorise or MessageType.Release or MessageType.Reversal
                    or MessageType.HoldExpired or MessageType.TicketReturn;
                if (row.Entry.Number > upToNumber || !canPay || visited == max)
                {
                    return;
                }

                visitor(in row);
                last = ++visited == max ? row.Entry.Number : upToNumber;
            },
            cancellationToken);
        return last;
    }

    /// <inheritdoc/>
    public ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookups);
        ThrowIfFailing();
        return ValueTask.FromResult(database.Find(number));
    }

    /// <inheritdoc/>
    public ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookups);
        ThrowIfFailing();
        long number = laterNumber;
        for (int step = 0; step < 32 && database.Find(number) is { } row; step++)
        {
            if (row.Entry.Source != source || row.Entry.Sequence < sequence)
            {
                break;
            }

            if (row.Entry.Sequence == sequence)
            {
                return ValueTask.FromResult<FetchedRow?>(row);
            }

            number = row.Entry.Previous;
        }

        return ValueTask.FromResult<FetchedRow?>(null);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        return ValueTask.FromResult<IReadOnlyList<SnapshotInfo>>([.. database.Snapshots.Select(static one => one.Info).Reverse().Take(3)]);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken)
    {
        byte[] bytes = database.Snapshots.First(one => one.Info == snapshot).Bytes;
        return SHA256.HashData(bytes).AsSpan().SequenceEqual(snapshot.Hash)
            ? ValueTask.FromResult(bytes)
            : throw new InvalidDataException("The snapshot's hash differs.");
    }

    /// <inheritdoc/>
    public ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        database.AddSnapshot(number, format, bytes.ToArray());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SourceRecord>>([]);

    /// <inheritdoc/>
    public ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(database.Head);

    /// <inheritdoc/>
    public ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken) => ValueTask.FromResult(7);

    private static RaceId RaceOf(in StoredRow row)
    {
        var reader = new WireReader(row.Command[sizeof(long)..]);
        if (row.Entry.Kind is MessageType.RaceStopDue or MessageType.RaceCloseDue)
        {
            return RaceId.FromValue(reader.Int64());
        }

        reader.Bytes(Wire.ControlHeaderBytes);
        return new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
    }

    private static bool Concerns(ReadOnlySpan<byte> body, RaceId race)
    {
        var wager = new WagerBody(body);
        while (wager.TryNext(out var line))
        {
            if (line.Race == race || (line.LegCount > 0 && line.Race.Day == race.Day && line.Race.Meeting == race.Meeting))
            {
                return true;
            }
        }

        return false;
    }

    private void ThrowIfFailing()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
