namespace Disruptor.Tests;

public sealed class BlockingWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new BlockingWaitStrategy();
}

public sealed class BlockingSpinWaitWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new BlockingSpinWaitWaitStrategy();
}

public sealed class BusySpinWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new BusySpinWaitStrategy();

    // On a machine with one core each turn costs a time slice, since nobody gives way.
    protected override int Rounds => 200;
}

public sealed class SpinWaitWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new SpinWaitWaitStrategy();
}

public sealed class YieldingWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new YieldingWaitStrategy();
}

public sealed class SleepingWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new SleepingWaitStrategy();
}

public sealed class TimeoutBlockingWaitStrategyTests : WaitStrategyContract
{
    protected override IWaitStrategy Create() => new TimeoutBlockingWaitStrategy(TimeSpan.FromSeconds(30));

    [Fact]
    public void A_cursor_that_does_not_move_is_a_timeout()
    {
        var strategy = new TimeoutBlockingWaitStrategy(TimeSpan.FromMilliseconds(5));
        var result = strategy.WaitFor(0, new DependentSequenceGroup(new Sequence(), []), CancellationToken.None);
        Assert.True(result.IsTimeout);
        Assert.Null(result.AvailableSequence);
        Assert.Equal(SequenceWaitResult.Timeout, result);
    }
}
