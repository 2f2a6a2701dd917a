using Npgsql;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class PrivatePostgresServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disposed_server_leaves_no_process_and_no_directory()
    {
        PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        int postmaster = server.PostmasterProcessId!.Value;
        Assert.True(Directory.Exists(server.DataDirectory));

        await server.DisposeAsync();

        Assert.False(Processes.AreRunning(postmaster));
        Assert.False(Directory.Exists(server.InstancePath));
    }
}

internal static class Processes
{
    internal static bool AreRunning(int id) => UnixSignal.IsRunning(id);
}
