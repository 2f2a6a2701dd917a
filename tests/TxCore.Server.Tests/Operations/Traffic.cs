using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;

namespace TxCore.Server.Tests.Operations;

/// <summary>A little known traffic.</summary>
internal static class Traffic
{
    public const int Accepted = 30;
    public const int Closed = 4;

    /// <summary>Opens the day, sells <see cref="Accepted"/> wagers, has <see cref="Closed"/> refused after the stop of a race, and one logon refused.</summary>
    public static async Task OfEveryReasonAsync(Deployment deployment, ServerProcess server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using (var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox()))
        await using (var admin = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), Deployment.Administrator))
        {
            for (int i = 0; i < Accepted; i++)
            {
                await SellAsync(client, ResultCode.Accepted);
            }

            await admin.RaceStopAsync(SaleDay.Races[0], new ControlHeader(1, 0, 1), cancellation);
            for (int i = 0; i < Closed; i++)
            {
                await SellAsync(client, ResultCode.RaceClosed);
            }
        }

        await Assert.ThrowsAsync<TxCoreClientException>(() => deployment.ClientAsync(server.Listen, new MemoryOutbox(), source: 4711));

        async Task SellAsync(TxCoreClient client, ResultCode expected) =>
            Assert.Equal(expected, (await client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: cancellation)).Code);
    }
}
