using Npgsql;
using NpgsqlTypes;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Checks a channel's racing day: every decision against the tool's own rules, every answer against the rows, and the books. Over a plain
/// connection and in SQL of its own, like <see cref="DatabaseValidation"/>.
/// </summary>
internal static class DayValidation
{
    /// <summary>The races that were there before the run; the rules leave them alone.</summary>
    private const string RaceBefore = """
        CREATE TEMP TABLE race_before AS
        SELECT DISTINCT t.race FROM txcore.transaction t CROSS JOIN base b WHERE t.number <= b.number AND t.race IS NOT NULL
        """;

    /// <summary>Functions that views may call and the connection may not; those with their owner's rights write, and no view calls them.</summary>
    private const string FunctionsClosed = """
        SELECT count(*) FROM pg_proc WHERE pronamespace = 'txcore'::regnamespace AND NOT prosecdef AND NOT has_function_privilege(oid, 'EXECUTE')
        """;

    /// <summary>Checks everything a run did.</summary>
    /// <param name="connectionString">Read-only is enough, with the right to make temporary tables.</param>
    /// <param name="day">What was sent and answered.</param>
    /// <param name="replay">Decides it again.</param>
    /// <param name="after">The highest number before the run; 0 for a database of the run's own.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public static async Task<ValidationResult> RunAsync(
        string connectionString, DayJournal day, DayReplay replay, long after, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var checks = new List<CheckResult>();
        await new ComparisonTables(connection).FillAsync(day.Journal, [], after, isRunning: false, cancellationToken);
        await ExecuteAsync(connection, RaceBefore, cancellationToken);
        checks.AddRange(replay.Run(day, await ReadSelfStopsAsync(connection, cancellationToken)));
        await FillCountedAsync(connection, replay, cancellationToken);
        bool readsViews = await StoredCheck.CountAsync(connection, FunctionsClosed, cancellationToken) == 0;
        StoredRule[] rules = [.. AnswerRules.All, .. SequenceRules.All, .. BookRules.All, .. readsViews ? BookRules.OfViews : []];
        checks.AddRange(await StoredCheck.RunAllAsync(connection, rules, cancellationToken));
        long rows = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM stored", cancellationToken);
        long transactions = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM entry", cancellationToken);
        return new ValidationResult(checks, rows, transactions, connection.ServerVersion)
        {
            Unchecked = readsViews ? [] : [.. BookRules.OfViews.Select(rule => rule.Rule)],
        };
    }

    private static async Task<IReadOnlyList<SelfStop>> ReadSelfStopsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var stops = new List<SelfStop>();
        await using var command = new NpgsqlCommand(
            $"SELECT number, race FROM stored WHERE kind = {(int)MessageType.RaceStopDue} AND code = 0 AND line = 1 "
            + "AND race NOT IN (SELECT race FROM race_before)",
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stops.Add(new SelfStop((ulong)reader.GetInt64(0), RaceId.FromValue(reader.GetInt64(1))));
        }

        return stops;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task FillCountedAsync(NpgsqlConnection connection, DayReplay replay, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "CREATE TEMP TABLE counted (race int8, pool int4, taken_cents int8, undone_cents int8)", cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync("COPY counted FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var ((race, pool), sum) in replay.Pools)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(race.Value, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((int)pool, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(sum.TakenCents, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(sum.UndoneCents, NpgsqlDbType.Bigint, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
