using System.Diagnostics;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Tests.Engine;

public class OpenLoopTests
{
    [Fact]
    public async Task A_pause_of_the_sender_changes_no_planned_time_and_is_counted_as_lateness()
    {
        // 1,000 sends 1 ms apart; the 100th blocks for 200 ms, as a paused process does.
        var load = new PausingLoad(pauseAt: 100, TimeSpan.FromMilliseconds(200));
        var loop = new OpenLoop(new ConstantRate(1_000), load, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await loop.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1_000, load.Planned.Count);
        for (int i = 1; i < load.Planned.Count; i++)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(load.Planned[i - 1], load.Planned[i]).TotalMilliseconds, 0.999, 1.001);
        }

        Assert.True(loop.Lateness.LateCount >= 198, $"Only {loop.Lateness.LateCount} sends were counted as late.");
        Assert.True(loop.Lateness.Summarise().Max >= 190_000);
        Assert.True(loop.Lateness.IsSaturated);
    }

    [Fact]
    public async Task The_warm_up_is_sent_and_not_measured()
    {
        var load = new PausingLoad(pauseAt: -1, TimeSpan.Zero);
        var loop = new OpenLoop(new ConstantRate(1_000), load, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));

        await loop.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(300, load.Planned.Count);
        Assert.Equal(200, load.Measured);
        Assert.Equal(200, loop.Lateness.Count);
    }

    [Fact]
    public async Task Cancelling_ends_the_generator()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var loop = new OpenLoop(new ConstantRate(1), new PausingLoad(-1, TimeSpan.Zero), TimeSpan.Zero, TimeSpan.FromHours(1));

        await loop.RunAsync(cancel.Token).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_load_that_throws_fails_the_run_and_not_the_process()
    {
        var loop = new OpenLoop(new ConstantRate(1_000), new ThrowingLoad(), TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.RunAsync(TestContext.Current.CancellationToken));
    }

    private sealed class PausingLoad(int pauseAt, TimeSpan pause) : ILoad
    {
        public List<long> Planned { get; } = [];

        public int Measured { get; private set; }

        public void Send(in PlannedSend planned)
        {
            Planned.Add(planned.PlannedAt);
            Measured += planned.IsMeasured ? 1 : 0;
            if (Planned.Count == pauseAt)
            {
                Pacer.WaitUntil(Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency), CancellationToken.None);
            }
        }
    }

    private sealed class ThrowingLoad : ILoad
    {
        public void Send(in PlannedSend planned) => throw new InvalidOperationException("as planned");
    }
}
