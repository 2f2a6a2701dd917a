using TxCore.LoadTest.Scenarios.Overhead;

namespace TxCore.LoadTest.Tests.Scenarios;

public class OverheadRunTests
{
    [Fact]
    public async Task Every_planned_send_is_answered_by_the_null_server_and_measured_or_the_run_says_that_it_is_saturated()
    {
        var result = await OverheadRun.RunAsync(
            50_000, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500), connections: 2, TestContext.Current.CancellationToken);

        Assert.Equal(100_000, result.Planned);
        Assert.Equal(result.Planned, result.Lateness.TotalCount);
        Assert.Equal(result.Planned, result.FromPlanned.TotalCount);
        Assert.Equal(0, result.Unanswered);
        Assert.True(result.Holds == (result.Lateness.GetValueAtPercentile(99) < 1_000 && result.SentPerSecond >= 49_500));
    }
}
