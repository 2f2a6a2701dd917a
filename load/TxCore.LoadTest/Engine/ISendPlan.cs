namespace TxCore.LoadTest.Engine;

/// <summary>What a generator says about its plan while it runs.</summary>
internal interface ISendPlan
{
    /// <summary>The measured time has begun and is not over.</summary>
    bool IsMeasuring { get; }

    /// <summary>How late the measured sends were.</summary>
    SendLateness Lateness { get; }

    /// <summary>Sends planned in the measured time; complete when the generator has ended.</summary>
    long Planned { get; }

    /// <summary>How long the measured time was, up to now while it lasts.</summary>
    TimeSpan Measured { get; }

    /// <summary>Sends planned for a second of the run, from 1, complete when the generator has ended; null where nothing is planned before it is sent.</summary>
    long? PlannedInSecond(int second);
}
