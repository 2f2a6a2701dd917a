using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace TxCore.Server.Tests;

/// <summary>Promises 1 and 2: what was acknowledged survives the server, and is never decided again.</summary>
public sealed class ServerKillTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_server_killed_ten_times_under_load_loses_nothing_and_decides_nothing_twice()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen);
        for (int kill = 0; kill < 10; kill++)
        {
            await fleet.SellAsync(Random.Shared.Next(200, 1500));
            await server.KillAsync();
            await server.DisposeAsync();
            server = await deployment.ServeAsync();
            fleet.ConnectTo(server.Listen);
        }

        await using (server)
        {
            await fleet.SettleAsync();
            await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
            var verified = await deployment.RunAsync("verify", "--replay", "--anchor", "--data", deployment.Data);
            Assert.Contains("all alike", verified.Exits(0).Output);
        }
    }
}
