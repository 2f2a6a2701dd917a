using Disruptor.Dsl;

namespace Disruptor.Tests;

public sealed class RingBufferTests
{
    private static RingBuffer<TestEvent> Create(int bufferSize = 8, ProducerType producerType = ProducerType.Multi)
    {
        return RingBuffer<TestEvent>.Create(producerType, () => new TestEvent(), bufferSize, new BlockingWaitStrategy());
    }

    [Fact]
    public void Every_slot_has_its_own_event_made_at_the_start()
    {
        var ring = Create();
        var events = Enumerable.Range(0, 8).Select(i => ring[i]).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.Equal(8, events.Count);
        Assert.All(events, Assert.NotNull);
    }

    [Fact]
    public void A_slot_comes_round_again_after_a_lap()
    {
        var ring = Create();
        Assert.Same(ring[3], ring[11]);
        Assert.NotSame(ring[3], ring[4]);
    }

    [Fact]
    public void A_batch_holds_the_events_of_its_sequences()
    {
        var ring = Create();
        var batch = ring.GetBatch(2, 5);
        Assert.Equal(4, batch.Length);
        Assert.Same(ring[2], batch[0]);
        Assert.Same(ring[5], batch[3]);
    }

    [Fact]
    public void A_batch_ends_where_the_ring_wraps()
    {
        var ring = Create();
        Assert.Equal(2, ring.GetBatch(6, 9).Length);
        Assert.Equal(2, ring.GetBatch(8, 9).Length);
        Assert.Equal(8, ring.GetBatch(0, 7).Length);
    }

    [Fact]
    public void A_ring_without_consumers_never_fills()
    {
        var ring = Create();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(ring.TryNext(out var sequence));
            ring.Publish(sequence);
        }

        Assert.Equal(99, ring.Cursor);
    }

    [Fact]
    public void A_scope_publishes_when_it_ends()
    {
        var ring = Create();
        using (var scope = ring.PublishEvent())
        {
            scope.Event().Value = 42;
            Assert.False(ring.IsAvailable(scope.Sequence));
        }

        Assert.True(ring.IsAvailable(0));
        Assert.Equal(42, ring[0].Value);
    }

    [Fact]
    public void A_batch_scope_publishes_all_its_events_when_it_ends()
    {
        var ring = Create();
        using (var scope = ring.PublishEvents(3))
        {
            Assert.Equal(0, scope.StartSequence);
            Assert.Equal(2, scope.EndSequence);
            Assert.Same(ring[1], scope.Event(1));
            Assert.False(ring.IsAvailable(0));
        }

        Assert.True(ring.IsAvailable(0));
        Assert.True(ring.IsAvailable(2));
    }

    [Theory]
    [InlineData(ProducerType.Single)]
    [InlineData(ProducerType.Multi)]
    public void Claiming_and_publishing_allocates_nothing(ProducerType producerType)
    {
        var ring = Create(64, producerType);
        var consumed = new Sequence();
        ring.AddGatingSequences(consumed);
        PublishAndConsume(ring, consumed, laps: 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        PublishAndConsume(ring, consumed, laps: 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void PublishAndConsume(RingBuffer<TestEvent> ring, Sequence consumed, int laps)
    {
        for (var lap = 0; lap < laps; lap++)
        {
            Assert.True(ring.TryNext(16, out var last));
            ring[last].Value = lap;
            ring.Publish(last - 15, last);
            using (var scope = ring.PublishEvent())
            {
                scope.Event().Value = lap;
            }

            foreach (var e in ring.GetBatch(last - 15, last))
            {
                e.Producer = 1;
            }

            consumed.SetValue(last + 1);
        }
    }
}
