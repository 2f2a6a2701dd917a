using System.Diagnostics;
using System.Runtime.InteropServices;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

public partial class PausedServerTests
{
    private const int Stop = 19;
    private const int Continue = 18;

    [Fact]
    public async Task A_pause_of_the_server_is_in_p99_and_in_every_send_that_was_planned_in_it()
    {
        const int rate = 400;
        const double pauseSeconds = 2;
        var settings = SmallRun.Settings("steady", $"Inject(rate: {rate}, interval: 1s, during: 6s)") with
        {
            Beside = async (host, generator, _) =>
            {
                while (generator.Measured < TimeSpan.FromSeconds(2))
                {
                    await Task.Delay(10);
                }

                int server = ((PrivateHost)host).Server.ProcessId;
                long stopped = Stopwatch.GetTimestamp();
                Assert.Equal(0, SendSignal(server, Stop));
                await Task.Delay(TimeSpan.FromSeconds(pauseSeconds) - Stopwatch.GetElapsedTime(stopped));
                Assert.Equal(0, SendSignal(server, Continue));
            },
        };
        var record = await SmallRun.RunAsync(settings);

        // Nothing was lost or held back by the pause: all of it was planned, sent, answered and right.
        SmallRun.MustPass(record);
        Assert.Equal(6 * rate, record.Totals.Planned);
        Assert.Equal(record.Totals.Planned, record.Totals.Sent);
        Assert.All(record.Seconds.Where(second => second.IsMeasured).SkipLast(1), second => Assert.InRange(second.Sent, rate * 0.8, rate * 1.2));

        // Of the 800 sends in the pause each waited for the rest of it: half of them a second and more.
        Assert.True(record.FromPlanned.GetValueAtPercentile(99) > 1_800_000, SmallRun.Describe(record));
        long slow = record.FromPlanned.AllValues().Where(value => value.ValueIteratedTo >= 1_000_000).Sum(value => value.CountAddedInThisIterationStep);
        Assert.InRange(slow, rate * (pauseSeconds - 1) * 0.95, rate * (pauseSeconds - 1) * 1.6);
        long waited = record.FromPlanned.AllValues().Where(value => value.ValueIteratedTo >= 100_000).Sum(value => value.CountAddedInThisIterationStep);
        Assert.True(waited >= rate * (pauseSeconds - 0.1) * 0.95, SmallRun.Describe(record));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
