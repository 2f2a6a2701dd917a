namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>A part of the plan as the generator runs it. Times count from the part's own beginning.</summary>
internal abstract class LoadSegment
{
    /// <summary>How long it lasts; null when it ends with its last iteration.</summary>
    public abstract TimeSpan? During { get; }
}

/// <summary>Sends at planned times, whatever the answers do.</summary>
internal sealed class OpenSegment : LoadSegment
{
    private readonly Func<double, double> _secondsOf;
    private readonly double _sends;

    /// <param name="during">How long it lasts.</param>
    /// <param name="sends">How many sends it has, on average.</param>
    /// <param name="secondsOf">When the so many-th send is due, in seconds; the rate integrated and turned round.</param>
    public OpenSegment(TimeSpan during, double sends, Func<double, double> secondsOf)
    {
        (During, _sends, _secondsOf) = (during, sends, secondsOf);
    }

    public override TimeSpan? During { get; }

    /// <summary>How many sends it has, on average.</summary>
    public double Sends => _sends;

    /// <summary>The planned times in order.</summary>
    /// <param name="arrivals">Null for evenly spaced sends; else independent arrivals, drawn from it, at the same mean rate.</param>
    public IEnumerable<TimeSpan> Offsets(Random? arrivals)
    {
        // Independent arrivals are a unit Poisson process in the time in which the rate is 1.
        double next = arrivals is null ? 0 : Gap(arrivals);
        while (next < _sends)
        {
            double seconds = _secondsOf(next);
            if (seconds >= During!.Value.TotalSeconds)
            {
                yield break;
            }

            yield return TimeSpan.FromSeconds(seconds);
            next += arrivals is null ? 1 : Gap(arrivals);
        }
    }

    private static double Gap(Random arrivals) => -Math.Log(1 - arrivals.NextDouble());
}

/// <summary>Keeps a number of copies busy.</summary>
internal sealed class ClosedSegment(TimeSpan? during, int from, int to, int iterations) : LoadSegment
{
    public override TimeSpan? During => during;

    /// <summary>It ends after so many sends.</summary>
    public int Iterations => iterations;

    /// <summary>Copies that are busy at a time.</summary>
    public int CopiesAt(TimeSpan offset) =>
        during is { } whole ? (int)Math.Round(from + ((to - from) * Math.Min(1, offset / whole))) : to;
}

/// <summary>Sends nothing.</summary>
internal sealed class PauseSegment(TimeSpan during) : LoadSegment
{
    public override TimeSpan? During => during;
}
