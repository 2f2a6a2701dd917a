namespace Disruptor.Tests;

public sealed class SequenceTests
{
    [Fact]
    public void A_sequence_starts_before_the_first_event()
    {
        Assert.Equal(-1, new Sequence().Value);
        Assert.Equal(5, new Sequence(5).Value);
    }

    [Fact]
    public void Compare_and_set_changes_only_what_was_expected()
    {
        var sequence = new Sequence(3);
        Assert.False(sequence.CompareAndSet(2, 9));
        Assert.Equal(3, sequence.Value);
        Assert.True(sequence.CompareAndSet(3, 9));
        Assert.Equal(9, sequence.Value);
    }

    [Fact]
    public void Adding_gives_the_new_value()
    {
        var sequence = new Sequence();
        Assert.Equal(0, sequence.IncrementAndGet());
        Assert.Equal(7, sequence.AddAndGet(7));
        sequence.SetValueVolatile(20);
        Assert.Equal("20", sequence.ToString());
    }
}
