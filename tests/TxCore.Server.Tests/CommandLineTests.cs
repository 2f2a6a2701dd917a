using System.Text.Json;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>What operations types.</summary>
public sealed class CommandLineTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_helps()
    {
        string[] commands =
        [
            "", "serve", "verify", "status", "source", "source add", "source import", "source password", "source certificate", "source disable", "source list", "race", "race open",
            "race suspend", "race stop", "race reopen", "race scratch", "race cancel", "race postpone", "race result", "race publish",
            "race carry-in", "supervisor", "supervisor list", "supervisor resolve", "day", "day balance", "day late", "day archive", "programme", "programme check", "programme import", "sale", "sale open",
            "sale close", "db", "db migrate", "config", "config show", "config check", "version",
        ];
        foreach (string command in commands)
        {
            var help = (await CommandLine.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Exits(0);
            Assert.Contains("Usage:", help.Output);
        }

        Assert.Contains("protocol 1", (await CommandLine.RunAsync("version")).Exits(0).Output);
    }

    [Fact]
    public async Task Sources_are_added_imported_listed_and_disabled_while_the_server_runs()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        string password = Path.Combine(deployment.Data, "password");
        string file = Path.Combine(deployment.Data, "sources.csv");
        await File.WriteAllTextAsync(password, Deployment.Password, Cancellation);
        await File.WriteAllTextAsync(file, $"id,outlet,role,window,password\n\n5002,8,submit,16,{Deployment.Password}\n5003,8,read,1,{Deployment.Password}\n", Cancellation);

        (await deployment.RunAsync("source", "add", "--id", "5001", "--outlet", "7", "--window", "64", "--password-file", password)).Exits(0);
        Assert.Contains("2 sources added", (await deployment.RunAsync("source", "import", file)).Exits(0).Output);
        await using var client = await LogOnAsync(deployment, server, 5001);
        Assert.Equal(64, client.Window);
        (await deployment.RunAsync("source", "disable", "--id", "5001")).Exits(0);

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => client.Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal(ClientFault.LogonRefused, fault.Reason);
        string list = (await deployment.RunAsync("source", "list")).Exits(0).Output;
        Assert.Contains("5001 outlet 7 submit window 64 disabled", list);
        Assert.Contains("5003 outlet 8 read window 1", list);
        Assert.DoesNotContain(Deployment.Password, list);
        (await deployment.RunAsync("source", "disable", "--id", "4711")).Exits(1);
        await File.WriteAllTextAsync(file, "6001,8,submit,16,long enough\n6002,8,nobody,16,long enough\n", Cancellation);
        Assert.Contains("line 2", (await deployment.RunAsync("source", "import", file)).Exits(3).Error);
        Assert.DoesNotContain("6001", (await deployment.RunAsync("source", "list")).Output);
    }

    [Fact]
    public async Task Races_and_sales_are_controlled_and_the_status_is_told()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());
        string race = $"{SaleDay.Races[0]}";

        await ControlAsync(server, 0, "Accepted", "race", "scratch", race, "3");
        Assert.Equal(ResultCode.RunnerScratched, await SellAsync(3));
        await ControlAsync(server, 0, "Accepted", "race", "suspend", race);
        Assert.Equal(ResultCode.RaceNotOpen, await SellAsync(7));
        await ControlAsync(server, 0, "Accepted", "race", "open", race);
        Assert.Equal(ResultCode.Accepted, await SellAsync(7));
        await ControlAsync(server, 0, "Accepted", "race", "stop", race);
        Assert.Equal(ResultCode.RaceClosed, await SellAsync(7));
        await ControlAsync(server, 1, "RaceState", "race", "stop", race);
        await ControlAsync(server, 1, "SecondActorNeeded", "race", "reopen", race, "--minutes", "10");
        await ControlAsync(server, 0, "Accepted", "race", "reopen", race, "--minutes", "10", "--second-actor", "8");
        Assert.Equal(ResultCode.Accepted, await SellAsync(7));
        await ControlAsync(server, 0, "Accepted", "sale", "close", $"{SaleDay.Sale}");
        await ControlAsync(server, 1, "SaleState", "sale", "open", $"{SaleDay.Sale}");
        (await CommandLine.RunAsync("race", "stop", "R1C1", "--actor", "7", "--reason", "2")).Exits(1);

        var status = (await CommandLine.RunAsync("status", "--admin", $"{server.Ready[0].Admin}")).Exits(0);
        var shard = JsonDocument.Parse(status.Output[..(status.Output.LastIndexOf(']') + 1)]).RootElement[0];
        Assert.Equal((1, true), (shard.GetProperty("shard").GetInt32(), shard.GetProperty("ready").GetBoolean()));
        Assert.Equal(0, await server.TerminateAsync());
        (await CommandLine.RunAsync("status", "--admin", $"{server.Ready[0].Admin}")).Exits(1);

        async Task<ResultCode> SellAsync(byte runner) =>
            (await client.WagerAsync(SaleDay.Wager(deployment.Identity, runner: runner), cancellationToken: Cancellation)).Code;
    }

    private static async Task ControlAsync(ServerProcess server, int exitCode, string code, params string[] control)
    {
        string[] arguments = [.. control, "--server", $"{server.Listen}", "--actor", "7", "--reason", "2"];
        var environment = new Dictionary<string, string> { ["TXCORE_PASSWORD"] = Deployment.Password };
        Assert.Contains(code, (await CommandLine.RunAsync(arguments, environment)).Exits(exitCode).Output);
    }

    /// <summary>Logs on once the running server has read the new source.</summary>
    private static async Task<TxCoreClient> LogOnAsync(Deployment deployment, ServerProcess server, uint source)
    {
        TxCoreClient? client = null;
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    client = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), source);
                    return true;
                }
                catch (TxCoreClientException refused) when (refused.Reason == ClientFault.LogonRefused)
                {
                    return false;
                }
            },
            () => $"Source {source} cannot log on.");
        return client!;
    }
}
