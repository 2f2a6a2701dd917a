using Disruptor.Dsl;

namespace Disruptor.Tests.Dsl;

/// <summary>Several producers against a small ring, so that it wraps and fills all the time.</summary>
public sealed class ProducerStressTests
{
    private const int ProducerCount = 4;
    private const int BufferSize = 128;

    public static TheoryData<IWaitStrategy, int> Strategies => new()
    {
        { new BlockingWaitStrategy(), 100_000 },
        { new BlockingSpinWaitWaitStrategy(), 50_000 },
        { new TimeoutBlockingWaitStrategy(TimeSpan.FromMilliseconds(1)), 50_000 },
        { new YieldingWaitStrategy(), 50_000 },
        { new SpinWaitWaitStrategy(), 50_000 },
        { new SleepingWaitStrategy(), 50_000 },
    };

    [Theory]
    [MemberData(nameof(Strategies), DisableDiscoveryEnumeration = true)]
    public void Every_event_of_every_producer_is_seen_once_and_in_order(IWaitStrategy waitStrategy, int eventsPerProducer)
    {
        var disruptor = new Disruptor<TestEvent>(() => new TestEvent(), BufferSize, waitStrategy);
        var first = new OrderCheck();
        var second = new OrderCheck();
        disruptor
            .HandleEventsWith(new EventHandler((e, sequence, _) => first.See(e, sequence)))
            .Then(new BatchHandler((batch, sequence) =>
            {
                foreach (var e in batch)
                {
                    second.See(e, sequence++);
                }
            })
            {
                MaxBatchSize = 50,
            });
        disruptor.Start();

        var producers = Enumerable.Range(0, ProducerCount)
            .Select(producer => Wait.StartThread($"producer {producer}", () => Produce(disruptor.RingBuffer, producer, eventsPerProducer)))
            .ToArray();
        Array.ForEach(producers, Wait.ToEnd);
        disruptor.Shutdown(Wait.Limit);

        first.AssertComplete(eventsPerProducer);
        second.AssertComplete(eventsPerProducer);
    }

    // Single claims, claims of several and refused claims take turns; the claims of several are published in two parts.
    private static void Produce(RingBuffer<TestEvent> ring, int producer, int count)
    {
        for (var value = 0; value < count;)
        {
            var n = Math.Min(1 + (value % 7), count - value);
            long last;
            if (value % 2 == 0)
            {
                last = ring.Next(n);
            }
            else
            {
                var spinWait = default(AggressiveSpinWait);
                while (!ring.TryNext(n, out last))
                {
                    spinWait.SpinOnce();
                }
            }

            var first = last - n + 1;
            for (var sequence = first; sequence <= last; sequence++)
            {
                ring[sequence].Producer = producer;
                ring[sequence].Value = value++;
            }

            var middle = first + (n / 2);
            ring.Publish(middle, last);
            ring.Publish(first, middle - 1);
        }
    }

    private sealed class OrderCheck
    {
        private readonly long[] _next = new long[ProducerCount];
        private long _nextSequence;
        private int _violations;

        public void See(TestEvent e, long sequence)
        {
            if (e.Value != _next[e.Producer] || sequence != _nextSequence)
            {
                _violations++;
            }

            _next[e.Producer] = e.Value + 1;
            _nextSequence = sequence + 1;
        }

        public void AssertComplete(int eventsPerProducer)
        {
            Assert.Equal(0, _violations);
            Assert.All(_next, next => Assert.Equal(eventsPerProducer, next));
        }
    }
}
