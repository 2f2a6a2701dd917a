using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A part of the sequence that lies in one partition.</summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="First">Its first number there.</param>
/// <param name="Last">Its last number there.</param>
internal readonly record struct NumberRange(int BusinessDay, long First, long Last);

/// <summary>A business day in the sequence.</summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="FirstNumber">Its first number.</param>
/// <param name="FirstBatch">The batch that holds it.</param>
/// <param name="SharesBatch">True when that batch begins with rows of the day before.</param>
/// <param name="IsArchived">True when its partition is detached and its rows are in an archive file only.</param>
internal readonly record struct DayStart(int BusinessDay, long FirstNumber, long FirstBatch, bool SharesBatch, bool IsArchived)
{
    /// <summary>The last batch with a row of the day before.</summary>
    public long LastBatchBefore => SharesBatch ? FirstBatch : FirstBatch - 1;
}

/// <summary>Which numbers lie in which day's partition, and the head they reach up to, as read at one moment.</summary>
internal sealed class DayMap
{
    private DayMap(ChainHead head, DayStart[] days)
    {
        Head = head;
        Days = days;
    }

    /// <summary>The end of the chain at that moment.</summary>
    public ChainHead Head { get; }

    /// <summary>The days that have begun, in order.</summary>
    public IReadOnlyList<DayStart> Days { get; }

    /// <summary>Reads the map in one statement, so that head and days fit together.</summary>
    /// <param name="connection">Any connection that may read.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="withBatches">True to find out too which days begin within a batch, which costs a look-up for each.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<DayMap> ReadAsync(
        NpgsqlConnection connection, short shard, CancellationToken cancellationToken, bool withBatches = false)
    {
        string shares = withBatches
            ? "EXISTS (SELECT FROM txcore.batch b WHERE b.shard = d.shard AND b.batch = d.first_batch AND b.first_number < d.first_number)"
            : "false";
        string sql = $"""
            SELECT s.last_number, s.last_batch, s.last_hash, s.epoch, d.business_day, d.first_number, d.first_batch, {shares},
                   a.business_day IS NOT NULL AND NOT EXISTS (SELECT FROM txcore.partition p WHERE p.business_day = a.business_day)
              FROM txcore.shard s
              LEFT JOIN txcore.day d ON d.shard = s.shard
              LEFT JOIN txcore.archived_day a ON a.shard = d.shard AND a.business_day = d.business_day
             WHERE s.shard = $1
             ORDER BY d.first_number
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = shard } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<DayStart>();
        ChainHead? head = null;
        while (await row.ReadAsync(cancellationToken))
        {
            head ??= new ChainHead(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), row.GetInt64(3));
            if (!await row.IsDBNullAsync(4, cancellationToken))
            {
                int day = Postgres.Days.FromDate(row.GetFieldValue<DateOnly>(4));
                days.Add(new DayStart(day, row.GetInt64(5), row.GetInt64(6), row.GetBoolean(7), row.GetBoolean(8)));
            }
        }

        return new DayMap(head ?? throw new StoreRefusedException($"The database has no row for shard {shard}."), [.. days]);
    }

    /// <summary>The day of a number; 0 when it lies before the first day.</summary>
    public int DayOf(long number) => StartOf(number).BusinessDay;

    /// <summary>True when a number lies in a day whose rows are in an archive file only.</summary>
    public bool IsArchived(long number) => StartOf(number).IsArchived;

    /// <summary>Passes when no day from one on (<c>YYYYMMDD</c>) is archived.</summary>
    /// <exception cref="DayArchivedException">One is.</exception>
    public void RequireAttached(int fromDay)
    {
        if (Days.LastOrDefault(day => day.IsArchived && day.BusinessDay >= fromDay) is { BusinessDay: > 0 } archived)
        {
            throw new DayArchivedException(archived.BusinessDay);
        }
    }

    /// <summary>The last batch with a row of the day at an index of <see cref="Days"/>.</summary>
    public long LastBatch(int index) => index + 1 < Days.Count ? Days[index + 1].LastBatchBefore : Head.Batch;

    /// <summary>The numbers above <paramref name="afterNumber"/> up to the head, cut at the days and into chunks, in order.</summary>
    public IEnumerable<NumberRange> Ranges(long afterNumber, int chunk) => Ranges(afterNumber, chunk, Head.Number);

    /// <summary>The numbers above <paramref name="afterNumber"/> up to <paramref name="lastNumber"/>, cut likewise.</summary>
    /// <exception cref="DayArchivedException">Some of them lie in a day that is archived.</exception>
    public IEnumerable<NumberRange> Ranges(long afterNumber, int chunk, long lastNumber)
    {
        for (int i = 0; i < Days.Count; i++)
        {
            long last = Math.Min(i + 1 < Days.Count ? Days[i + 1].FirstNumber - 1 : Head.Number, lastNumber);
            for (long first = Math.Max(Days[i].FirstNumber, afterNumber + 1); first <= last; first += chunk)
            {
                if (Days[i].IsArchived)
                {
                    throw new DayArchivedException(Days[i].BusinessDay);
                }

                yield return new NumberRange(Days[i].BusinessDay, first, Math.Min(first + chunk - 1, last));
            }
        }
    }

    private DayStart StartOf(long number)
    {
        DayStart found = default;
        foreach (var day in Days)
        {
            found = day.FirstNumber <= number ? day : found;
        }

        return found;
    }
}
