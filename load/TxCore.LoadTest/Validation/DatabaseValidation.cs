using Npgsql;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Checks every answer against the database, over a plain connection and in SQL of its own: nothing of the server's code takes part,
/// so a fault of the server cannot hide itself here.
/// </summary>
internal static class DatabaseValidation
{
    private const int ExamplesMax = 5;

    public static async Task<ValidationResult> RunAsync(
        string connectionString, Journal journal, SeatBook seats, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await new ComparisonTables(connection).FillAsync(journal, seats, cancellationToken);
        var checks = new List<CheckResult> { DecisionCheck.Run(journal) };
        foreach (var rule in AnswerRules.All.Concat(SequenceRules.All).Concat(SaleRules.All))
        {
            checks.Add(await CheckAsync(connection, rule, cancellationToken));
        }

        long rows = await CountAsync(connection, "SELECT count(*) FROM txcore.transaction", cancellationToken);
        long transactions = await CountAsync(connection, "SELECT count(*) FROM entry", cancellationToken);
        return new ValidationResult(checks, rows, transactions, connection.ServerVersion);
    }

    private static async Task<CheckResult> CheckAsync(NpgsqlConnection connection, StoredRule rule, CancellationToken cancellationToken)
    {
        string sql = $"SELECT f.*, count(*) OVER () FROM ({rule.Sql}) AS f (difference) LIMIT {ExamplesMax}";
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        long differences = 0;
        var examples = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            examples.Add(reader.GetString(0));
            differences = reader.GetInt64(1);
        }

        return new CheckResult(rule.Rule, differences, examples);
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
