using TxCore.Postgres.PrivatePostgres;
using TxCore.Server.Tests.Fleet;

namespace TxCore.Server.Tests;

/// <summary>The server outlives its database, and says that it has trouble.</summary>
public sealed class PostgresKillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_killed_ten_times_under_load_costs_time_and_nothing_else()
    {
        await using var postgres = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen);
        for (int kill = 0; kill < 10; kill++)
        {
            await fleet.SellAsync(Random.Shared.Next(100, 1000));
            await postgres.KillAsync();
            await postgres.RestartAsync(Cancellation);
        }

        await fleet.SettleAsync();
        Assert.False(server.Program.HasExited);
        Assert.InRange(await server.CounterAsync("storeRetries"), 10, long.MaxValue);
        Assert.True((await server.StatusAsync()).GetProperty("ready").GetBoolean());
        await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
    }
}
