using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Finds one entry among all: by number within its day's partition, by sequence along the chain of the source's entries.</summary>
internal sealed class EntryLookup(NpgsqlDataSource source, short shard)
{
    private const int StepsMax = 32;
    private const int DaysOfOneQuery = 32;

    private volatile DayMap? _days;

    /// <summary>Line 1 of an entry by number.</summary>
    public async ValueTask<FetchedRow?> ByNumberAsync(long number, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await ByNumberAsync(connection, number, cancellationToken);
    }

    /// <summary>Line 1 of an entry by source and sequence.</summary>
    public async ValueTask<FetchedRow?> BySequenceAsync(uint sourceId, long sequence, long laterNumber, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        long number = laterNumber;
        for (int step = 0; number > 0 && step < StepsMax; step++)
        {
            var row = await ByNumberAsync(connection, number, cancellationToken);
            if (row is null || row.Entry.Source != sourceId)
            {
                break;
            }

            if (row.Entry.Sequence <= sequence)
            {
                return row.Entry.Sequence == sequence ? row : null;
            }

            number = row.Entry.Previous;
        }

        if (await InClosedDaysAsync(connection, sourceId, sequence, cancellationToken) is { } found)
        {
            return found;
        }

        (await DayMap.ReadAsync(connection, shard, cancellationToken)).RequireAttached(0);
        return null;
    }

    private async Task<FetchedRow?> ByNumberAsync(NpgsqlConnection connection, long number, CancellationToken cancellationToken)
    {
        // What the map calls the last day may have ended since; a number above its head is looked for under a newer map.
        var days = _days;
        if (days is null || number > days.Head.Number)
        {
            _days = days = await DayMap.ReadAsync(connection, shard, cancellationToken);
        }

        if (days.DayOf(number) is not (var day and > 0) || number > days.Head.Number)
        {
            return null;
        }

        if (await ReadOneAsync(connection, RowSelect.Entries(day, number, number), cancellationToken) is { } row)
        {
            return row;
        }

        // Every number up to the head was stored: the map may be older than the archiving of its day.
        _days = days = await DayMap.ReadAsync(connection, shard, cancellationToken);
        return days.IsArchived(number) ? throw new DayArchivedException(day) : null;
    }

    private static async Task<FetchedRow?> InClosedDaysAsync(
        NpgsqlConnection connection, uint sourceId, long sequence, CancellationToken cancellationToken)
    {
        foreach (var days in (await ClosedDaysAsync(connection, cancellationToken)).Chunk(DaysOfOneQuery))
        {
            if (await ReadOneAsync(connection, RowSelect.BySequence(days, sourceId, sequence), cancellationToken) is { } row)
            {
                return row;
            }
        }

        return null;
    }

    private static async Task<List<int>> ClosedDaysAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = "SELECT p.business_day FROM txcore.partition p WHERE p.closed ORDER BY p.business_day DESC";
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<int>();
        while (await row.ReadAsync(cancellationToken))
        {
            days.Add(Days.FromDate(row.GetFieldValue<DateOnly>(0)));
        }

        return days;
    }

    private static async Task<FetchedRow?> ReadOneAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        FetchedRow? found = null;
        using var stream = new RowStream();
        await stream.ReadAsync(connection, sql, Take, cancellationToken);
        return found;

        void Take(in CopiedRow copied)
        {
            if (!StoredRow.TryRead(copied.Tuple, out var row))
            {
                throw new InvalidDataException("A stored row cannot be read: run verify.");
            }

            found = new FetchedRow(row.Entry, row.Command.ToArray());
        }
    }
}
