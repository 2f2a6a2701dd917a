namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>
/// A plan of a well-known shape, sized by the rate of a normal peak: the names are k6's. Breakpoint is not here: it makes its runs one after
/// the other, as the answers to the ones before tell.
/// </summary>
/// <param name="Name">As on the command line.</param>
/// <param name="WarmUp">Load before the measured time.</param>
/// <param name="Simulations">The plan.</param>
/// <param name="Thresholds">What must hold, when nothing else is said.</param>
/// <param name="ValidateEvery">Checks during the run; null for none.</param>
internal sealed record Preset(
    string Name, TimeSpan WarmUp, IReadOnlyList<LoadSimulation> Simulations, IReadOnlyList<string> Thresholds, TimeSpan? ValidateEvery = null)
{
    public const string Breakpoint = "breakpoint";

    public static readonly string[] Names = ["smoke", "load", "stress", "spike", "soak", Breakpoint];

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private const string NoFailures = "FailRequest: Count = 0";

    /// <summary>The preset of a name; null when there is none.</summary>
    /// <param name="name">As on the command line.</param>
    /// <param name="rate">The normal peak, per second.</param>
    public static Preset? Find(string name, int rate) => name switch
    {
        "smoke" => new Preset(name, Second, [Simulation.Inject(Part(rate, 0.05), Second, Second * 10)], [NoFailures]),
        "load" => new Preset(name, Second * 10, [Simulation.Inject(rate, Second, Minute * 2)], [NoFailures, "OkLatency: p99 < 100"]),
        "stress" => new Preset(
            name, Second * 10,
            [
                Simulation.RampingInject(rate, Second, Second * 30), Simulation.Inject(rate, Second, Minute),
                Simulation.RampingInject(rate * 2, Second, Second * 30), Simulation.Inject(rate * 2, Second, Minute),
                Simulation.RampingInject(0, Second, Second * 15),
            ],
            [NoFailures]),
        "spike" => new Preset(
            name, Second * 5,
            [
                Simulation.Inject(Part(rate, 0.1), Second, Second * 20), Simulation.RampingInject(rate * 2, Second, Second * 2),
                Simulation.Inject(rate * 2, Second, Second * 10), Simulation.RampingInject(Part(rate, 0.1), Second, Second * 2),
                Simulation.Inject(Part(rate, 0.1), Second, Second * 20),
            ],
            [NoFailures]),
        "soak" => new Preset(
            name, Second * 30, [Simulation.Inject(Part(rate, 0.5), Second, TimeSpan.FromHours(2))], [NoFailures, "OkLatency: p99 < 100"], Minute * 5),
        _ => null,
    };

    private static int Part(int rate, double share) => Math.Max(1, (int)(rate * share));
}
