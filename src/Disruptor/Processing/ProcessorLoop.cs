namespace Disruptor.Processing;

/// <summary>
/// The life of a stage, common to both kinds of handler: start, wait, process, halt. What differs is one batch.
/// </summary>
internal abstract class ProcessorLoop<T> : IEventProcessor<T>
    where T : class
{
    private const int Idle = 0;
    private const int Starting = 1;
    private const int Running = 2;
    private const int Halted = 3;

    private readonly SequenceBarrier _barrier;
    private readonly long _maxBatchSize;
    private readonly ManualResetEventSlim _started = new();
    private int _state = Idle;

    protected ProcessorLoop(SequenceBarrier barrier, int? maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(barrier);
        if (maxBatchSize < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(maxBatchSize), maxBatchSize, "The MaxBatchSize of a handler must be at least 1.");
        }

        _barrier = barrier;
        _maxBatchSize = maxBatchSize ?? int.MaxValue;
    }

    public Sequence Sequence { get; } = new();

    public bool IsRunning => Volatile.Read(ref _state) is Starting or Running;

    protected IExceptionHandler<T> ExceptionHandler { get; private set; } = new FatalExceptionHandler<T>();

    public void SetExceptionHandler(IExceptionHandler<T> exceptionHandler)
    {
        ArgumentNullException.ThrowIfNull(exceptionHandler);
        ExceptionHandler = exceptionHandler;
    }

    public void Halt()
    {
        Interlocked.Exchange(ref _state, Halted);
        Interlocked.MemoryBarrier();
        _barrier.CancelProcessing();
    }

    public void WaitUntilStarted(TimeSpan timeout)
    {
        _started.Wait(timeout);
    }

    public Task Start(TaskScheduler taskScheduler, TaskCreationOptions taskCreationOptions)
    {
        // Counts as running from here on, so a shutdown that comes before the thread does still waits for the backlog.
        Interlocked.CompareExchange(ref _state, Starting, Idle);
        return Task.Factory.StartNew(Run, CancellationToken.None, taskCreationOptions, taskScheduler);
    }

    public void Run()
    {
        EnterRunning();

        // A halt from here on either finds the new token or is seen in the state: both sides write, fence and then read.
        _barrier.ResetProcessing();
        Interlocked.MemoryBarrier();

        try
        {
            NotifyStart();
            _started.Set();
            ProcessUntilHalted();
        }
        finally
        {
            LeaveRunning();
        }
    }

    protected abstract void OnStart();

    protected abstract void OnShutdown();

    protected abstract void OnTimeout(long sequence);

    /// <summary>
    /// Processes at least one event from <paramref name="first"/> and not beyond <paramref name="last"/>; returns the last one done.
    /// An exception leaves it only if the exception handler threw.
    /// </summary>
    protected abstract long ProcessBatch(long first, long last);

    private void EnterRunning()
    {
        // A stage halted before it ran stays halted: it calls OnStart and OnShutdown and ends.
        var previous = Interlocked.CompareExchange(ref _state, Running, Starting);
        if (previous == Idle)
        {
            previous = Interlocked.CompareExchange(ref _state, Running, Idle);
        }

        if (previous == Running)
        {
            throw new InvalidOperationException("The event processor is running already.");
        }
    }

    private void LeaveRunning()
    {
        try
        {
            NotifyShutdown();
        }
        finally
        {
            _started.Reset();
            Volatile.Write(ref _state, Idle);
        }
    }

    private void ProcessUntilHalted()
    {
        var next = Sequence.Value + 1;
        var spinWait = default(AggressiveSpinWait);
        while (IsRunning && TryWaitFor(next, out var result))
        {
            if (result.IsTimeout)
            {
                NotifyTimeout();
                continue;
            }

            var available = result.UnsafeAvailableSequence;
            if (available < next)
            {
                // A producer is between claim and publication, which is short unless its thread lost the processor.
                spinWait.SpinOnce();
                continue;
            }

            spinWait = default;
            var last = Math.Min(available, next + _maxBatchSize - 1);
            var done = ProcessBatch(next, last);
            Sequence.SetValue(done);
            next = done + 1;
        }
    }

    private bool TryWaitFor(long sequence, out SequenceWaitResult result)
    {
        try
        {
            result = _barrier.WaitFor(sequence);
            return true;
        }
        catch (OperationCanceledException) when (_barrier.IsCancellationRequested)
        {
            // Expected: this is how Halt wakes a stage that waits.
            result = default;
            return false;
        }
    }

    private void NotifyStart()
    {
        try
        {
            OnStart();
        }
        catch (Exception ex)
        {
            ExceptionHandler.HandleOnStartException(ex);
        }
    }

    private void NotifyShutdown()
    {
        try
        {
            OnShutdown();
        }
        catch (Exception ex)
        {
            ExceptionHandler.HandleOnShutdownException(ex);
        }
    }

    private void NotifyTimeout()
    {
        var sequence = Sequence.Value;
        try
        {
            OnTimeout(sequence);
        }
        catch (Exception ex)
        {
            ExceptionHandler.HandleOnTimeoutException(ex, sequence);
        }
    }
}
