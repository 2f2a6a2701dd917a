using System.Diagnostics;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Scenarios.Overhead;

/// <summary>
/// Sends frames over raw links in turn. Lateness is taken when the operating system has them, not when the generator had: waiting for the
/// rest of a tick is lateness too.
/// </summary>
internal sealed class RawLoad(RawLink[] links) : ILoad
{
    private const int TickMax = 256;

    private readonly long[] _planned = new long[TickMax];
    private int _count;
    private int _next;

    /// <summary>How late the measured sends were.</summary>
    public SendLateness Lateness { get; } = new();

    /// <summary>Time the generator's thread was on a processor in the measured time, by the last send.</summary>
    public TimeSpan ProcessorTime { get; private set; }

    private TimeSpan? _processorTimeBefore;

    public void Send(in PlannedSend planned)
    {
        if (_count == TickMax)
        {
            Flush();
        }

        var link = links[_next++ % links.Length];
        if (!link.TryAppend(in planned))
        {
            Flush();
            link.TryAppend(in planned);
        }

        _planned[_count++] = planned.IsMeasured ? planned.PlannedAt : 0;
        if (planned.IsMeasured && _processorTimeBefore is null)
        {
            _processorTimeBefore = ThreadClock.Now();
        }
    }

    public void Flush()
    {
        foreach (var link in links)
        {
            link.Flush();
        }

        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < _count; i++)
        {
            if (_planned[i] != 0)
            {
                Lateness.Record(now - _planned[i]);
            }
        }

        _count = 0;
        if (_processorTimeBefore is { } before)
        {
            ProcessorTime = ThreadClock.Now() - before;
        }
    }
}
