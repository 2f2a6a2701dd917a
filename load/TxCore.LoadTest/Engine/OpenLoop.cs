using System.Diagnostics;

namespace TxCore.LoadTest.Engine;

/// <summary>One planned send.</summary>
/// <param name="PlannedAt">When it was due (stopwatch reading): latency counts from here, however late it leaves.</param>
/// <param name="IsMeasured">False during the warm-up, and for what is left when the time is over.</param>
internal readonly record struct PlannedSend(long PlannedAt, bool IsMeasured);

/// <summary>What sends: called for each planned send in order, on the generator's thread; must not block.</summary>
internal interface ILoad
{
    /// <summary>There is something left to send when the time is over: it is sent at the same rate, unmeasured.</summary>
    bool HasMore => false;

    void Send(in PlannedSend planned);
}

/// <summary>
/// The generator: one thread that sends at planned times whatever the answers do. A server that pauses meets the transactions of the
/// pause all the same, and each of them counts the time it waited (no coordinated omission).
/// </summary>
internal sealed class OpenLoop(SendSchedule schedule, ILoad load, TimeSpan warmUp, TimeSpan duration)
{
    /// <summary>How late the sends were.</summary>
    public SendLateness Lateness { get; } = new();

    /// <summary>Sends from now on until the time is over; the task ends with the last send.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Generate(ended, cancellationToken))
        {
            Name = "generator",
            IsBackground = true,
            Priority = ThreadPriority.AboveNormal,
        };
        thread.Start();
        return ended.Task;
    }

    private void Generate(TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        try
        {
            SendAll(Stopwatch.GetTimestamp(), cancellationToken);
            ended.SetResult();
        }
        catch (Exception failure)
        {
            // A fault of the generator is the run's: it must not end the process behind the clean-up's back.
            ended.SetException(failure);
        }
    }

    private void SendAll(long start, CancellationToken cancellationToken)
    {
        var end = warmUp + duration;
        for (var offset = schedule.Next(); offset < end || load.HasMore; offset = schedule.Next())
        {
            long planned = start + (long)(offset.TotalSeconds * Stopwatch.Frequency);
            if (!Pacer.WaitUntil(planned, cancellationToken))
            {
                return;
            }

            bool isMeasured = offset >= warmUp && offset < end;
            if (isMeasured)
            {
                Lateness.Record(Stopwatch.GetTimestamp() - planned);
            }

            load.Send(new PlannedSend(planned, isMeasured));
        }
    }
}
