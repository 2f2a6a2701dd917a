using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The work beside the writer: makes partitions ahead, summarises the page ranges of the present day as they fill (a look-up beyond the
/// summarised part reads the rest of the day), gives days that are over their look-up indexes, and removes old snapshots.
/// </summary>
/// <param name="connectionString">The writer's connection string.</param>
/// <param name="identity">The shard.</param>
/// <param name="clock">Paces the work.</param>
/// <param name="onFailure">Told when a turn failed; the next one comes all the same.</param>
public sealed class PostgresMaintenance(string connectionString, ShardIdentity identity, TimeProvider clock, Action<Exception> onFailure)
    : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = ReaderSource.Create(connectionString, identity);
    private int _summarizedDay;
    private long _summarizedBlocks;

    /// <summary>Days after the present one that have a partition; 0 to 400, default 7.</summary>
    public int DaysAhead { get; init; } = 7;

    /// <summary>Snapshots kept; 3 or more, default 8.</summary>
    public int SnapshotsKept { get; init; } = 8;

    /// <summary>Pause between summaries. Default: 250 ms; a look-up reads what was written since the last one, at full load some 20 MB.</summary>
    public TimeSpan SummaryPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Summaries to one turn of the rest. Default: 240, which is one turn a minute.</summary>
    public int SummariesPerTurn { get; init; } = 240;

    /// <summary>Works until cancelled; begins with a whole turn.</summary>
    /// <param name="businessDay">Tells the present business day as <c>YYYYMMDD</c>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RunAsync(Func<int> businessDay, CancellationToken cancellationToken)
    {
        for (long round = 0; ; round++)
        {
            try
            {
                int day = businessDay();
                await (round % SummariesPerTurn == 0 ? TurnAsync(day, cancellationToken) : SummarizeAsync(day, cancellationToken));
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
            {
                onFailure(exception);
            }

            await Task.Delay(SummaryPause, clock, cancellationToken);
        }
    }

    /// <summary>Does everything once.</summary>
    public async Task TurnAsync(int businessDay, CancellationToken cancellationToken)
    {
        await ExecuteAsync("SELECT txcore.ensure_partitions($1, $2)", businessDay, cancellationToken, DaysAhead);
        await SummarizeAsync(businessDay, cancellationToken);
        await using var prune = _source.CreateCommand("SELECT txcore.prune_snapshots($1)");
        prune.Parameters.Add(new NpgsqlParameter { Value = SnapshotsKept });
        await prune.ExecuteNonQueryAsync(cancellationToken);
        await CloseDaysAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task SummarizeAsync(int businessDay, CancellationToken cancellationToken)
    {
        if (businessDay != _summarizedDay)
        {
            (_summarizedDay, _summarizedBlocks) = (businessDay, 0);
        }

        _summarizedBlocks = (long)(await ExecuteAsync("SELECT txcore.summarize($1, $2)", businessDay, cancellationToken, _summarizedBlocks))!;
    }

    private async Task CloseDaysAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT d.business_day FROM txcore.day d JOIN txcore.partition p USING (business_day)
             WHERE NOT p.closed AND d.business_day < (SELECT max(l.business_day) FROM txcore.day l) ORDER BY d.business_day
            """;
        var days = new List<int>();
        await using (var open = _source.CreateCommand(sql))
        await using (var row = await open.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                days.Add(Days.FromDate(row.GetFieldValue<DateOnly>(0)));
            }
        }

        foreach (int day in days)
        {
            await ExecuteAsync("SELECT txcore.close_partition($1)", day, cancellationToken);
        }
    }

    /// <summary>Runs a function of a day; without a time limit, as an index of a large day takes its time.</summary>
    private async Task<object?> ExecuteAsync(string sql, int businessDay, CancellationToken cancellationToken, object? argument = null)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = Days.ToDate(businessDay), NpgsqlDbType = NpgsqlDbType.Date });
        if (argument is { } value)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
