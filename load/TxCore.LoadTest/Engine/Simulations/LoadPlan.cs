namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>What is sent when, before any answer is known: the same simulations and seed make the same plan.</summary>
internal sealed class LoadPlan
{
    private readonly int _seed;

    /// <param name="simulations">The parts, one or more.</param>
    /// <param name="seed">Decides random rates and arrivals.</param>
    /// <param name="isPoisson">Independent arrivals in open parts instead of evenly spaced ones.</param>
    public LoadPlan(IReadOnlyList<LoadSimulation> simulations, int seed, bool isPoisson = false)
    {
        (Simulations, _seed, IsPoisson) = (simulations, seed, isPoisson);
        Segments = Build(simulations, new Random(seed));
    }

    public IReadOnlyList<LoadSimulation> Simulations { get; }

    public bool IsPoisson { get; }

    public IReadOnlyList<LoadSegment> Segments { get; }

    /// <summary>How long the parts last together; those that end with an iteration count as nothing.</summary>
    public TimeSpan During => TimeSpan.FromTicks(Segments.Sum(segment => segment.During?.Ticks ?? 0));

    /// <summary>Sends of the open parts on average, and iterations of the closed ones that have a number; to size data by.</summary>
    public long SendsExpected => (long)Segments.Sum(segment => segment switch
    {
        OpenSegment open => open.Sends,
        ClosedSegment { Iterations: < int.MaxValue } closed => closed.Iterations,
        _ => 0,
    });

    /// <summary>The highest rate of the open parts, per second.</summary>
    public double RatePeak => Simulations.Max(simulation => simulation switch
    {
        InjectSimulation s => s.RatePerSecond,
        RampingInjectSimulation s => s.RatePerSecond,
        InjectRandomSimulation s => s.MaxRate / s.Interval.TotalSeconds,
        IterationsForInjectSimulation s => s.RatePerSecond,
        InjectCurveSimulation s => s.RatePerSecond,
        InjectDecaySimulation s => s.RatePerSecond,
        _ => 0,
    });

    /// <summary>The generator of the arrivals of one segment: of its own, so that no part depends on how much another drew.</summary>
    public Random? Arrivals(int segment) => IsPoisson ? new Random(HashCode.Combine(_seed, segment + 1)) : null;

    /// <summary>What is sent before the measured time: as the plan begins when that is constant, else at a quarter of its highest rate.</summary>
    public LoadSegment WarmUp(TimeSpan during) => Simulations[0] switch
    {
        InjectSimulation first => RateShapes.Constant(first.RatePerSecond, during),
        KeepConstantSimulation first => new ClosedSegment(during, first.Copies, first.Copies, int.MaxValue),
        IterationsForConstantSimulation first => new ClosedSegment(during, first.Copies, first.Copies, int.MaxValue),
        _ when RatePeak > 0 => RateShapes.Constant(Math.Max(1, RatePeak / 4), during),
        _ => new ClosedSegment(during, 1, 1, int.MaxValue),
    };

    private static List<LoadSegment> Build(IReadOnlyList<LoadSimulation> simulations, Random random)
    {
        // A ramp goes on from the part before it, as in NBomber; open and closed parts may follow each other, each family from 0.
        double rate = 0;
        int copies = 0;
        var segments = new List<LoadSegment>(simulations.Count);
        foreach (var simulation in simulations)
        {
            segments.Add(simulation switch
            {
                InjectSimulation s => RateShapes.Constant(s.RatePerSecond, s.During),
                RampingInjectSimulation s => RateShapes.Ramp(rate, s.RatePerSecond, s.During),
                InjectRandomSimulation s => RateShapes.Random(
                    s.MinRate / s.Interval.TotalSeconds, s.MaxRate / s.Interval.TotalSeconds, s.Interval, s.During, new Random(random.Next())),
                IterationsForInjectSimulation s => RateShapes.Iterations(s.RatePerSecond, s.Iterations),
                InjectCurveSimulation s => RateShapes.Curve(s.RatePerSecond, s.During, s.Over),
                InjectDecaySimulation s => RateShapes.Decay(s.RatePerSecond, s.Theta, s.During),
                KeepConstantSimulation s => new ClosedSegment(s.During, s.Copies, s.Copies, int.MaxValue),
                RampingConstantSimulation s => new ClosedSegment(s.During, copies, s.Copies, int.MaxValue),
                IterationsForConstantSimulation s => new ClosedSegment(null, s.Copies, s.Copies, s.Iterations),
                PauseSimulation s => new PauseSegment(s.During),
                _ => throw new ArgumentOutOfRangeException(nameof(simulations), simulation, "A simulation without a plan."),
            });
            rate = simulation switch
            {
                InjectSimulation s => s.RatePerSecond,
                RampingInjectSimulation s => s.RatePerSecond,
                InjectRandomSimulation s => s.MeanPerSecond,
                IterationsForInjectSimulation s => s.RatePerSecond,
                InjectCurveSimulation s => s.RatePerSecond,
                InjectDecaySimulation s => s.RatePerSecond * Math.Exp(-s.During / s.Theta),
                _ => 0,
            };
            copies = simulation switch
            {
                KeepConstantSimulation s => s.Copies,
                RampingConstantSimulation s => s.Copies,
                IterationsForConstantSimulation s => s.Copies,
                _ => 0,
            };
        }

        return segments;
    }
}
