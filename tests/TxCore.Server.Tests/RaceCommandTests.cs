using System.Globalization;
using TxCore.Client;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>What operations may mistype when a race ends is told before anything is sent.</summary>
public sealed class RaceCommandTests(PostgresFixture postgres)
{
    private const string Race = "20251105-R1C8";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("is not an order of finish", "race", "result", Race, "3-7-3")]
    [InlineData("is not an order of finish", "race", "result", Race, "3--7")]
    [InlineData("is not a race", "race", "result", "R1C8", "3-7")]
    [InlineData("one of --minutes", "race", "postpone", Race)]
    [InlineData("one of --minutes", "race", "postpone", Race, "--minutes", "5", "--other-day")]
    [InlineData("one of --grant and --deny", "supervisor", "resolve", "12")]
    [InlineData("one of --grant and --deny", "supervisor", "resolve", "12", "--grant", "--deny")]
    public async Task A_wrong_command_is_refused(string message, params string[] command)
    {
        var run = (await CommandLine.RunAsync([.. command, "--actor", "7", "--reason", "2"])).Exits(1);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task A_day_is_balanced_from_the_command_line()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());
        Assert.True((await client.WagerAsync(SaleDay.Wager(deployment.Identity, runner: 7), cancellationToken: Cancellation)).IsAccepted);
        string day = TimeProvider.System.GetUtcNow().AddHours(-3).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string file = Path.Combine(postgres.CreateDirectory(), "balance.json");

        string report = (await deployment.RunAsync("day", "balance", "--day", day, "--out", file)).Exits(0).Output;

        Assert.Contains("The day balances.", report);
        Assert.Contains("\"Broken\": []", await File.ReadAllTextAsync(file, Cancellation));
        (await deployment.RunAsync("day", "late", "--day", day)).Exits(0);
        Assert.Contains("0 tickets wait.", (await deployment.RunAsync("supervisor", "list")).Exits(0).Output);
        Assert.Contains("is not a day", (await deployment.RunAsync("day", "balance", "--day", "2025-11-05")).Exits(1).Error);
    }

    [Theory]
    [InlineData("no list of published dividends", "{}")]
    [InlineData("'TIC_TROIS' is not a bet", """[ { "typePari": "TIC_TROIS", "rapports": [] } ]""")]
    [InlineData("TRIO: '1-2-X'", """[ { "typePari": "TRIO", "rapports": [ { "combinaison": "1-2-X", "dividendePourUnEuro": 100 } ] } ]""")]
    [InlineData("whole cents", """[ { "typePari": "TRIO", "rapports": [ { "combinaison": "1-2-3", "dividendePourUnEuro": 100.5 } ] } ]""")]
    public async Task Wrong_dividends_are_told(string message, string json)
    {
        string file = Path.Combine(postgres.CreateDirectory(), "dividends.json");
        await File.WriteAllTextAsync(file, json, Cancellation);
        var run = await CommandLine.RunAsync("race", "publish", Race, "--official", file, "--actor", "7", "--second-actor", "8", "--reason", "2");
        Assert.Contains(message, run.Exits(2).Error);
    }
}
