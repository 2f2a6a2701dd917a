namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>
/// One part of a plan, under NBomber's names. Open simulations send at planned times whatever the answers do; closed ones keep a number of
/// copies busy, each of which sends again when it was answered. Parts follow one another; a ramp begins at the rate or the copies that the
/// part before ended with.
/// </summary>
internal abstract record LoadSimulation
{
    /// <summary>Where rates are given for another interval than a second.</summary>
    protected static double PerSecond(double rate, TimeSpan interval) => rate / interval.TotalSeconds;
}

/// <summary>Open: <paramref name="Rate"/> sends each <paramref name="Interval"/>, evenly spaced, for <paramref name="During"/>.</summary>
internal sealed record InjectSimulation(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation
{
    public double RatePerSecond => PerSecond(Rate, Interval);
}

/// <summary>Open: from the rate of the part before, 0 at first, in a straight line to <paramref name="Rate"/> each <paramref name="Interval"/>.</summary>
internal sealed record RampingInjectSimulation(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation
{
    public double RatePerSecond => PerSecond(Rate, Interval);
}

/// <summary>Open: each <paramref name="Interval"/> a rate drawn anew from <paramref name="MinRate"/> to <paramref name="MaxRate"/>.</summary>
internal sealed record InjectRandomSimulation(int MinRate, int MaxRate, TimeSpan Interval, TimeSpan During) : LoadSimulation
{
    public double MeanPerSecond => PerSecond((MinRate + MaxRate) / 2.0, Interval);
}

/// <summary>Open: <paramref name="Iterations"/> sends in all, <paramref name="Rate"/> each <paramref name="Interval"/>.</summary>
internal sealed record IterationsForInjectSimulation(int Rate, TimeSpan Interval, int Iterations) : LoadSimulation
{
    public double RatePerSecond => PerSecond(Rate, Interval);
}

/// <summary>
/// Open, not NBomber's: the arrival curve of a Grand Prix (<c>domain.md</c> section 4.2) that ends with <paramref name="Rate"/> each
/// <paramref name="Interval"/> at the off. The last <paramref name="Over"/> of the real curve are compressed into <paramref name="During"/>.
/// </summary>
internal sealed record InjectCurveSimulation(int Rate, TimeSpan Interval, TimeSpan During, TimeSpan Over) : LoadSimulation
{
    public double RatePerSecond => PerSecond(Rate, Interval);
}

/// <summary>
/// Open, not NBomber's: the crowd of an opening (<c>domain.md</c> section 4.2), from <paramref name="Rate"/> each
/// <paramref name="Interval"/> at once down by a factor of e each <paramref name="Theta"/>.
/// </summary>
internal sealed record InjectDecaySimulation(int Rate, TimeSpan Interval, TimeSpan Theta, TimeSpan During) : LoadSimulation
{
    public double RatePerSecond => PerSecond(Rate, Interval);
}

/// <summary>Closed: <paramref name="Copies"/> at once.</summary>
internal sealed record KeepConstantSimulation(int Copies, TimeSpan During) : LoadSimulation;

/// <summary>Closed: from the copies of the part before, 0 at first, in a straight line to <paramref name="Copies"/>.</summary>
internal sealed record RampingConstantSimulation(int Copies, TimeSpan During) : LoadSimulation;

/// <summary>Closed: <paramref name="Copies"/> at once until <paramref name="Iterations"/> were sent.</summary>
internal sealed record IterationsForConstantSimulation(int Copies, int Iterations) : LoadSimulation;

/// <summary>Nothing is sent. A ramp after it begins at 0.</summary>
internal sealed record PauseSimulation(TimeSpan During) : LoadSimulation;

/// <summary>The simulations as code writes them.</summary>
internal static class Simulation
{
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new InjectSimulation(rate, interval, during);

    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) => new RampingInjectSimulation(rate, interval, during);

    public static LoadSimulation InjectRandom(int minRate, int maxRate, TimeSpan interval, TimeSpan during) =>
        new InjectRandomSimulation(minRate, maxRate, interval, during);

    public static LoadSimulation IterationsForInject(int rate, TimeSpan interval, int iterations) =>
        new IterationsForInjectSimulation(rate, interval, iterations);

    public static LoadSimulation InjectCurve(int rate, TimeSpan interval, TimeSpan during, TimeSpan over) =>
        new InjectCurveSimulation(rate, interval, during, over);

    public static LoadSimulation InjectDecay(int rate, TimeSpan interval, TimeSpan theta, TimeSpan during) =>
        new InjectDecaySimulation(rate, interval, theta, during);

    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new KeepConstantSimulation(copies, during);

    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new RampingConstantSimulation(copies, during);

    public static LoadSimulation IterationsForConstant(int copies, int iterations) => new IterationsForConstantSimulation(copies, iterations);

    public static LoadSimulation Pause(TimeSpan during) => new PauseSimulation(during);

    /// <summary>The same shape, stretched or compressed to a length; rates stay as they are.</summary>
    /// <exception cref="FormatException">A part ends by its iterations, and not by time.</exception>
    public static IReadOnlyList<LoadSimulation> Stretch(IReadOnlyList<LoadSimulation> simulations, TimeSpan? length)
    {
        if (length is not { } wanted)
        {
            return simulations;
        }

        var whole = TimeSpan.FromTicks(simulations.Sum(simulation => Length(simulation).Ticks));
        return [.. simulations.Select(simulation => Stretch(simulation, wanted / whole))];
    }

    private static TimeSpan Length(LoadSimulation simulation) => simulation switch
    {
        InjectSimulation s => s.During,
        RampingInjectSimulation s => s.During,
        InjectRandomSimulation s => s.During,
        InjectCurveSimulation s => s.During,
        InjectDecaySimulation s => s.During,
        KeepConstantSimulation s => s.During,
        RampingConstantSimulation s => s.During,
        PauseSimulation s => s.During,
        _ => throw new FormatException($"A plan with {SimulationForm.Format(simulation)} has no length of its own: it takes no --duration."),
    };

    private static LoadSimulation Stretch(LoadSimulation simulation, double by) => simulation switch
    {
        InjectSimulation s => s with { During = Rounded(s.During * by) },
        RampingInjectSimulation s => s with { During = Rounded(s.During * by) },
        InjectRandomSimulation s => s with { During = Rounded(s.During * by) },
        InjectCurveSimulation s => s with { During = Rounded(s.During * by) },
        InjectDecaySimulation s => s with { During = Rounded(s.During * by), Theta = Rounded(s.Theta * by) },
        KeepConstantSimulation s => s with { During = Rounded(s.During * by) },
        RampingConstantSimulation s => s with { During = Rounded(s.During * by) },
        PauseSimulation s => s with { During = Rounded(s.During * by) },
        _ => simulation,
    };

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(time.TotalMilliseconds)));
}
