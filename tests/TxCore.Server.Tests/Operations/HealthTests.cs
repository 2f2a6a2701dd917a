using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Operations;

/// <summary><c>/health/ready</c> says when not to send traffic here, and why; <c>/health/live</c> when to restart.</summary>
public sealed partial class HealthTests(PostgresFixture postgres)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_not_ready_while_starting()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        proxy.Stall();
        int port = FreePort();
        await using var starting = ServerProgram.Start(
            ["serve", "--listen", "127.0.0.1:0", "--admin", $"127.0.0.1:{port}", "--shard", "1", "--channel", "retail", "--data", deployment.Data],
            new Dictionary<string, string> { ["TXCORE_CONNECTION"] = proxy.ConnectionString });
        var admin = new IPEndPoint(IPAddress.Loopback, port);

        await UntilNotReadyAsync(admin, "starting");
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync(admin, "live"));
        Assert.Equal(0, (await Scrape.OfAsync(admin))["txcore_server_ready"]);
        proxy.Resume();
        await UntilReadyAsync(admin);
        Assert.Equal(1, (await Scrape.OfAsync(admin))["txcore_server_ready"]);
    }

    [Fact]
    public async Task It_is_not_ready_without_PostgreSQL_nor_while_it_drains()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        await using var server = await deployment.ServeAsync(proxy.ConnectionString, null, "--commit-stall-milliseconds", "500", "--drain-seconds", "3");
        var admin = server.Ready[0].Admin;
        await UntilReadyAsync(admin);

        proxy.Stall();
        await UntilNotReadyAsync(admin, "no commit for 500 ms");
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync(admin, "live"));
        proxy.Resume();
        await UntilReadyAsync(admin);

        proxy.Stall();
        await UntilNotReadyAsync(admin, "no commit");
        server.Program.Signal(Signals.Terminate);
        await UntilNotReadyAsync(admin, "draining");
        proxy.Resume();
        await server.Program.ExitCodeAsync();
    }

    [Fact]
    public async Task It_is_not_ready_while_its_ring_is_full_and_says_so_in_the_log_once()
    {
        const uint Source = 5001;
        const int Wagers = 1500;
        using var deployment = await Deployment.CreateAsync(postgres);
        string password = Path.Combine(deployment.Data, "password");
        await File.WriteAllTextAsync(password, Deployment.Password, Cancellation);
        (await deployment.RunAsync("source", "add", "--id", $"{Source}", "--outlet", "7", "--window", "4096", "--password-file", password)).Exits(0);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        await using var server = await deployment.ServeAsync(
            proxy.ConnectionString, null, "--commit-stall-milliseconds", "600000", "--ring-size", "1024", "--control-reserve", "64",
            "--batch-events-max", "1024", "--log-format", "json");
        var admin = server.Ready[0].Admin;
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), Source);

        proxy.Stall();
        var sold = Enumerable.Range(0, Wagers)
            .Select(_ => client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation)).ToArray();
        await UntilNotReadyAsync(admin, "saturated");
        Assert.Equal(1, (await Scrape.OfAsync(admin))["txcore_ring_saturated"]);
        proxy.Resume();
        await UntilReadyAsync(admin);
        Assert.All(await Task.WhenAll(sold), static result => Assert.Equal(ResultCode.Accepted, result.Code));
        Assert.Contains("\"EventId\":1005,\"LogLevel\":\"Error\"", server.Program.Log);
    }

    [Fact]
    public async Task It_is_not_ready_while_the_next_day_has_no_partition()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        var admin = server.Ready[0].Admin;
        await UntilReadyAsync(admin);

        // The partition of the next day is gone, and nobody makes another.
        var today = DateOnly.ParseExact($"{await server.CounterAsync("businessDay")}", "yyyyMMdd");
        await deployment.ExecuteAsync($"""
            ALTER FUNCTION txcore.ensure_partitions(date, int) RENAME TO refused;
            ALTER TABLE txcore.transaction DETACH PARTITION txcore.transaction_{today.AddDays(1):yyyyMMdd};
            DROP TABLE txcore.transaction_{today.AddDays(1):yyyyMMdd};
            """);
        await UntilNotReadyAsync(admin, "the next business day has no partition");
        Assert.True((await Scrape.OfAsync(admin))["txcore_partitions_ahead"] < 1);
        Assert.Contains("[2010]", server.Program.Log);
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync(admin, "live"));

        await deployment.ExecuteAsync($"""
            ALTER FUNCTION txcore.refused(date, int) RENAME TO ensure_partitions;
            SELECT txcore.ensure_partitions('{today:yyyy-MM-dd}', 1);
            """);
        await UntilReadyAsync(admin);
    }

    [Fact]
    public async Task It_is_not_alive_once_a_shard_has_failed_and_the_other_shard_goes_on()
    {
        await using var server = await ServerProcess.StartAsync(["--shards", "1:retail,2:online"], shards: 2);
        var admin = server.Ready[0].Admin;
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync(admin, "live"));

        await FenceAsync(server, shard: 1);
        await UntilAsync("live", admin, HttpStatusCode.ServiceUnavailable, "failed");
        await UntilNotReadyAsync(admin, "shard 1: failed");
        var scrape = await Scrape.OfAsync(admin);
        Assert.Equal((1, 0), (scrape["txcore_shard_failed", ("shard", "1")], scrape["txcore_shard_failed", ("shard", "2")]));

        await using (var client = await SampleClient.ConnectAsync(server, server.Ready[1], 1001))
        {
            Assert.True((await client.SellAsync()).MayPrint);
        }

        Assert.Equal((int)ExitCode.Fenced, await server.TerminateAsync());
    }

    [Fact]
    public async Task A_shard_that_another_server_took_over_ends_and_the_other_server_is_alive()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var first = await deployment.ServeAsync();
        await using var second = await deployment.ServeAsync();

        Assert.Equal((int)ExitCode.Fenced, await first.Program.ExitCodeAsync());
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync(second.Ready[0].Admin, "live"));
        await UntilReadyAsync(second.Ready[0].Admin);
    }

    [Theory]
    [InlineData("text", "TxCore[1000] Shard 1 (Retail) serves")]
    [InlineData("systemd", "<6>TxCore[1000] Shard 1 (Retail) serves")]
    [InlineData("json", "\"EventId\":1000,\"LogLevel\":\"Information\",\"Category\":\"TxCore\",\"Message\":\"Shard 1 (Retail) serves")]
    public async Task The_log_carries_event_ids_in_every_format(string format, string expected)
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync(null, null, "--log-format", format);
        await Poll.UntilAsync(() => server.Program.Log.Contains(expected, StringComparison.Ordinal), () => server.Program.Log);
    }

    /// <summary>Takes a shard of a server with a PostgreSQL of its own away from it, as another writer would.</summary>
    private static async Task FenceAsync(ServerProcess server, short shard)
    {
        var told = PrivatePostgres().Match(server.Program.Log);
        string password = Path.Combine(told.Groups["directory"].Value, "superuser.password");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(told.Groups["port"].Value),
            Database = $"txcore_{shard}",
            Username = PrivatePostgresServer.Superuser,
            Password = (await File.ReadAllTextAsync(password, Cancellation)).Trim(),
            Pooling = false,
        };
        await using var source = NpgsqlDataSource.Create(connection.ConnectionString);
        await using var fence = source.CreateCommand("UPDATE txcore.shard SET epoch = epoch + 1");
        Assert.Equal(1, await fence.ExecuteNonQueryAsync(Cancellation));
    }

    private static Task UntilReadyAsync(IPEndPoint admin) => UntilAsync("ready", admin, HttpStatusCode.OK, "ready");

    private static Task UntilNotReadyAsync(IPEndPoint admin, string reason) => UntilAsync("ready", admin, HttpStatusCode.ServiceUnavailable, reason);

    private static async Task UntilAsync(string path, IPEndPoint admin, HttpStatusCode status, string text)
    {
        (HttpStatusCode Status, string Text) last = default;
        await Poll.UntilAsync(
            async () =>
            {
                last = await AskAsync(admin, path);
                return last.Status == status && last.Text.Contains(text, StringComparison.Ordinal);
            },
            () => $"/health/{path} said {last}, not {status} {text}.");
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(IPEndPoint admin, string path)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri($"http://{admin}/health/{path}"), Cancellation);
            return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(Cancellation)).Trim());
        }
        catch (HttpRequestException notYet)
        {
            return (HttpStatusCode.Unused, notYet.Message);
        }
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"on port (?<port>\d+), data in (?<directory>/\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrivatePostgres();
}
