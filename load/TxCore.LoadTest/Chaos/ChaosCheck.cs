using Npgsql;
using TxCore.Client;
using TxCore.Faults.Fleet;
using TxCore.LoadTest.Hosting;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.LoadTest.Chaos;

/// <summary>Checks a settled fleet against the database, and what the server tells of pools and seats against the rows.</summary>
internal sealed class ChaosCheck(ChaosStage stage, ChaosCounts counts)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AgreesWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Entries in the database at the last check.</summary>
    public long Entries { get; private set; }

    /// <summary>Checks everything so far.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(stage.Database.CheckConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        foreach (var finding in await HistoryCheck.RunAsync(connection, stage.Fleet.Terminals, stage.Day.AllCells, cancellationToken))
        {
            counts.Find(finding.Harm, finding.ToString());
        }

        foreach (string complaint in stage.Fleet.TakeComplaints())
        {
            counts.Find(complaint.Contains("twice", StringComparison.Ordinal) ? Harm.Doubled : Harm.Wrong, complaint);
        }

        Entries = long.Parse((await HistoryCheck.ListAsync(connection, "SELECT count(*)::text FROM stored", cancellationToken))[0]);
        await using var observer = await new SourceAccount(ChaosSettings.Observer, 0, SourceRole.Admin, 1, ChaosSettings.PasswordOfAll)
            .ConnectAsync(new ServerAddress("127.0.0.1", stage.Server.Address.Port, ChaosSettings.Identity), AnswerTimeout, cancellationToken);
        await AgreeAsync("the totals of the pools", connection, HistoryRules.PoolStakes, () => PoolsAsync(observer, cancellationToken), cancellationToken);
        await AgreeAsync("the free seats", connection, HistoryRules.FreeSeats, () => SeatsAsync(observer, cancellationToken), cancellationToken);
    }

    /// <summary>What the server tells must be among the rows' own sums within a short time: totals are up to a second old, and holds expire.</summary>
    private async Task AgreeAsync(string what, NpgsqlConnection connection, string sql, Func<Task<List<string>>> told, CancellationToken cancellationToken)
    {
        List<string> differences = [];

        // With something found already, these only say more about it.
        var within = counts.Findings.Count == 0 ? AgreesWithin : Look;
        for (var waited = TimeSpan.Zero; waited < within; waited += Look)
        {
            await HistoryTables.CopyStoredAsync(connection, cancellationToken);
            var rows = (await HistoryCheck.ListAsync(connection, sql, cancellationToken)).ToHashSet(StringComparer.Ordinal);
            differences = [.. (await told()).Where(one => !rows.Contains(one) && !(one.EndsWith("=0", StringComparison.Ordinal) && !rows.Any(row => row.StartsWith(one[..^1], StringComparison.Ordinal))))];
            if (differences.Count == 0)
            {
                return;
            }

            await Task.Delay(Look, cancellationToken);
        }

        counts.Find(Harm.Wrong, $"{what} told by the server are not those of the rows: {string.Join("; ", differences.Take(5))}");
    }

    private async Task<List<string>> PoolsAsync(TxCoreClient observer, CancellationToken cancellationToken)
    {
        var list = new List<string>();
        foreach (var race in stage.Day.Races)
        {
            var totals = await observer.PoolTotalsAsync(race, pool: 0, cancellationToken);
            list.AddRange(totals.Pools.Where(static pool => !pool.IsRefunded).Select(pool => $"{race.Value}/{pool.Pool}={pool.TotalCents}"));
        }

        return list;
    }

    private async Task<List<string>> SeatsAsync(TxCoreClient observer, CancellationToken cancellationToken)
    {
        var cells = (await observer.DefinitionsAsync(cancellationToken)).Items.Where(static item => item.Cell is not null).Select(static item => item.Cell!).ToArray();
        string[] missing = [.. stage.Day.Cells.Where(own => !cells.Any(cell => cell.Session == own.Session && cell.Category == own.Category))
            .Select(static own => $"{own.Session}/{own.Category} is not told")];
        return [.. missing, .. cells.Select(static cell => $"{cell.Session}/{cell.Category}={cell.Available}")];
    }
}
