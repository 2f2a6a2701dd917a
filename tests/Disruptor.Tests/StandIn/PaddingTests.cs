namespace Disruptor.Tests.StandIn;

/// <summary>
/// What one thread writes must not share a cache line with what others use. A line is 128 bytes and the collector aligns objects to 8,
/// so a field is alone if 120 bytes before and behind it are.
/// </summary>
public sealed class PaddingTests
{
    private const int LineBytes = 128;
    private const int KeepOffBytes = LineBytes - 8;

    [Fact]
    public void A_sequence_has_its_line_to_itself()
    {
        AssertPadded(new Sequence(), ["_value"]);
    }

    [Fact]
    public void The_single_producer_sequencer_keeps_claims_off_what_consumers_read()
    {
        var sequencer = new SingleProducerSequencer(8);
        string[] claims = ["_nextValue", "_cachedGatingValue"];
        AssertPadded(sequencer, ObjectLayout.FieldNames(sequencer.GetType()));

        var firstClaim = claims.Min(field => ObjectLayout.OffsetOf(sequencer, field));
        foreach (var field in ObjectLayout.FieldNames(sequencer.GetType()).Except(claims))
        {
            Assert.True(ObjectLayout.OffsetOf(sequencer, field) + 8 + KeepOffBytes <= firstClaim, $"{field} is on the line of the claims.");
        }
    }

    [Fact]
    public void The_multi_producer_sequencer_is_padded()
    {
        var sequencer = new MultiProducerSequencer(8);
        AssertPadded(sequencer, ObjectLayout.FieldNames(sequencer.GetType()));
    }

    [Fact]
    public void The_ring_is_padded()
    {
        var ring = RingBuffer<TestEvent>.CreateMultiProducer(() => new TestEvent(), 8);
        AssertPadded(ring, ObjectLayout.FieldNames(ring.GetType()));
    }

    [Fact]
    public void The_slots_have_a_line_of_padding_at_each_end()
    {
        var ring = RingBuffer<TestEvent>.CreateMultiProducer(() => new TestEvent(), 8);
        var entries = (TestEvent?[])typeof(RingBuffer)
            .GetField("_entries", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
            .GetValue(ring)!;
        var padding = LineBytes / IntPtr.Size;

        Assert.Equal(8 + (2 * padding), entries.Length);
        Assert.All(entries[..padding], Assert.Null);
        Assert.All(entries[padding..^padding], Assert.NotNull);
        Assert.All(entries[^padding..], Assert.Null);
    }

    private static void AssertPadded(object instance, string[] fields)
    {
        var size = ObjectLayout.SizeOf(instance.GetType());
        foreach (var field in fields)
        {
            var offset = ObjectLayout.OffsetOf(instance, field);
            Assert.True(offset >= KeepOffBytes, $"{field} is {offset} bytes behind the start of the object.");
            Assert.True(offset + 8 + KeepOffBytes <= size, $"{field} is at {offset} of {size} bytes.");
        }
    }
}
