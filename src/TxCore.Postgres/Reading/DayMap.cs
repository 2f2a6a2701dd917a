using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A part of the sequence that lies in one partition.</summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="First">Its first number there.</param>
/// <param name="Last">Its last number there.</param>
internal readonly record struct NumberRange(int BusinessDay, long First, long Last);

/// <summary>Which numbers lie in which day's partition, and the head they reach up to, as read at one moment.</summary>
internal sealed class DayMap
{
    private readonly (int BusinessDay, long First)[] _days;

    private DayMap(ChainHead head, (int, long)[] days)
    {
        Head = head;
        _days = days;
    }

    /// <summary>The end of the chain at that moment.</summary>
    public ChainHead Head { get; }

    /// <summary>Reads the map in one statement, so that head and days fit together.</summary>
    public static async Task<DayMap> ReadAsync(NpgsqlConnection connection, short shard, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT s.last_number, s.last_batch, s.last_hash, s.epoch, d.business_day, d.first_number
              FROM txcore.shard s LEFT JOIN txcore.day d ON d.shard = s.shard
             WHERE s.shard = $1
             ORDER BY d.first_number
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = shard } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<(int, long)>();
        ChainHead? head = null;
        while (await row.ReadAsync(cancellationToken))
        {
            head ??= new ChainHead(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), row.GetInt64(3));
            if (!await row.IsDBNullAsync(4, cancellationToken))
            {
                days.Add((Days.FromDate(row.GetFieldValue<DateOnly>(4)), row.GetInt64(5)));
            }
        }

        return new DayMap(head ?? throw new StoreRefusedException($"The database has no row for shard {shard}."), [.. days]);
    }

    /// <summary>The day of a number; 0 when it lies before the first day.</summary>
    public int DayOf(long number)
    {
        int day = 0;
        foreach (var (businessDay, first) in _days)
        {
            day = first <= number ? businessDay : day;
        }

        return day;
    }

    /// <summary>The numbers above <paramref name="afterNumber"/> up to the head, cut at the days and into chunks, in order.</summary>
    public IEnumerable<NumberRange> Ranges(long afterNumber, int chunk) => Ranges(afterNumber, chunk, Head.Number);

    /// <summary>The numbers above <paramref name="afterNumber"/> up to <paramref name="lastNumber"/>, cut likewise.</summary>
    public IEnumerable<NumberRange> Ranges(long afterNumber, int chunk, long lastNumber)
    {
        for (int i = 0; i < _days.Length; i++)
        {
            long last = Math.Min(i + 1 < _days.Length ? _days[i + 1].First - 1 : Head.Number, lastNumber);
            for (long first = Math.Max(_days[i].First, afterNumber + 1); first <= last; first += chunk)
            {
                yield return new NumberRange(_days[i].BusinessDay, first, Math.Min(first + chunk - 1, last));
            }
        }
    }
}
