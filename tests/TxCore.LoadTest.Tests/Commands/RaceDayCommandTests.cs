using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Tests.Commands;

public class RaceDayCommandTests
{
    /// <summary>The sample day in 20 s, slowly, with one server killed: about 40 s in all.</summary>
    [Fact]
    public async Task The_sample_day_is_sold_stopped_settled_and_paid_over_a_kill_and_its_books_balance()
    {
        string json = Path.GetTempFileName();
        int seed = Random.Shared.Next();
        try
        {
            var (exitCode, output) = await BuiltTool.RunAsync(
                "race-day", "--rate", "100", "--transactions", "2000", "--kills", "1", "--seed", $"{seed}", "--json", json);

            Assert.True(exitCode == 0, $"seed {seed}, exit code {exitCode}:{Environment.NewLine}{output}");
            var record = await RunRecord.ReadAsync(json, TestContext.Current.CancellationToken);
            Assert.All(record.Checks, check => Assert.True(check.Holds, check.Rule));
            Assert.Equal(2, record.RaceDay!.Channels.Count);
            Assert.All(record.RaceDay.Channels, channel =>
            {
                Assert.True(channel.PaidCents > 0);
                Assert.True(channel.LateRefused > 0);
                Assert.Equal(1, channel.Races.Cancelled);
            });
            Assert.InRange(Assert.Single(record.Kills).FirstAnswerMilliseconds, 1, 60_000);

            // Both servers' stages, over the kill of one: nothing that it told before is lost.
            var total = Assert.Single(record.Stages, stage => stage.Stage == ServerStages.Total);
            Assert.True(total.Latency.Count >= record.Totals.Sent * 0.9, $"seed {seed}: {total.Latency.Count} of {record.Totals.Sent} in the stages");
            Assert.True(record.Postgres is { WalBytesPerTransaction: > 100, BytesPerRow: > 50, Batches: > 0 });
            Assert.True(record.Seconds.Count >= 20);
        }
        finally
        {
            File.Delete(json);
        }
    }
}
