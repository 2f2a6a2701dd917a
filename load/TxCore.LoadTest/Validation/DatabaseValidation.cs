using Npgsql;
using TxCore.LoadTest.Engine;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Checks every answer against the database, over a plain connection and in SQL of its own: nothing of the server's code takes part,
/// so a fault of the server cannot hide itself here.
/// </summary>
internal static class DatabaseValidation
{
    /// <summary>Checks everything a run sent.</summary>
    /// <param name="connectionString">Read-only is enough, with the right to make temporary tables.</param>
    /// <param name="journal">What was sent.</param>
    /// <param name="cells">The cells on sale.</param>
    /// <param name="rules">Rules of the scenario, beside those that hold always.</param>
    /// <param name="after">The highest number before the run.</param>
    /// <param name="isRunning">The run goes on.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public static async Task<ValidationResult> RunAsync(
        string connectionString, Journal journal, IReadOnlyList<CellDefinition> cells, IReadOnlyList<StoredRule> rules, long after, bool isRunning,
        CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await new ComparisonTables(connection).FillAsync(journal, cells, after, isRunning, cancellationToken);
        var checks = new List<CheckResult> { DecisionCheck.Run(journal) };
        if (!isRunning)
        {
            checks.Insert(0, AnswerCheck.Run(journal));
        }

        checks.AddRange(
            await StoredCheck.RunAllAsync(connection, [.. AnswerRules.All, .. SequenceRules.All, .. SaleRules.All, .. rules], cancellationToken));
        long rows = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM stored", cancellationToken);
        long transactions = await StoredCheck.CountAsync(connection, "SELECT count(*) FROM entry", cancellationToken);
        return new ValidationResult(checks, rows, transactions, connection.ServerVersion);
    }
}
