using TxCore.LoadTest.Scenarios.RaceDay;

namespace TxCore.LoadTest.Tests.Scenarios.RaceDay;

public class RaceDayRunTests
{
    /// <summary>The sample day in 20 s, slowly, with one server killed: about 50 s in all.</summary>
    [Fact]
    public async Task The_sample_day_is_sold_stopped_settled_and_paid_over_a_kill_and_its_books_balance()
    {
        var settings = new RaceDaySettings { RatePerSecond = 100, Transactions = 2_000, Kills = 1, Seed = Random.Shared.Next() };
        var output = new StringWriter();

        var report = await new RaceDayRun(settings, TimeProvider.System, output).RunAsync(TestContext.Current.CancellationToken);

        Assert.All(report.Checks, check => Assert.True(check.Holds, $"seed {settings.Seed}: {check.Rule}: {string.Join("; ", check.Examples)}"));
        Assert.True(report.Passed, $"seed {settings.Seed}: failed {report.Failed}, dropped {report.Dropped}, faults {string.Join(", ", report.Faults)}");
        Assert.Equal(2, report.RaceDay!.Channels.Count);
        Assert.All(report.RaceDay.Channels, channel => Assert.True(channel is { PaidCents: > 0, Races.Cancelled: 1, LateRefused: > 0 }, channel.ToString()));
        Assert.InRange(Assert.Single(report.RaceDay.Kills).FirstAnswerMilliseconds, 1, 60_000);
    }
}
