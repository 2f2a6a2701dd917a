using TxCore.LoadTest.Reports;

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
            var record = await RunRecord.ReadAsync(json, TestContext.Current.CancellationToken);
            var tickets = record.Tickets!;
            Assert.Equal(tickets.Seats, tickets.SeatsSold);
            Assert.True(tickets.SeatsWanted >= 10 * tickets.Seats);
            Assert.True(tickets.Voids > 0);
            Assert.True(record.Postgres is { WalBytesPerTransaction: > 100, BytesPerRow: > 50, Batches: > 0 } && record.Fdatasync is { PerSecond: > 0 });
            Assert.Contains(record.Seconds, second => second.Stages is { Count: > 0 });
            Assert.All(
                ["SoldOut", "SlotNotOpen", "PersonCapReached", "AlreadyRegistered", "NotRegistered", "PersonExcluded"],
                code => Assert.True(record.Refusals.Any(refusal => refusal.Reason == code), $"seed {seed}: nobody was refused as {code}"));
        }
        finally
        {
            File.Delete(json);
        }
    }
}
