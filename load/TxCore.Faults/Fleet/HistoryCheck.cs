using Npgsql;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>A rule that does not hold, with its first examples.</summary>
internal sealed record Finding(string Rule, Harm Harm, IReadOnlyList<string> Examples)
{
    public override string ToString() => $"{Harm}: {Rule}: {string.Join("; ", Examples)}";
}

/// <summary>Compares the terminals' memory with the database. The connection sees everything; nothing of the server's code takes part.</summary>
internal static class HistoryCheck
{
    private const int ExamplesMax = 5;

    /// <summary>Checks everything so far; empty when every rule holds.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Terminal> terminals, IEnumerable<CellDefinition> cells, CancellationToken cancellationToken)
    {
        await HistoryTables.FillAsync(connection, terminals, cells, cancellationToken);
        var findings = new List<Finding>();
        foreach (var rule in HistoryRules.All)
        {
            var examples = await ListAsync(connection, $"{rule.Sql} LIMIT {ExamplesMax}", cancellationToken);
            if (examples.Count > 0)
            {
                findings.Add(new Finding(rule.Rule, rule.Harm, examples));
            }
        }

        return findings;
    }

    /// <summary>One column of text.</summary>
    public static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            list.Add(row.GetString(0));
        }

        return list;
    }
}
