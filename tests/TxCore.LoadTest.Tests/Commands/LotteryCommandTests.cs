using System.Text.Json;

namespace TxCore.LoadTest.Tests.Commands;

public class LotteryCommandTests
{
    /// <summary>Two thousand persons, seven hundred seats, one kill: about 35 s in all.</summary>
    [Fact]
    public async Task A_small_lottery_is_registered_drawn_sold_out_over_a_kill_and_proved()
    {
        string json = Path.GetTempFileName();
        int seed = Random.Shared.Next();
        try
        {
            var (exitCode, output) = await BuiltTool.RunAsync("lottery", "--registrations", "2000", "--kills", "1", "--seed", $"{seed}", "--json", json);

            Assert.True(exitCode == 0, $"seed {seed}, exit code {exitCode}:{Environment.NewLine}{output}");
            using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            var tickets = report.RootElement.GetProperty("tickets");
            Assert.Equal(tickets.GetProperty("seats").GetInt64(), tickets.GetProperty("seatsSold").GetInt64());
            Assert.True(tickets.GetProperty("seatsWanted").GetInt64() >= 10 * tickets.GetProperty("seats").GetInt64());
            Assert.True(tickets.GetProperty("voids").GetInt64() > 0);
            var refusals = report.RootElement.GetProperty("refusalsByCode");
            Assert.All(
                ["SoldOut", "SlotNotOpen", "PersonCapReached", "AlreadyRegistered", "NotRegistered", "PersonExcluded"],
                code => Assert.True(refusals.TryGetProperty(code, out _), $"seed {seed}: nobody was refused as {code}"));
        }
        finally
        {
            File.Delete(json);
        }
    }
}
