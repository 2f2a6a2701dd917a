namespace TxCore.LoadTest.Engine;

/// <summary>
/// When each transaction is planned to be sent, counted from the start of the run. The plan does not depend on the answers: that is what
/// makes the loop open.
/// </summary>
internal abstract class SendSchedule
{
    /// <summary>Planned time of the next send; never before the one it gave last.</summary>
    public abstract TimeSpan Next();
}

/// <summary>The same distance between all sends.</summary>
internal sealed class ConstantRate(double perSecond) : SendSchedule
{
    private long _count;

    /// <summary>Computed from the count, not added up: a sum of rounded distances would drift away from the rate.</summary>
    public override TimeSpan Next() => TimeSpan.FromSeconds(_count++ / perSecond);
}

/// <summary>Independent arrivals, as of many people who do not know of each other: bursts and pauses at the same mean rate.</summary>
internal sealed class PoissonRate(double perSecond, Random random) : SendSchedule
{
    private double _seconds;

    public override TimeSpan Next()
    {
        _seconds += -Math.Log(1 - random.NextDouble()) / perSecond;
        return TimeSpan.FromSeconds(_seconds);
    }
}
