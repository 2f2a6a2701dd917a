using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Tests.Commands;

public class HotCellCommandTests
{
    /// <summary>A hundred seats for a thousand buyers, three times, with a kill each: about 25 s in all.</summary>
    [Fact]
    public async Task One_cell_taken_by_everybody_at_once_over_kills_is_sold_to_the_last_seat_and_not_one_more()
    {
        string json = Path.GetTempFileName();
        int seed = Random.Shared.Next();
        try
        {
            var (exitCode, output) = await BuiltTool.RunAsync("hot-cell", "--buyers", "1000", "--rounds", "3", "--seed", $"{seed}", "--json", json);

            Assert.True(exitCode == 0, $"seed {seed}, exit code {exitCode}:{Environment.NewLine}{output}");
            var record = await RunRecord.ReadAsync(json, TestContext.Current.CancellationToken);
            Assert.Equal(300, record.Tickets!.SeatsSold);
            Assert.Equal(3, record.Kills.Count);
            Assert.Equal(record.Totals.Sent, record.Seconds.Sum(second => second.Sent));
        }
        finally
        {
            File.Delete(json);
        }
    }
}
