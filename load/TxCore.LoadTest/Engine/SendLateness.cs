namespace TxCore.LoadTest.Engine;

/// <summary>
/// How late the generator itself was. Lateness is part of every latency from the planned send time, so a figure that is bad because
/// the generator had no time is known for what it is. Written by the generator's thread.
/// </summary>
internal sealed class SendLateness
{
    /// <summary>A send later than this counts as late.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(1);

    /// <summary>More late sends than this share and the generator is called saturated: the load offered was not the load planned.</summary>
    private const double SaturatedShare = 0.01;

    private long _lateCount;
    private long _count;

    /// <summary>The latenesses, for percentiles.</summary>
    public LatencyRecorder Recorder { get; } = new();

    /// <summary>Sends later than <see cref="LateAfter"/>.</summary>
    public long LateCount => Volatile.Read(ref _lateCount);

    /// <summary>Sends measured.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>More than 1 % of the sends were late.</summary>
    public bool IsSaturated => LateCount > Count * SaturatedShare;

    /// <summary>Takes one send's lateness, in stopwatch ticks.</summary>
    public void Record(long lateTicks)
    {
        var late = System.Diagnostics.Stopwatch.GetElapsedTime(0, lateTicks);
        Volatile.Write(ref _lateCount, _lateCount + (late > LateAfter ? 1 : 0));
        Volatile.Write(ref _count, _count + 1);
        Recorder.Record(late);
    }

    /// <summary>The percentiles of the lateness.</summary>
    public LatencySummary Summarise() => Recorder.TakeTotal();
}
