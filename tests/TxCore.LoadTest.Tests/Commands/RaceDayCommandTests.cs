using System.Text.Json;

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
            using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            Assert.True(report.RootElement.GetProperty("validated").GetBoolean());
            var day = report.RootElement.GetProperty("raceDay");
            Assert.Equal(2, day.GetProperty("channels").GetArrayLength());
            Assert.All(day.GetProperty("channels").EnumerateArray(), channel =>
            {
                Assert.True(channel.GetProperty("paidCents").GetInt64() > 0);
                Assert.True(channel.GetProperty("lateRefused").GetInt64() > 0);
                Assert.Equal(1, channel.GetProperty("races").GetProperty("cancelled").GetInt32());
            });
            Assert.InRange(Assert.Single(day.GetProperty("kills").EnumerateArray()).GetProperty("firstAnswerMilliseconds").GetDouble(), 1, 60_000);
        }
        finally
        {
            File.Delete(json);
        }
    }
}
