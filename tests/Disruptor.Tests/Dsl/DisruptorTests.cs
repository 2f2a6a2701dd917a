using Disruptor.Dsl;

namespace Disruptor.Tests.Dsl;

/// <summary>The graph of stages: order, start and end.</summary>
public sealed class DisruptorTests
{
    private readonly Disruptor<TestEvent> _disruptor = new(() => new TestEvent(), 64, new BlockingWaitStrategy());

    [Fact]
    public void A_stage_behind_two_sees_what_both_have_done()
    {
        var violations = 0;
        var seen = 0;
        var a = new EventHandler((e, _, _) => e.SeenByA = true);
        var b = new BatchHandler((batch, _) =>
        {
            foreach (var e in batch)
            {
                e.SeenByB = true;
            }
        });
        var c = new EventHandler((e, _, _) =>
        {
            violations += e.SeenByA && e.SeenByB ? 0 : 1;
            e.SeenByA = e.SeenByB = false;
            seen++;
        });
        _disruptor.HandleEventsWith(a).And(_disruptor.HandleEventsWith(b)).Then(c);
        _disruptor.Start();

        Publish(10_000);
        _disruptor.Shutdown(Wait.Limit);

        Assert.Equal(10_000, seen);
        Assert.Equal(0, violations);
    }

    [Fact]
    public void After_names_the_stages_to_follow()
    {
        var order = new List<string>();
        var first = new BatchHandler((_, _) => order.Add("first"));
        var second = new BatchHandler((_, _) => order.Add("second"));
        _disruptor.HandleEventsWith(first);
        _disruptor.After(first).HandleEventsWith(second);
        _disruptor.Start();

        Publish(1);
        _disruptor.Shutdown(Wait.Limit);

        Assert.Equal(["first", "second"], order);
    }

    [Fact]
    public void Only_the_end_of_the_chain_holds_the_producers()
    {
        using var release = new ManualResetEventSlim();
        var first = new EventHandler((_, _, _) => { });
        var last = new EventHandler((_, _, _) => release.Wait());
        _disruptor.HandleEventsWith(first).Then(last);
        _disruptor.Start();

        Publish(64);
        Wait.Until(() => _disruptor.GetSequenceValueFor(first) == 63, "the first stage ran ahead");
        Assert.False(_disruptor.RingBuffer.TryNext(out _));
        Assert.Equal(-1, _disruptor.GetSequenceValueFor(last));

        release.Set();
        _disruptor.Shutdown(Wait.Limit);
        Assert.True(_disruptor.RingBuffer.TryNext(out _));
    }

    [Fact]
    public void Shutdown_drains_the_backlog_even_right_after_the_start()
    {
        var seen = 0;
        _disruptor.HandleEventsWith(new EventHandler((_, _, _) => seen++)).Then(new BatchHandler((_, _) => { }));
        Publish(64);
        _disruptor.Start();
        _disruptor.Shutdown(Wait.Limit);
        Assert.Equal(64, seen);
    }

    [Fact]
    public void Shutdown_waits_for_stages_whose_threads_do_not_run_yet()
    {
        var scheduler = new HoldingScheduler();
        var seen = 0;
        var disruptor = new Disruptor<TestEvent>(() => new TestEvent(), 64, scheduler);
        disruptor.HandleEventsWith(new BatchHandler((batch, _) => seen += batch.Length));
        disruptor.PublishEvents(5).Dispose();
        disruptor.Start();

        Assert.Throws<TimeoutException>(() => disruptor.Shutdown(TimeSpan.FromMilliseconds(20)));

        scheduler.Release();
        disruptor.Shutdown(Wait.Limit);
        Assert.Equal(5, seen);
    }

    [Fact]
    public void Shutdown_gives_up_after_its_time()
    {
        using var release = new ManualResetEventSlim();
        _disruptor.HandleEventsWith(new BatchHandler((_, _) => release.Wait()));
        _disruptor.Start();
        Publish(1);

        Assert.Throws<TimeoutException>(() => _disruptor.Shutdown(TimeSpan.FromMilliseconds(20)));

        release.Set();
        _disruptor.Shutdown(Wait.Limit);
    }

    [Fact]
    public void Halt_leaves_what_is_not_processed()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var stopped = new ManualResetEventSlim();
        var seen = 0L;
        var handler = new BatchHandler((batch, _) =>
        {
            seen += batch.Length;
            entered.Set();
            release.Wait();
        })
        {
            MaxBatchSize = 1,
            Stopped = stopped.Set,
        };
        _disruptor.HandleEventsWith(handler);
        _disruptor.Start();
        Publish(5);
        Wait.For(entered, "the handler was called");

        _disruptor.Halt();
        release.Set();

        Wait.For(stopped, "the stage ended");
        Assert.Equal(1, seen);
    }

    [Fact]
    public void A_stage_hears_of_its_start_and_its_end_on_the_thread_that_handles_events()
    {
        var threads = new List<(Thread Thread, bool IsPooled)>();
        void NoteThread() => threads.Add((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
        using var stopped = new ManualResetEventSlim();
        var handler = new EventHandler((_, _, _) => NoteThread())
        {
            Started = NoteThread,
            Stopped = () =>
            {
                NoteThread();
                stopped.Set();
            },
        };
        _disruptor.HandleEventsWith(handler);
        _disruptor.Start();
        Publish(1);
        _disruptor.Shutdown(Wait.Limit);
        Wait.For(stopped, "the stage ended");

        Assert.Equal(3, threads.Count);
        Assert.Single(threads.Distinct());
        Assert.False(threads[0].IsPooled);
    }

    [Fact]
    public void A_disruptor_starts_once_and_takes_no_stages_afterwards()
    {
        _disruptor.HandleEventsWith(new BatchHandler((_, _) => { }));
        Assert.False(_disruptor.HasStarted);
        _disruptor.Start();
        Assert.True(_disruptor.HasStarted);

        Assert.Throws<InvalidOperationException>(() => _disruptor.Start());
        Assert.Throws<InvalidOperationException>(() => _disruptor.HandleEventsWith(new BatchHandler((_, _) => { })));
        _disruptor.Halt();
    }

    [Fact]
    public void A_handler_without_a_stage_cannot_be_followed()
    {
        Assert.Throws<ArgumentException>(() => _disruptor.After(new BatchHandler((_, _) => { })));
    }

    [Fact]
    public void A_group_gives_a_barrier_for_a_stage_outside_the_graph()
    {
        var barrier = _disruptor.HandleEventsWith(new BatchHandler((_, _) => { })).AsSequenceBarrier();
        _disruptor.Start();
        Publish(3);
        Wait.Until(() => barrier.DependentSequences.Value == 2, "the stage is done");
        Assert.Equal(2, barrier.WaitFor(0).AvailableSequence);
        _disruptor.Shutdown(Wait.Limit);
    }

    private void Publish(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var scope = _disruptor.PublishEvent();
            scope.Event().Value = i;
        }
    }

    /// <summary>Keeps tasks until released, then gives each a thread.</summary>
    private sealed class HoldingScheduler : TaskScheduler
    {
        private readonly List<Task> _held = [];

        public void Release() => _held.ForEach(task => Wait.StartThread("stage", () => TryExecuteTask(task)));

        protected override void QueueTask(Task task) => _held.Add(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => _held;
    }
}
