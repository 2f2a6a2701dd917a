using System.Diagnostics;
using TxCore.LoadTest.Engine.Simulations;

namespace TxCore.LoadTest.Engine;

/// <summary>
/// Runs a <see cref="LoadPlan"/>. In its open parts it sends at planned times whatever the answers do: a server that pauses meets the
/// transactions of the pause all the same, and each of them counts the time it waited (no coordinated omission). In its closed parts a
/// send is due when a copy is free.
/// </summary>
/// <param name="plan">What is sent when.</param>
/// <param name="warmUp">Load before that, in no figure.</param>
/// <param name="load">What sends.</param>
/// <param name="inFlight">Sends without an answer: the copies that are busy.</param>
internal sealed class LoadGenerator(LoadPlan plan, TimeSpan warmUp, ILoad load, Func<long> inFlight) : ISendPlan
{
    /// <summary>How often a closed part looks for a free copy.</summary>
    private static readonly TimeSpan CopyLook = TimeSpan.FromMicroseconds(100);

    private readonly List<long> _plannedBySecond = [];
    private long _start;
    private long _measuredFrom;
    private long _measuredTo;

    /// <summary>How late the measured sends of the open parts were.</summary>
    public SendLateness Lateness { get; } = new();

    /// <summary>Sends planned in the measured time; complete when the generator has ended.</summary>
    public long Planned { get; private set; }

    /// <summary>The measured time has begun.</summary>
    public bool IsMeasuring => Volatile.Read(ref _measuredFrom) != 0 && Volatile.Read(ref _measuredTo) == 0;

    /// <summary>How long the measured time was, up to now while it lasts.</summary>
    public TimeSpan Measured => Volatile.Read(ref _measuredFrom) is var from and not 0
        ? Stopwatch.GetElapsedTime(from, Volatile.Read(ref _measuredTo) is var to and not 0 ? to : Stopwatch.GetTimestamp())
        : TimeSpan.Zero;

    /// <summary>Sends planned for a second of the run, from 1; complete when the generator has ended.</summary>
    public long? PlannedInSecond(int second)
    {
        lock (_plannedBySecond)
        {
            return second <= _plannedBySecond.Count ? _plannedBySecond[second - 1] : 0;
        }
    }

    /// <summary>Sends from now on until the plan is over; the task ends with the last send.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => GeneratorThread.RunAsync(() => SendAll(cancellationToken));

    private void SendAll(CancellationToken cancellationToken)
    {
        _start = Stopwatch.GetTimestamp();
        long begin = _start;
        if (warmUp > TimeSpan.Zero)
        {
            begin = Run(plan.WarmUp(warmUp), begin, isMeasured: false, arrivals: null, cancellationToken);
        }

        Volatile.Write(ref _measuredFrom, begin);
        for (int i = 0; i < plan.Segments.Count && !cancellationToken.IsCancellationRequested; i++)
        {
            begin = Run(plan.Segments[i], begin, isMeasured: true, plan.Arrivals(i), cancellationToken);
        }

        Volatile.Write(ref _measuredTo, Math.Min(begin, Stopwatch.GetTimestamp()));
    }

    /// <summary>Runs a part from its planned beginning; returns its planned end, so that delays do not add up.</summary>
    private long Run(LoadSegment segment, long begin, bool isMeasured, Random? arrivals, CancellationToken cancellationToken)
    {
        switch (segment)
        {
            case OpenSegment open:
                RunOpen(open, begin, isMeasured, arrivals, cancellationToken);
                break;
            case ClosedSegment closed:
                RunClosed(closed, begin, isMeasured, cancellationToken);
                break;
        }

        if (segment.During is not { } during)
        {
            return Stopwatch.GetTimestamp();
        }

        long end = begin + Ticks(during);
        Pacer.WaitUntil(end, cancellationToken);
        return end;
    }

    private void RunOpen(OpenSegment segment, long begin, bool isMeasured, Random? arrivals, CancellationToken cancellationToken)
    {
        foreach (var offset in segment.Offsets(arrivals))
        {
            long planned = begin + Ticks(offset);
            if (Stopwatch.GetTimestamp() < planned)
            {
                load.Flush();
                if (!Pacer.WaitUntil(planned, cancellationToken))
                {
                    return;
                }
            }
            else if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            if (isMeasured)
            {
                Lateness.Record(Stopwatch.GetTimestamp() - planned);
            }

            Send(planned, isMeasured);
        }

        load.Flush();
    }

    private void RunClosed(ClosedSegment segment, long begin, bool isMeasured, CancellationToken cancellationToken)
    {
        int left = segment.Iterations;
        while (left > 0 && !cancellationToken.IsCancellationRequested)
        {
            long now = Stopwatch.GetTimestamp();
            var offset = Stopwatch.GetElapsedTime(begin, now);
            if (offset >= segment.During)
            {
                return;
            }

            for (long free = segment.CopiesAt(offset) - inFlight(); free > 0 && left > 0; free--, left--)
            {
                Send(Stopwatch.GetTimestamp(), isMeasured);
            }

            load.Flush();
            Pacer.WaitUntil(now + Ticks(CopyLook), cancellationToken);
        }
    }

    private void Send(long planned, bool isMeasured)
    {
        Count(planned);
        Planned += isMeasured ? 1 : 0;
        load.Send(new PlannedSend(planned, isMeasured));
    }

    private void Count(long planned)
    {
        int second = (int)Stopwatch.GetElapsedTime(_start, planned).TotalSeconds;
        lock (_plannedBySecond)
        {
            while (_plannedBySecond.Count <= second)
            {
                _plannedBySecond.Add(0);
            }

            _plannedBySecond[second]++;
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
