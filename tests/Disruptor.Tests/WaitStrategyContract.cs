namespace Disruptor.Tests;

/// <summary>What every wait strategy promises.</summary>
public abstract class WaitStrategyContract
{
    private readonly Sequence _cursor = new();

    /// <summary>How long the players of ping-pong go on.</summary>
    protected virtual int Rounds => 5_000;

    protected abstract IWaitStrategy Create();

    [Fact]
    public void What_is_available_already_is_returned_at_once()
    {
        _cursor.SetValue(7);
        var result = Create().WaitFor(3, new DependentSequenceGroup(_cursor, []), CancellationToken.None);
        Assert.Equal(7, result.AvailableSequence);
    }

    [Fact]
    public void A_waiter_wakes_when_the_cursor_reaches_its_sequence()
    {
        var strategy = Create();
        var waiter = new Waiter(strategy, 5, new DependentSequenceGroup(_cursor, []));

        _cursor.SetValue(4);
        strategy.SignalAllWhenBlocking();
        Assert.True(waiter.StaysBlocked());
        _cursor.SetValue(5);
        strategy.SignalAllWhenBlocking();

        Assert.Equal(5, waiter.Result());
    }

    [Fact]
    public void A_waiter_waits_for_the_slowest_of_the_stages_before()
    {
        var strategy = Create();
        var fast = new Sequence();
        var slow = new Sequence();
        var waiter = new Waiter(strategy, 2, new DependentSequenceGroup(_cursor, [fast, slow]));

        _cursor.SetValue(9);
        strategy.SignalAllWhenBlocking();
        fast.SetValue(8);
        Assert.True(waiter.StaysBlocked());
        slow.SetValue(4);

        Assert.Equal(4, waiter.Result());
    }

    [Fact]
    public void Cancelling_wakes_a_waiter()
    {
        using var cancellation = new CancellationTokenSource();
        var strategy = Create();
        var waiter = new Waiter(strategy, 0, new DependentSequenceGroup(_cursor, []), cancellation.Token);

        cancellation.Cancel();
        strategy.SignalAllWhenBlocking();

        Assert.Throws<OperationCanceledException>(() => waiter.Result());
    }

    [Fact]
    public void Cancelling_wakes_a_waiter_behind_another_stage()
    {
        using var cancellation = new CancellationTokenSource();
        var strategy = Create();
        _cursor.SetValue(0);
        var waiter = new Waiter(strategy, 0, new DependentSequenceGroup(_cursor, [new Sequence()]), cancellation.Token);

        cancellation.Cancel();
        strategy.SignalAllWhenBlocking();

        Assert.Throws<OperationCanceledException>(() => waiter.Result());
    }

    [Fact]
    public void No_wake_up_is_lost_in_a_game_of_ping_pong()
    {
        // Each side sleeps between its turns, so one lost signal stops the game.
        var ping = (Sequence: _cursor, Strategy: Create());
        var pong = (Sequence: new Sequence(), Strategy: Create());
        var players = new[]
        {
            Wait.StartThread("ping", () => Play(mine: ping, other: pong, turnsAhead: 1)),
            Wait.StartThread("pong", () => Play(mine: pong, other: ping, turnsAhead: 0)),
        };
        Array.ForEach(players, Wait.ToEnd);
        Assert.Equal(Rounds - 1, pong.Sequence.Value);
    }

    // A timeout ends a player's game too: the time of the strategy that has one is beyond the test's limit.
    private void Play((Sequence Sequence, IWaitStrategy Strategy) mine, (Sequence Sequence, IWaitStrategy Strategy) other, int turnsAhead)
    {
        var group = new DependentSequenceGroup(other.Sequence, []);
        for (var round = 0; round < Rounds; round++)
        {
            if (other.Strategy.WaitFor(round - turnsAhead, group, CancellationToken.None).IsTimeout)
            {
                return;
            }

            mine.Sequence.SetValue(round);
            mine.Strategy.SignalAllWhenBlocking();
        }
    }

    private sealed class Waiter
    {
        private readonly Thread _thread;
        private long? _available;
        private Exception? _exception;

        public Waiter(IWaitStrategy strategy, long sequence, DependentSequenceGroup group, CancellationToken cancellationToken = default)
        {
            _thread = Wait.StartThread("waiter", () =>
            {
                try
                {
                    _available = strategy.WaitFor(sequence, group, cancellationToken).AvailableSequence;
                }
                catch (OperationCanceledException ex)
                {
                    _exception = ex;
                }
            });
        }

        public bool StaysBlocked() => Wait.StaysBlocked(_thread);

        public long? Result()
        {
            Wait.ToEnd(_thread);
            return _exception is null ? _available : throw new OperationCanceledException("The wait was cancelled.", _exception);
        }
    }
}
