using Disruptor.Dsl;
using Disruptor.Processing;

namespace Disruptor.Tests.Dsl;

/// <summary>What becomes of a stage whose handler throws.</summary>
public sealed class ExceptionTests
{
    private readonly Disruptor<TestEvent> _disruptor = new(() => new TestEvent(), 8, new BlockingWaitStrategy());
    private readonly RecordingExceptionHandler _exceptions = new();

    [Fact]
    public void After_the_exception_handler_returns_the_event_counts_as_processed()
    {
        var seen = new List<long>();
        var handler = new EventHandler((e, sequence, _) =>
        {
            seen.Add(sequence);
            ThrowIf(e.Value == 1);
        });
        _disruptor.HandleEventsWith(handler);
        _disruptor.SetDefaultExceptionHandler(_exceptions);
        RunWith(3);

        Assert.Equal([0, 1, 2], seen);
        Assert.Equal(["event 1 value 1"], _exceptions.Calls);
        Assert.Equal(2, _disruptor.GetSequenceValueFor(handler));
    }

    [Fact]
    public void After_the_exception_handler_returns_the_whole_batch_counts_as_processed()
    {
        var seen = new List<long>();
        var handler = new BatchHandler((_, sequence) =>
        {
            seen.Add(sequence);
            ThrowIf(sequence == 0);
        })
        {
            MaxBatchSize = 2,
        };
        _disruptor.HandleEventsWith(handler);
        _disruptor.HandleExceptionsFor(handler).With(_exceptions);
        RunWith(4);

        Assert.Equal([0, 2], seen);
        Assert.Equal(["batch 0 of 2"], _exceptions.Calls);
    }

    [Fact]
    public void A_stage_with_an_exception_handler_of_its_own_does_not_use_the_default()
    {
        var ofTheStage = new RecordingExceptionHandler();
        var handler = new EventHandler((_, _, _) => ThrowIf(true));
        _disruptor.HandleEventsWith(handler);
        _disruptor.HandleExceptionsFor(handler).With(ofTheStage);
        _disruptor.SetDefaultExceptionHandler(_exceptions);
        RunWith(1);

        Assert.Single(ofTheStage.Calls);
        Assert.Empty(_exceptions.Calls);
    }

    [Fact]
    public void Failures_at_start_and_end_are_reported_and_the_events_still_handled()
    {
        var seen = 0;
        var handler = new BatchHandler((batch, _) => seen += batch.Length) { Started = () => ThrowIf(true), Stopped = () => ThrowIf(true) };
        _disruptor.HandleEventsWith(handler);
        _disruptor.SetDefaultExceptionHandler(_exceptions);
        RunWith(3);
        Wait.Until(() => _exceptions.Calls.Length == 2, "start and end were reported");

        Assert.Equal(["start", "shutdown"], _exceptions.Calls);
        Assert.Equal(3, seen);
    }

    [Fact]
    public void A_failure_on_a_timeout_is_reported()
    {
        var disruptor = new Disruptor<TestEvent>(() => new TestEvent(), 8, new TimeoutBlockingWaitStrategy(TimeSpan.FromMilliseconds(1)));
        disruptor.HandleEventsWith(new EventHandler((_, _, _) => { }) { TimedOut = _ => ThrowIf(true) });
        disruptor.SetDefaultExceptionHandler(_exceptions);
        disruptor.Start();
        Wait.For(_exceptions.Called, "the timeout's failure was reported");
        disruptor.Halt();

        Assert.Equal("timeout -1", _exceptions.Calls[0]);
    }

    [Fact]
    public async Task An_exception_handler_that_throws_stops_the_stage_where_it_was()
    {
        using var stopped = new ManualResetEventSlim();
        var ring = RingBuffer<TestEvent>.CreateMultiProducer(() => new TestEvent(), 8);
        var handler = new BatchHandler((_, sequence) => ThrowIf(sequence == 1)) { MaxBatchSize = 1, Stopped = stopped.Set };
        var processor = EventProcessorFactory.Create(ring, ring.NewBarrier(), handler);
        processor.SetExceptionHandler(new RecordingExceptionHandler { ThrowsOn = true });
        ring.AddGatingSequences(processor.Sequence);
        ring.PublishEvents(3).Dispose();

        var run = processor.StartLongRunning();

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        Assert.True(stopped.IsSet);
        Assert.False(processor.IsRunning);
        Assert.Equal(0, processor.Sequence.Value);
    }

    [Fact]
    public void Shutdown_does_not_wait_for_a_stage_that_stopped_by_an_exception()
    {
        using var stopped = new ManualResetEventSlim();
        _disruptor.HandleEventsWith(new BatchHandler((_, _) => ThrowIf(true)) { Stopped = stopped.Set });
        _disruptor.SetDefaultExceptionHandler(new RecordingExceptionHandler { ThrowsOn = true });
        _disruptor.Start();
        _disruptor.PublishEvent().Dispose();
        Wait.For(stopped, "the stage stopped");
        _disruptor.Shutdown(Wait.Limit);
    }

    [Fact]
    public void The_fatal_handler_throws_on_what_the_handler_threw()
    {
        var handler = new FatalExceptionHandler<TestEvent>();
        var cause = new InvalidOperationException("cause");
        Assert.Same(cause, Assert.ThrowsAny<Exception>(() => handler.HandleEventException(cause, 0, new TestEvent())).InnerException);
        Assert.Same(cause, Assert.ThrowsAny<Exception>(() => handler.HandleEventException(cause, 0, default(EventBatch<TestEvent>))).InnerException);
        handler.HandleOnStartException(cause);
        handler.HandleOnShutdownException(cause);
    }

    [Fact]
    public void The_ignoring_handler_returns()
    {
        var handler = new IgnoreExceptionHandler<TestEvent>();
        var cause = new InvalidOperationException("cause");
        handler.HandleEventException(cause, 0, new TestEvent());
        handler.HandleEventException(cause, 0, default(EventBatch<TestEvent>));
        handler.HandleOnTimeoutException(cause, 0);
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new InvalidOperationException("Thrown by the test's handler.");
        }
    }

    private void RunWith(int count)
    {
        using (var scope = _disruptor.PublishEvents(count))
        {
            for (var i = 0; i < count; i++)
            {
                scope.Event(i).Value = i;
            }
        }

        _disruptor.Start();
        _disruptor.Shutdown(Wait.Limit);
    }
}
