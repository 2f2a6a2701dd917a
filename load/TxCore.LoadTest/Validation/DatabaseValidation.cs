using Npgsql;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Checks every answer against the database, over a plain connection and in SQL of its own: nothing of the server's code takes part,
/// so a fault of the server cannot hide itself here.
/// </summary>
internal static class DatabaseValidation
{
    public static async Task<ValidationResult> RunAsync(
        string connectionString, Journal journal, SeatBook seats, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await new ComparisonTables(connection).FillAsync(journal, seats, cancellationToken);
        var checks = new List<CheckResult> { DecisionCheck.Run(journal) };
        checks.AddRange(await StoredCheck.RunAllAsync(connection, [.. AnswerRules.All, .. SequenceRules.All, .. SaleRules.All], cancellationToken));
        long rows = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM txcore.transaction", cancellationToken);
        long transactions = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM entry", cancellationToken);
        return new ValidationResult(checks, rows, transactions, connection.ServerVersion);
    }
}
