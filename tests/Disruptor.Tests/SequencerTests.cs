namespace Disruptor.Tests;

public sealed class SingleProducerSequencerTests : SequencerContract
{
    protected override ISequencer Create(int bufferSize, IWaitStrategy waitStrategy) => new SingleProducerSequencer(bufferSize, waitStrategy);

    [Fact]
    public void The_cursor_moves_at_publication()
    {
        var sequencer = CreateGated();
        var sequence = sequencer.Next(2);
        Assert.Equal(-1, sequencer.Cursor);
        sequencer.Publish(0, sequence);
        Assert.Equal(1, sequencer.Cursor);
    }

    [Fact]
    public void Claim_sets_where_the_next_claim_goes_on()
    {
        var sequencer = Create(BufferSize, new BlockingWaitStrategy());
        sequencer.Claim(41);
        Assert.Equal(42, sequencer.Next());
    }
}

public sealed class MultiProducerSequencerTests : SequencerContract
{
    protected override ISequencer Create(int bufferSize, IWaitStrategy waitStrategy) => new MultiProducerSequencer(bufferSize, waitStrategy);

    [Fact]
    public void The_cursor_moves_at_the_claim()
    {
        var sequencer = CreateGated();
        sequencer.Next(2);
        Assert.Equal(1, sequencer.Cursor);
    }

    [Fact]
    public void A_gap_hides_what_is_published_behind_it()
    {
        var sequencer = CreateGated();
        sequencer.Next(4);

        sequencer.Publish(0);
        sequencer.Publish(2, 3);
        Assert.Equal(0, sequencer.GetHighestPublishedSequence(0, 3));
        Assert.Equal(0, sequencer.NewBarrier().WaitFor(0).AvailableSequence);

        sequencer.Publish(1);
        Assert.Equal(3, sequencer.GetHighestPublishedSequence(0, 3));
    }

    [Fact]
    public void A_first_event_that_is_claimed_only_leaves_nothing_available()
    {
        var sequencer = CreateGated();
        sequencer.Next(2);
        sequencer.Publish(1);
        Assert.Equal(-1, sequencer.GetHighestPublishedSequence(0, 1));
    }
}
