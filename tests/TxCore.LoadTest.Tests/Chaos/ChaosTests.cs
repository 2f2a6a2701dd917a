using Npgsql;
using TxCore.Faults.Fleet;
using TxCore.LoadTest.Chaos;

namespace TxCore.LoadTest.Tests.Chaos;

public class ChaosTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The short form of <c>chaos</c>: about 15 s in all.</summary>
    [Fact]
    public async Task A_few_seconds_of_every_fault_lose_double_and_leave_hanging_nothing()
    {
        var settings = new ChaosSettings { Duration = TimeSpan.FromSeconds(6), Round = TimeSpan.FromSeconds(6), Terminals = 12, Seed = Random.Shared.Next() };
        var said = new StringWriter();

        var report = await new ChaosRun(settings, TimeProvider.System, said).RunAsync(Cancellation);

        report.Write(said);
        Assert.True(report.Findings.Count == 0, said.ToString());
        Assert.True(report.Faults.Values.Sum() >= 2 && report.BatchCuts.Count > 0 && report.ClientCuts.Count > 0 && report.Transactions > 0, said.ToString());
    }

    [Fact]
    public async Task What_the_database_lost_after_it_was_acknowledged_and_who_is_left_without_an_answer_are_findings()
    {
        await using var stage = await ChaosStage.StartAsync(new ChaosSettings { Terminals = 6, Seed = 1 }, TimeProvider.System.GetUtcNow(), Cancellation);
        stage.ToServer.Cuts = false;
        Assert.True(await stage.Fleet.SellsAsync(500, Time));
        Assert.Empty(await stage.Fleet.SettleAsync(repeats: 5, Time));
        var sound = new ChaosCounts();
        await new ChaosCheck(stage, sound).RunAsync(Cancellation);
        Assert.Empty(sound.Findings);

        await using (var connection = new NpgsqlConnection(stage.Database.CheckConnectionString))
        {
            await connection.OpenAsync(Cancellation);
            await using var lose = new NpgsqlCommand("DELETE FROM txcore.transaction WHERE number = (SELECT max(number) - 20 FROM txcore.transaction)", connection);
            Assert.True(await lose.ExecuteNonQueryAsync(Cancellation) > 0);
        }

        var doctored = new ChaosCounts();
        await new ChaosCheck(stage, doctored).RunAsync(Cancellation);
        Assert.Contains(doctored.Findings, static finding => finding.Harm == Harm.Lost);

        stage.Fleet.Produce();
        Assert.True(await stage.Fleet.SellsAsync(50, Time));
        await stage.Server.Process.KillAsync();
        Assert.NotEmpty(await stage.Fleet.SettleAsync(repeats: 5, TimeSpan.FromSeconds(1)));
    }
}
