using Disruptor;
using Disruptor.Dsl;
using TxCore.Pipeline;
using TxCore.Tests.Support;

namespace TxCore.Tests.Pipeline;

/// <summary>The way into the ring and the hand-over between its stages.</summary>
public sealed class RingTests
{
    [Fact]
    public async Task No_wake_up_is_lost_whatever_the_pace_of_producers_and_stages()
    {
        const int Events = 30_000;
        var wait = new StageWaitStrategy();
        var disruptor = new Disruptor<TxEvent>(static () => new TxEvent(), 1024, TaskScheduler.Default, ProducerType.Multi, wait);
        var last = new Counter(null, Events);
        disruptor.HandleEventsWith(new Counter(wait, Events)).Then(new Counter(wait, Events)).Then(last);
        disruptor.Start();
        var producers = Enumerable.Range(0, 3).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int i = 0; i < Events / 3; i++)
            {
                long sequence;
                while (!disruptor.RingBuffer.TryNext(1, out sequence))
                {
                    await Task.Yield();
                }

                disruptor.RingBuffer.Publish(sequence, sequence);
                if (random.Next(20) == 0)
                {
                    await Task.Yield();
                }
            }
        }));
        await Task.WhenAll(producers);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        await last.Done.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        disruptor.Halt();

        // A lost wake-up is found again only by the check for cancellation, every 50 ms.
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds < 5);
        Assert.Equal(Events, last.Count);
    }

    [Fact]
    public async Task Those_who_wait_for_room_get_it_in_the_order_they_came()
    {
        var ring = RingOf(1024, out var gate);
        var intake = new Intake(ring, 64, TimeProvider.System);
        Assert.True(intake.TryClaim(960, out _));
        Assert.False(intake.TryClaim(1, out _));
        var waiting = new List<Task<long>>();
        for (int i = 0; i < 5; i++)
        {
            int already = i;
            waiting.Add(intake.ClaimAsync(100, TestContext.Current.CancellationToken).AsTask());
            await TestShard.UntilAsync(() => intake.Waiting == already + 1, "it waits");
        }

        Assert.True(intake.TryClaimControl(out _));
        gate.SetValue(200);
        intake.SignalCapacity();
        await waiting[0];
        Assert.False(intake.TryClaim(1, out _));
        for (int i = 1; i < 5; i++)
        {
            gate.SetValue(200 + (i * 100));
            intake.SignalCapacity();
            await waiting[i];
        }

        long[] slots = await Task.WhenAll(waiting);
        Assert.True(slots[0] >= 0);
        Assert.Equal(slots.Order(), slots);
    }

    [Fact]
    public async Task The_reserve_is_for_controls_half_of_it_for_logons_and_nothing_enters_when_closed()
    {
        var intake = new Intake(RingOf(1024, out _), 64, TimeProvider.System);
        Assert.True(intake.TryClaim(960, out _));
        Assert.Equal(32, Enumerable.Range(0, 64).Count(_ => intake.TryClaimLogon(out long _)));
        Assert.Equal(32, Enumerable.Range(0, 64).Count(_ => intake.TryClaimControl(out long _)));
        var waiting = intake.ClaimAsync(1, TestContext.Current.CancellationToken);
        intake.Close();
        Assert.Equal(-1, await waiting);

        var closed = new Intake(RingOf(1024, out _), 64, TimeProvider.System);
        closed.Close();
        Assert.False(closed.TryClaim(1, out _) || closed.TryClaimControl(out _) || closed.TryClaimLogon(out _));
        Assert.True(closed.TryClaimOwn(out _));
    }

    [Fact]
    public async Task One_who_gives_up_waiting_leaves_the_turn_to_the_next()
    {
        var intake = new Intake(RingOf(1024, out var gate), 64, TimeProvider.System);
        Assert.True(intake.TryClaim(960, out _));
        using var impatient = new CancellationTokenSource();
        var first = intake.ClaimAsync(1, impatient.Token);
        var second = intake.ClaimAsync(1, TestContext.Current.CancellationToken);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        gate.SetValue(10);
        intake.SignalCapacity();
        Assert.True(await second >= 0);
        Assert.Equal(0, intake.Waiting);
    }

    private static RingBuffer<TxEvent> RingOf(int size, out Sequence gate)
    {
        var ring = RingBuffer<TxEvent>.Create(ProducerType.Multi, static () => new TxEvent(), size, new StageWaitStrategy());
        gate = new Sequence();
        ring.AddGatingSequences(gate);
        return ring;
    }

    private sealed class Counter(IWaitStrategy? next, int all) : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Sequence? _sequence;

        public int Count { get; private set; }

        public Task Done => _done.Task;

        public int? MaxBatchSize => 7;

        public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

        public void OnBatch(EventBatch<TxEvent> batch, long sequence)
        {
            Count += batch.Length;
            _sequence!.SetValue(sequence + batch.Length - 1);
            next?.SignalAllWhenBlocking();
            if (Count == all)
            {
                _done.TrySetResult();
            }
        }
    }
}
