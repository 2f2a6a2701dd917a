using Disruptor.Dsl;
using Disruptor.Processing;

namespace Disruptor.Tests.Dsl;

/// <summary>How what is available is cut into batches.</summary>
public sealed class BatchingTests
{
    private readonly Disruptor<TestEvent> _disruptor = new(() => new TestEvent(), 64, new BlockingWaitStrategy());

    [Fact]
    public void A_batch_is_everything_available()
    {
        Assert.Equal([(0, 50)], RunBatches(50, maxBatchSize: null));
    }

    [Fact]
    public void MaxBatchSize_is_honoured()
    {
        Assert.Equal([(0, 20), (20, 20), (40, 10)], RunBatches(50, maxBatchSize: 20));
    }

    [Fact]
    public void MaxBatchSize_1_gives_events_one_by_one()
    {
        Assert.Equal([(0, 1), (1, 1), (2, 1)], RunBatches(3, maxBatchSize: 1));
    }

    [Fact]
    public void A_batch_is_cut_where_the_ring_wraps()
    {
        // No stage gates the first 40, so the batch of the stage that starts behind them has to wrap.
        _disruptor.PublishEvents(40).Dispose();
        Assert.Equal([(40, 24), (64, 26)], RunBatches(50, maxBatchSize: null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_MaxBatchSize_below_1_is_refused(int maxBatchSize)
    {
        Assert.ThrowsAny<ArgumentException>(() => _disruptor.HandleEventsWith(new BatchHandler((_, _) => { }) { MaxBatchSize = maxBatchSize }));
    }

    [Fact]
    public void An_event_handler_is_told_where_each_batch_starts_and_ends()
    {
        var calls = new List<string>();
        var handler = new EventHandler((_, sequence, endOfBatch) => calls.Add(endOfBatch ? $"{sequence} end" : $"{sequence}"))
        {
            MaxBatchSize = 2,
            BatchStarted = size => calls.Add($"start {size}"),
        };
        _disruptor.HandleEventsWith(handler);
        _disruptor.PublishEvents(3).Dispose();
        _disruptor.Start();
        _disruptor.Shutdown(Wait.Limit);
        Assert.Equal(["start 2", "0", "1 end", "start 1", "2 end"], calls);
    }

    [Fact]
    public void A_handler_that_knows_its_sequence_can_release_events_early()
    {
        using var release = new ManualResetEventSlim();
        var handler = new EarlyReleasingHandler(release);
        _disruptor.HandleEventsWith(handler);
        _disruptor.PublishEvents(64).Dispose();
        _disruptor.Start();

        Wait.Until(() => _disruptor.RingBuffer.HasAvailableCapacity(10), "the handler released ten events");

        release.Set();
        _disruptor.Shutdown(Wait.Limit);
    }

    [Fact]
    public void A_quiet_ring_times_out_and_goes_on()
    {
        var timeouts = new SemaphoreSlim(0);
        var timedOutAt = new List<long>();
        var seen = 0;
        var ring = RingBuffer<TestEvent>.CreateMultiProducer(
            () => new TestEvent(), 8, new TimeoutBlockingWaitStrategy(TimeSpan.FromMilliseconds(2)));
        var handler = new BatchHandler((batch, _) => seen += batch.Length)
        {
            TimedOut = sequence =>
            {
                timedOutAt.Add(sequence);
                timeouts.Release();
            },
        };
        var processor = EventProcessorFactory.Create(ring, ring.NewBarrier(), handler);
        var run = Wait.StartThread("stage", processor.Run);

        Wait.For(timeouts, "a timeout");
        ring.PublishEvents(2).Dispose();
        Wait.Until(() => processor.Sequence.Value == 1, "the events were processed");
        Wait.For(timeouts, "another timeout");
        Wait.Until(() => timeouts.CurrentCount > 2, "timeouts behind the events");
        processor.Halt();
        Wait.ToEnd(run);

        Assert.Equal(2, seen);
        Assert.Equal(-1, timedOutAt[0]);
        Assert.Equal(1, timedOutAt[^1]);
    }

    private List<(int First, int Length)> RunBatches(int count, int? maxBatchSize)
    {
        var batches = new List<(int, int)>();
        _disruptor.HandleEventsWith(new BatchHandler((batch, sequence) => batches.Add(((int)sequence, batch.Length))) { MaxBatchSize = maxBatchSize });
        _disruptor.PublishEvents(count).Dispose();
        _disruptor.Start();
        _disruptor.Shutdown(Wait.Limit);
        return batches;
    }

    private sealed class EarlyReleasingHandler(ManualResetEventSlim release) : IBatchEventHandler<TestEvent>, IEventProcessorSequenceAware
    {
        private Sequence? _sequence;

        public int? MaxBatchSize => null;

        public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

        public void OnBatch(EventBatch<TestEvent> batch, long sequence)
        {
            _sequence!.SetValue(sequence + 9);
            release.Wait();
        }
    }
}
