using System.Diagnostics;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>How a server begins and ends: orders to stop, wrong options, and the sample day of one that was given nothing.</summary>
public sealed class ShutdownTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_told_to_stop_under_load_answers_what_it_took_and_ends_in_order()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        TerminalFleet fleet;
        long told;
        await using (var server = await deployment.ServeAsync())
        {
            await SaleDay.OpenAsync(deployment, server.Listen);
            fleet = Terminals.Start(deployment.Identity, server.Listen);
            await fleet.SellAsync(1000);
            fleet.ConnectTo(null);

            told = Stopwatch.GetTimestamp();
            Assert.Equal((int)ExitCode.Ok, await server.TerminateAsync(TimeSpan.FromSeconds(5)));
        }

        await using (fleet)
        {
            long outcomes = fleet.Terminals.Sum(static terminal => terminal.Submissions.Count(static submission => submission.Outcome is not null));
            Assert.Equal(outcomes, await deployment.ScalarAsync<long>(
                $"SELECT count(*) FROM txcore.transaction WHERE line = 1 AND source >= {Deployment.FirstTerminal}"));
            await using var next = await deployment.ServeAsync();
            Assert.InRange(Stopwatch.GetElapsedTime(told), TimeSpan.Zero, TimeSpan.FromSeconds(10));
            fleet.ConnectTo(next.Listen);
            await fleet.SettleAsync();
            await StoredHistory.AssertAsync(deployment, next.Listen, fleet);
        }
    }

    [Fact]
    public async Task A_stop_that_PostgreSQL_holds_up_ends_in_time_all_the_same_and_its_exit_code_says_so()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        await using var server = await deployment.ServeAsync(proxy.ConnectionString, null, "--drain-seconds", "1");
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());
        proxy.Stall();
        var wager = client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
        await Poll.UntilAsync(async () => await server.CounterAsync("ringOccupied") > 0, () => "The wager was not taken.");

        Assert.Equal((int)ExitCode.NotDrained, await server.TerminateAsync(TimeSpan.FromSeconds(5)));
        Assert.False(wager.IsCompleted);
    }

    [Fact]
    public async Task Two_shards_in_one_process_both_serve_their_sample_day()
    {
        await using var server = await ServerProcess.StartAsync(["--shards", "1:retail,2:online"], shards: 2);

        Assert.Equal([("retail", (short)1), ("online", (short)2)], server.Ready.Select(static ready => (ready.Channel, ready.Shard)));
        foreach (var ready in server.Ready)
        {
            await using var client = await SampleClient.ConnectAsync(server, ready, 1001);
            Assert.True((await client.SellAsync()).MayPrint);
        }

        Assert.Equal((int)ExitCode.Ok, await server.TerminateAsync());
    }

    [Fact]
    public async Task A_server_given_nothing_serves_its_sample_day_and_leaves_nothing_behind()
    {
        string temporary = Directory.CreateTempSubdirectory("txcore-alone-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // As root, PostgreSQL runs as another user.
            File.SetUnixFileMode(temporary, (UnixFileMode)0b111_111_111);
        }

        await using var server = await ServerProcess.StartAsync([], new Dictionary<string, string> { ["TMPDIR"] = temporary });
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(temporary));
        await using (var client = await SampleClient.ConnectAsync(server, server.Ready[0], 1020))
        {
            Assert.True((await client.SellAsync()).MayPrint);
        }

        Assert.Equal((int)ExitCode.Ok, await server.TerminateAsync());

        Assert.Equal([], Directory.EnumerateFileSystemEntries(temporary));
        Assert.DoesNotContain(Process.GetProcessesByName("postgres"), process => RunsIn(process, temporary));
        Directory.Delete(temporary);
    }

    [Theory]
    [InlineData("--ring-size", "1000", "ring-size", "1024", "1048576")]
    [InlineData("--tick-milliseconds", "soon", "tick-milliseconds", "1", "1000")]
    [InlineData("--channel", "retail", "shard and channel")]
    [InlineData("--shards", "1:retail,1:online", "shards")]
    [InlineData("--listen", "nowhere", "listen", "ADDRESS:PORT")]
    [InlineData("--log-format", "xml", "log-format", "json")]
    public async Task A_wrong_option_is_named_with_its_limits(string option, string value, params string[] named)
    {
        var refused = (await CommandLine.RunAsync("serve", option, value)).Exits((int)ExitCode.Usage);
        Assert.All(named, word => Assert.Contains(word, refused.Error));
    }

    private static bool RunsIn(Process process, string directory)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(directory, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
