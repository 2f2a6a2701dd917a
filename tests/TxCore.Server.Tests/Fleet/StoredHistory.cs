using System.Net;
using Npgsql;
using TxCore.Client;

namespace TxCore.Server.Tests.Fleet;

/// <summary>Asserts that the terminals' memory and the database agree, and the seats that the server tells. Then the chain.</summary>
internal static class StoredHistory
{
    // Each look copies the whole history, and the holds take their seconds to expire however often one looks.
    private static readonly TimeSpan CopyInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Checks everything against a server that serves and fleets that have settled.</summary>
    public static async Task AssertAsync(Deployment deployment, IPEndPoint server, params TerminalFleet[] fleets)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(cancellation);
        var findings = await HistoryCheck.RunAsync(connection, [.. fleets.SelectMany(static fleet => fleet.Terminals)], SaleDay.Cells, cancellation);
        Assert.True(findings.Count == 0, string.Join('\n', findings));
        await AssertSeatsAsync(deployment, connection, server);
        var report = await deployment.VerifyAsync();
        Assert.True(report.Fault is null, $"{report.Fault}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{report.Entries} entries in {report.Batches} batches, {fleets.Sum(static fleet => fleet.Outcomes)} outcomes");
    }

    /// <summary>The free seats that the server tells are those that the rows leave, once all holds have ended.</summary>
    private static async Task AssertSeatsAsync(Deployment deployment, NpgsqlConnection connection, IPEndPoint server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var client = await deployment.ClientAsync(server, new MemoryOutbox(), Deployment.Administrator);
        List<string> stored = [], told = [];
        await Poll.UntilAsync(
            async () =>
            {
                // The copies of the check are of a moment; holds expire meanwhile.
                await HistoryTables.CopyStoredAsync(connection, cancellation);
                stored = await HistoryCheck.ListAsync(connection, HistoryRules.FreeSeats, cancellation);
                var definitions = await client.DefinitionsAsync(cancellation);
                told = [.. definitions.Items.Where(static item => item.Cell is not null).Select(static item => item.Cell!)
                    .OrderBy(static cell => (cell.Session, cell.Category)).Select(static cell => $"{cell.Session}/{cell.Category}={cell.Available}")];
                return stored.SequenceEqual(told);
            },
            () => $"Free seats by the rows: {string.Join(' ', stored)}; by the server: {string.Join(' ', told)}",
            timeout: null,
            CopyInterval);
    }
}
