using Npgsql;

namespace TxCore.LoadTest.Validation;

/// <summary>Runs rules against the database.</summary>
internal static class StoredCheck
{
    private const int ExamplesMax = 5;

    public static async Task<IReadOnlyList<CheckResult>> RunAllAsync(
        NpgsqlConnection connection, IReadOnlyList<StoredRule> rules, CancellationToken cancellationToken)
    {
        var checks = new List<CheckResult>(rules.Count);
        foreach (var rule in rules)
        {
            checks.Add(await CheckAsync(connection, rule, cancellationToken));
        }

        return checks;
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

    public static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
