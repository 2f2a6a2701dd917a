namespace Disruptor.Tests;

/// <summary>What both sequencers promise.</summary>
public abstract class SequencerContract
{
    protected const int BufferSize = 8;

    private readonly Sequence _gating = new();

    protected abstract ISequencer Create(int bufferSize, IWaitStrategy waitStrategy);

    protected ISequencer CreateGated()
    {
        var sequencer = Create(BufferSize, new BlockingWaitStrategy());
        sequencer.AddGatingSequences(_gating);
        return sequencer;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(12)]
    public void A_size_that_is_no_power_of_two_is_refused(int bufferSize)
    {
        Assert.ThrowsAny<ArgumentException>(() => Create(bufferSize, new BlockingWaitStrategy()));
    }

    [Fact]
    public void The_first_claim_is_sequence_0()
    {
        var sequencer = CreateGated();
        Assert.Equal(-1, sequencer.Cursor);
        Assert.Equal(0, sequencer.Next());
        Assert.Equal(1, sequencer.Next());
    }

    [Fact]
    public void A_claim_of_several_gives_the_highest()
    {
        var sequencer = CreateGated();
        Assert.Equal(3, sequencer.Next(4));
        Assert.True(sequencer.TryNext(2, out var sequence));
        Assert.Equal(5, sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(BufferSize + 1)]
    public void A_claim_below_1_or_above_the_ring_is_refused(int n)
    {
        var sequencer = CreateGated();
        Assert.ThrowsAny<ArgumentException>(() => sequencer.Next(n));
        Assert.Equal(0, sequencer.Next());
    }

    [Fact]
    public void TryNext_claims_all_or_none()
    {
        var sequencer = CreateGated();
        sequencer.Publish(sequencer.Next(6));

        Assert.False(sequencer.TryNext(3, out _));
        Assert.True(sequencer.TryNext(2, out var last));
        Assert.Equal(7, last);
        Assert.False(sequencer.TryNext(out _));
    }

    [Fact]
    public void A_full_ring_takes_claims_again_when_its_consumer_moves()
    {
        var sequencer = CreateGated();
        sequencer.Publish(0, sequencer.Next(BufferSize));
        Assert.False(sequencer.TryNext(out _));

        _gating.SetValue(1);

        Assert.True(sequencer.TryNext(2, out var sequence));
        Assert.Equal(9, sequence);
        Assert.False(sequencer.TryNext(out _));
    }

    [Fact]
    public void Next_waits_while_the_ring_is_full()
    {
        var sequencer = CreateGated();
        sequencer.Publish(0, sequencer.Next(BufferSize));
        var claimed = -1L;
        var producer = Wait.StartThread("producer", () => claimed = sequencer.Next());

        Assert.True(Wait.StaysBlocked(producer));
        _gating.SetValue(0);

        Wait.ToEnd(producer);
        Assert.Equal(8, claimed);
    }

    [Fact]
    public void The_slowest_of_several_consumers_holds_the_producers()
    {
        var sequencer = CreateGated();
        var slow = new Sequence();
        sequencer.AddGatingSequences(slow);
        sequencer.Publish(0, sequencer.Next(BufferSize));

        _gating.SetValue(7);
        Assert.False(sequencer.HasAvailableCapacity(1));
        slow.SetValue(3);
        Assert.True(sequencer.HasAvailableCapacity(4));
        Assert.False(sequencer.HasAvailableCapacity(5));
        Assert.Equal(3, sequencer.GetMinimumSequence());
    }

    [Fact]
    public void Capacity_counts_what_is_claimed_and_not_yet_processed()
    {
        var sequencer = CreateGated();
        Assert.Equal(BufferSize, sequencer.GetRemainingCapacity());
        Assert.True(sequencer.HasAvailableCapacity(BufferSize));

        sequencer.Publish(0, sequencer.Next(5));
        Assert.Equal(3, sequencer.GetRemainingCapacity());
        Assert.True(sequencer.HasAvailableCapacity(3));
        Assert.False(sequencer.HasAvailableCapacity(4));

        _gating.SetValue(4);
        Assert.Equal(BufferSize, sequencer.GetRemainingCapacity());
    }

    [Fact]
    public void A_consumer_added_late_starts_at_the_cursor()
    {
        var sequencer = CreateGated();
        sequencer.Publish(0, sequencer.Next(3));
        var late = new Sequence();

        sequencer.AddGatingSequences(late);

        Assert.Equal(2, late.Value);
        Assert.Equal(-1, sequencer.GetMinimumSequence());
    }

    [Fact]
    public void A_removed_consumer_holds_nobody()
    {
        var sequencer = CreateGated();
        sequencer.Publish(0, sequencer.Next(BufferSize));

        Assert.True(sequencer.RemoveGatingSequence(_gating));
        Assert.False(sequencer.RemoveGatingSequence(_gating));

        Assert.True(sequencer.TryNext(out _));
    }

    [Fact]
    public void Only_what_is_published_is_available()
    {
        var sequencer = CreateGated();
        var last = sequencer.Next(3);
        Assert.False(sequencer.IsAvailable(0));

        sequencer.Publish(0, last);

        Assert.True(sequencer.IsAvailable(0));
        Assert.True(sequencer.IsAvailable(2));
        Assert.False(sequencer.IsAvailable(3));
        Assert.Equal(2, sequencer.GetHighestPublishedSequence(0, 2));
    }

    [Fact]
    public void A_lap_later_the_old_sequence_of_a_slot_is_not_available()
    {
        var sequencer = CreateGated();
        for (var i = 0; i < 3 * BufferSize; i++)
        {
            var sequence = sequencer.Next();
            Assert.False(sequencer.IsAvailable(sequence));
            sequencer.Publish(sequence);
            Assert.True(sequencer.IsAvailable(sequence));
            Assert.False(sequencer.IsAvailable(sequence - BufferSize));
            _gating.SetValue(sequence);
        }
    }

    [Fact]
    public void A_barrier_lets_through_what_is_published()
    {
        var sequencer = CreateGated();
        var barrier = sequencer.NewBarrier();
        sequencer.Publish(0, sequencer.Next(4));
        Assert.Equal(3, barrier.WaitFor(0).AvailableSequence);
    }

    [Fact]
    public void A_barrier_behind_a_stage_lets_through_what_that_stage_has_done()
    {
        var sequencer = CreateGated();
        var barrier = sequencer.NewBarrier(_gating);
        sequencer.Publish(0, sequencer.Next(4));
        _gating.SetValue(1);
        Assert.Equal(1, barrier.WaitFor(0).AvailableSequence);
    }

    [Fact]
    public void A_cancelled_barrier_throws_until_it_is_reset()
    {
        var sequencer = CreateGated();
        var barrier = sequencer.NewBarrier();
        sequencer.Publish(sequencer.Next());

        barrier.CancelProcessing();
        Assert.True(barrier.IsCancellationRequested);
        Assert.Throws<OperationCanceledException>(() => barrier.WaitFor(0));

        barrier.ResetProcessing();
        Assert.Equal(0, barrier.WaitFor(0).AvailableSequence);
    }

    [Fact]
    public void Publishing_signals_a_blocking_strategy_and_no_other()
    {
        foreach (var isBlocking in new[] { true, false })
        {
            var strategy = new CountingWaitStrategy(isBlocking);
            var sequencer = Create(BufferSize, strategy);
            sequencer.Publish(sequencer.Next());
            sequencer.Publish(1, sequencer.Next(2));
            Assert.Equal(isBlocking ? 2 : 0, strategy.SignalCount);
        }
    }

    private sealed class CountingWaitStrategy(bool isBlocking) : IWaitStrategy
    {
        public bool IsBlockingStrategy => isBlocking;

        public int SignalCount { get; private set; }

        public SequenceWaitResult WaitFor(long sequence, DependentSequenceGroup dependentSequences, CancellationToken cancellationToken)
        {
            return new SequenceWaitResult(dependentSequences.Value);
        }

        public void SignalAllWhenBlocking() => SignalCount++;
    }
}
