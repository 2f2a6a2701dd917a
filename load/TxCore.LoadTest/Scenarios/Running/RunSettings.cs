using System.Globalization;
using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>A scenario of a run and its share of the load.</summary>
internal sealed record WeightedScenario(Scenario Scenario, int Weight);

/// <summary>What a run is made with.</summary>
internal sealed record RunSettings
{
    /// <summary>The shard of the private default.</summary>
    public static readonly ShardIdentity PrivateIdentity = new(1, Channel.Retail);

    /// <summary>The first source that the run invents in a database of its own.</summary>
    public const uint FirstPrivateSource = 1_000;

    public required string Name { get; init; }

    public string? Preset { get; init; }

    /// <summary>One or more; each send is one scenario's, by weight.</summary>
    public required IReadOnlyList<WeightedScenario> Scenarios { get; init; }

    /// <summary>The plan; the first scenario's own when empty.</summary>
    public IReadOnlyList<LoadSimulation> Simulations { get; init; } = [];

    /// <summary>The normal peak that the scenario's own plan is sized by, per second.</summary>
    public int Rate { get; init; } = 2_000;

    /// <summary>The whole plan is stretched or compressed to this; null for as long as it is.</summary>
    public TimeSpan? Duration { get; init; }

    public required int Seed { get; init; }

    /// <summary>Load before the measured time; null for the scenario's own.</summary>
    public TimeSpan? WarmUp { get; init; }

    public bool IsPoisson { get; init; }

    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>Checks everything against the database after the run. Off only where the database may not be read.</summary>
    public bool Validates { get; init; } = true;

    /// <summary>Checks also during the run, each time this much has passed; null for never.</summary>
    public TimeSpan? ValidateEvery { get; init; }

    /// <summary>A server that runs already; null for a private one.</summary>
    public TargetSettings? Target { get; init; }

    /// <summary>Lines of sources that are enrolled already; null to invent them.</summary>
    public IReadOnlyList<string>? GivenSources { get; init; }

    /// <summary>The first source that the run invents; null for one that no earlier run had.</summary>
    public uint? FirstSource { get; init; }

    /// <summary>How long an answer is waited for; later ones count as failed.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Transactions without an answer after which sends are dropped, so that a server that stopped does not fill the memory.</summary>
    public int InFlightMax { get; init; } = 200_000;

    /// <summary>Measures the disk of the database for this long.</summary>
    public TimeSpan FdatasyncTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Stands between clients and server; null for nothing but what scenarios need.</summary>
    public IFrameTap? Tap { get; init; }

    /// <summary>Called with the host when the load has begun, beside it.</summary>
    public Func<ILoadHost, LoadGenerator, CancellationToken, Task>? Beside { get; init; }

    /// <summary>Called with the host before the last check.</summary>
    public Func<ILoadHost, Task>? BeforeValidation { get; init; }

    /// <summary>The plan that is run.</summary>
    public IReadOnlyList<LoadSimulation> EffectiveSimulations =>
        Simulation.Stretch(Simulations.Count > 0 ? Simulations : Scenarios[0].Scenario.DefaultPlan(Rate), Duration);

    /// <summary>The warm-up that is run.</summary>
    public TimeSpan EffectiveWarmUp => WarmUp ?? Scenarios[0].Scenario.DefaultWarmUp;

    /// <summary>As on the command line.</summary>
    public string ScenarioText => string.Join(
        ",", Scenarios.Select(item => Scenarios.Count == 1 ? item.Scenario.Name : $"{item.Scenario.Name}:{item.Weight}"));

    /// <summary>Everything that makes the plan, as reports tell it.</summary>
    public IReadOnlyList<RunSetting> Describe(LoadPlan plan, int sources)
    {
        var list = new List<RunSetting> { new("scenario", ScenarioText) };
        if (Preset is { } preset)
        {
            list.Add(new RunSetting("preset", preset));
        }

        list.AddRange(plan.Simulations.Select(simulation => new RunSetting("simulation", SimulationForm.Format(simulation))));
        list.Add(new RunSetting("arrivals", plan.IsPoisson ? "poisson" : "constant"));
        list.Add(new RunSetting("warm-up", DurationText.Format(EffectiveWarmUp)));
        list.Add(new RunSetting("sources", sources.ToString(CultureInfo.InvariantCulture)));
        list.Add(new RunSetting("answer timeout", DurationText.Format(AnswerTimeout)));
        list.AddRange(Thresholds.Select(threshold => new RunSetting("threshold", threshold.Text)));
        return list;
    }
}
