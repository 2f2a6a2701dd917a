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

    /// <summary>Called when nothing else is due: a load that gathers what is due at once puts it on its way.</summary>
    void Flush()
    {
    }
}

/// <summary>
/// The generator: one thread that sends at planned times whatever the answers do. A server that pauses meets the transactions of the
/// pause all the same, and each of them counts the time it waited (no coordinated omission).
/// </summary>
internal sealed class OpenLoop(SendSchedule schedule, ILoad load, TimeSpan warmUp, TimeSpan duration) : ISendPlan
{
    private readonly List<long> _plannedBySecond = [];
    private long _start;

    /// <summary>How late the sends were.</summary>
    public SendLateness Lateness { get; } = new();

    /// <summary>The measured time has begun and is not over.</summary>
    public bool IsMeasuring =>
        Volatile.Read(ref _start) is var start and not 0 && Stopwatch.GetElapsedTime(start) is var now && now >= warmUp && now < warmUp + duration;

    /// <summary>Sends planned in the measured time; complete when the generator has ended.</summary>
    public long Planned { get; private set; }

    /// <summary>How long the measured time was, up to now while it lasts.</summary>
    public TimeSpan Measured => Volatile.Read(ref _start) is var start and not 0
        ? TimeSpan.FromTicks(Math.Clamp((Stopwatch.GetElapsedTime(start) - warmUp).Ticks, 0, duration.Ticks))
        : TimeSpan.Zero;

    /// <summary>Sends planned for a second of the run, from 1.</summary>
    public long? PlannedInSecond(int second)
    {
        lock (_plannedBySecond)
        {
            return second <= _plannedBySecond.Count ? _plannedBySecond[second - 1] : 0;
        }
    }

    /// <summary>Sends from now on until the time is over; the task ends with the last send.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        GeneratorThread.RunAsync(() => SendAll(Stopwatch.GetTimestamp(), cancellationToken));

    private void SendAll(long start, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _start, start);
        var end = warmUp + duration;
        for (var offset = schedule.Next(); offset < end || load.HasMore; offset = schedule.Next())
        {
            long planned = start + (long)(offset.TotalSeconds * Stopwatch.Frequency);
            if (!Pacer.WaitUntil(planned, cancellationToken))
            {
                return;
            }

            Count((int)offset.TotalSeconds);
            bool isMeasured = offset >= warmUp && offset < end;
            if (isMeasured)
            {
                Planned++;
                Lateness.Record(Stopwatch.GetTimestamp() - planned);
            }

            load.Send(new PlannedSend(planned, isMeasured));
        }
    }

    private void Count(int second)
    {
        lock (_plannedBySecond)
        {
            while (_plannedBySecond.Count <= second)
            {
                _plannedBySecond.Add(0);
            }

            _plannedBySecond[second]++;
        }
    }
}
