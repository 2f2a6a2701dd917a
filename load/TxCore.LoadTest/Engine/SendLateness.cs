using System.Diagnostics;
using HdrHistogram;

namespace TxCore.LoadTest.Engine;

/// <summary>
/// How late the generator itself was. Lateness is part of every latency from the planned send time, so a figure that is bad because
/// the generator had no time is known for what it is. Written by the generator's thread, read after it ended.
/// </summary>
internal sealed class SendLateness
{
    /// <summary>A send later than this counts as late.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(1);

    /// <summary>More late sends than this share and the generator is called saturated: the load offered was not the load planned.</summary>
    private const double SaturatedShare = 0.01;

    private readonly LongHistogram _microseconds = new(1, LatencyRecorder.HighestMicroseconds, 3);

    /// <summary>Sends later than <see cref="LateAfter"/>.</summary>
    public long LateCount { get; private set; }

    /// <summary>Sends measured.</summary>
    public long Count => _microseconds.TotalCount;

    /// <summary>More than 1 % of the sends were late.</summary>
    public bool IsSaturated => LateCount > Count * SaturatedShare;

    /// <summary>Takes one send's lateness, in stopwatch ticks.</summary>
    public void Record(long lateTicks)
    {
        var late = Stopwatch.GetElapsedTime(0, lateTicks);
        LateCount += late > LateAfter ? 1 : 0;
        _microseconds.RecordValue(Math.Clamp((long)late.TotalMicroseconds, 1, LatencyRecorder.HighestMicroseconds));
    }

    /// <summary>The percentiles of the lateness.</summary>
    public LatencySummary Summarise() => LatencySummary.Of(_microseconds);
}
