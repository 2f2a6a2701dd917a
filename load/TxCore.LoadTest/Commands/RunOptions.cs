using System.CommandLine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Scenarios.Library;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Commands;

/// <summary>The options of <c>run</c>, and the settings they come to: flags before the file, the file before the preset.</summary>
internal sealed class RunOptions
{
    private const int RateDefault = 2_000;
    private static readonly ScenarioSizes Sizes = new();

    private readonly Option<string?> _scenario = Text("--scenario", "NAME", $"What is sent: {string.Join(", ", ScenarioLibrary.Names)}, race-day, or a mix such as steady:80,on-sale:20. [default: steady]");
    private readonly Option<string?> _preset = Text("--preset", "NAME", $"The shape of the load: {string.Join(", ", Engine.Simulations.Preset.Names)}.");
    private readonly Option<string[]> _simulations = Texts("--simulation", "TEXT", "A part of the plan, such as \"Inject(rate: 2000, interval: 1s, during: 60s)\"; may be given again.");
    private readonly Option<FileInfo?> _config = new("--config") { HelpName = "FILE", Description = "The same settings in a JSON file." };
    private readonly Option<string[]> _thresholds = Texts("--threshold", "TEXT", "What must hold, such as \"OkLatency: p99 < 10\" or \"FailRequest: Percent < 0.1; AbortWhenErrorCount: 5\"; may be given again.");
    private readonly Option<int> _rate = CommandOptions.Number("--rate", "The normal peak that presets and the scenarios' own plans are sized by, per second", RateDefault, 1, 1_000_000);
    private readonly Option<TimeSpan?> _duration = Time("--duration", "Stretches or compresses the whole plan to this, its shape and rates kept.", TimeSpan.FromSeconds(1));
    private readonly Option<TimeSpan?> _warmUp = Time("--warm-up", "Load before the measured time, in no figure.");
    private readonly Option<string?> _arrivals = Text("--arrivals", "constant|poisson", "Evenly spaced, or independent arrivals. [default: constant]");
    private readonly Option<int?> _seed = CommandOptions.Seed();
    private readonly Option<int> _terminals = CommandOptions.Number("--terminals", "Betting terminals", Sizes.Terminals, 1, ScenarioSizes.TerminalsMax);
    private readonly Option<int> _frontends = CommandOptions.Number("--frontends", "Ticketing frontends", Sizes.Frontends, 0, ScenarioSizes.FrontendsMax);
    private readonly Option<int> _idle = CommandOptions.Number("--idle", "Connections that do nothing, in the scenario idle", Sizes.Idle, 1, ScenarioSizes.IdleMax);
    private readonly TargetOptions _target = new();
    private readonly RaceDayOptions _raceDay = new();
    private readonly Option<bool> _validate = new("--validate") { Description = "Checks every answer against the database afterwards. [default: true]", DefaultValueFactory = _ => true };
    private readonly Option<TimeSpan?> _validateEvery = Time("--validate-every", "Checks during the run too, each time this has passed.", TimeSpan.FromSeconds(1));
    private readonly Option<TimeSpan?> _answerTimeout = Time("--answer-timeout", "An answer later than this counts as failed. [default: 30s]", TimeSpan.FromMilliseconds(100));
    private readonly Option<string?> _name = Text("--name", "TEXT", "What the run is called in reports.");

    /// <summary>How many times the run is made.</summary>
    public Option<int> Repeats { get; } = CommandOptions.Number("--repeats", "Runs of the same plan, summed up by median and spread", 1, 1, 100);

    /// <summary>The limit of the preset breakpoint.</summary>
    public Option<TimeSpan?> P99 { get; } = Time("--p99", "The limit that the preset breakpoint looks for the rate of. [default: 100ms]", TimeSpan.FromMilliseconds(1));

    /// <summary>How long each step of the preset breakpoint is measured.</summary>
    public Option<TimeSpan?> Step { get; } = Time("--step", "How long each step of the preset breakpoint is measured. [default: 15s]", TimeSpan.FromSeconds(1));

    /// <summary>Where the record is written.</summary>
    public Option<FileInfo?> Json { get; } = CommandOptions.Json();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_scenario, _preset, _simulations, _config, _thresholds, _rate, _duration, _warmUp, _arrivals, _seed, _terminals, _frontends,
            _idle, _validate, _validateEvery, _answerTimeout, _name, Repeats, P99, Step, Json])
        {
            command.Options.Add(option);
        }

        _target.AddTo(command);
        _raceDay.AddTo(command);
    }

    public int Rate(ParseResult parsed) => parsed.GetValue(_rate);

    /// <summary>The rate is searched, in runs of their own.</summary>
    /// <exception cref="FormatException">An option does not go with it; the message says which.</exception>
    public bool IsBreakpoint(ParseResult parsed)
    {
        if (PresetName(parsed, ReadFile(parsed)) != Engine.Simulations.Preset.Breakpoint)
        {
            return false;
        }

        Option[] foreign = [_simulations, _duration, Repeats];
        return foreign.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } wrong
            ? throw new FormatException($"{wrong.Name} does not go with the preset breakpoint, which makes its own steps: --rate, --step and --p99 set them.")
            : true;
    }

    public string ScenarioName(ParseResult parsed) => ScenarioText(parsed, ReadFile(parsed));

    /// <summary>The settings of a racing day, which makes its own plan.</summary>
    /// <exception cref="FormatException">An option does not go with it; the message says which.</exception>
    public RaceDaySettings RaceDay(ParseResult parsed, int seed)
    {
        Option[] foreign =
        [
            _preset, _simulations, _config, _warmUp, _arrivals, _terminals, _frontends, _idle, _validate, _validateEvery, _answerTimeout, _name, P99, Step,
        ];
        if (TargetOptions.FirstGiven(parsed, foreign) is { } wrong)
        {
            throw new FormatException(
                $"{wrong.Name} does not go with race-day, which plans its day by itself. It takes --rate, --duration, --threshold, --seed, --repeats, "
                + "--programme, --takeouts; --channels and --kills, or --target.");
        }

        var defaults = new RaceDaySettings();
        int rate = Rate(parsed);
        var duration = parsed.GetValue(_duration) ?? defaults.Duration;
        double transactions = rate * duration.TotalSeconds;
        if (rate > RaceDaySettings.RateMax || transactions is < RaceDaySettings.TransactionsMin or > RaceDaySettings.TransactionsMax)
        {
            throw new FormatException(
                $"--rate {rate} for --duration {DurationText.Format(duration)} is {transactions:N0} transactions; a race-day takes {RaceDaySettings.TransactionsMin:N0} to "
                + $"{RaceDaySettings.TransactionsMax:N0}, at most {RaceDaySettings.RateMax:N0} per second.");
        }

        return _raceDay.Apply(parsed, _target.Read(parsed), defaults with
        {
            Seed = seed,
            RatePerSecond = rate,
            Transactions = (int)transactions,
            Thresholds = [.. (parsed.GetValue(_thresholds) ?? []).Select(Threshold.Parse)],
            GivenSources = _target.ReadSources(parsed),
        });
    }

    /// <summary>Makes the settings of a run; scenarios are made anew each time, for they hold what a run sells.</summary>
    /// <exception cref="FormatException">An option or the file is wrong; the message says which.</exception>
    public RunSettings Settings(ParseResult parsed, int seed, IReadOnlyList<LoadSimulation>? simulations = null)
    {
        _raceDay.RequireNone(parsed);
        var file = ReadFile(parsed);
        string? presetName = PresetName(parsed, file);
        var preset = presetName is null or Engine.Simulations.Preset.Breakpoint ? null : Engine.Simulations.Preset.Find(presetName, Rate(parsed))
            ?? throw new FormatException($"There is no preset '{presetName}'; there are {string.Join(", ", Engine.Simulations.Preset.Names)}.");
        string scenario = ScenarioText(parsed, file);
        string[] thresholds = parsed.GetValue(_thresholds) is { Length: > 0 } given ? given : [.. file.Thresholds.Count > 0 ? file.Thresholds : preset?.Thresholds ?? []];
        LoadSimulation[] flags = [.. (parsed.GetValue(_simulations) ?? []).Select(SimulationForm.Parse)];
        return new RunSettings
        {
            Name = parsed.GetValue(_name) ?? (presetName is null ? scenario : $"{scenario} {presetName}"),
            Preset = presetName,
            Scenarios = ScenarioLibrary.Parse(
                scenario, new ScenarioSizes(parsed.GetValue(_terminals), parsed.GetValue(_frontends), parsed.GetValue(_idle))),
            Simulations = simulations ?? (flags.Length > 0 ? flags : file.Simulations.Count > 0 ? file.Simulations : preset?.Simulations ?? []),
            Rate = Rate(parsed),
            Duration = simulations is null ? parsed.GetValue(_duration) : null,
            Seed = seed,
            WarmUp = parsed.GetValue(_warmUp) ?? file.WarmUpDuration ?? preset?.WarmUp,
            IsPoisson = parsed.GetValue(_arrivals) switch
            {
                null or "constant" => false,
                "poisson" => true,
                var other => throw new FormatException($"--arrivals is {other}; it must be constant or poisson."),
            },
            Thresholds = [.. thresholds.Select(Threshold.Parse)],
            Validates = parsed.GetValue(_validate),
            ValidateEvery = parsed.GetValue(_validateEvery) ?? preset?.ValidateEvery,
            Target = _target.Read(parsed),
            GivenSources = _target.ReadSources(parsed),
            AnswerTimeout = parsed.GetValue(_answerTimeout) ?? TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>The seed given, in flags or the file, or a random one.</summary>
    public int Seed(ParseResult parsed) => parsed.GetValue(_seed) ?? ReadFile(parsed).Seed ?? Random.Shared.Next();

    private string ScenarioText(ParseResult parsed, PlanFile file) =>
        parsed.GetValue(_scenario) ?? (file.Scenarios.Count > 0 ? string.Join(",", file.Scenarios) : "steady");

    private string? PresetName(ParseResult parsed, PlanFile file) => parsed.GetValue(_preset) ?? file.Preset;

    private PlanFile ReadFile(ParseResult parsed) =>
        parsed.GetValue(_config) is not { } file ? new PlanFile()
        : file.Exists ? PlanFile.Parse(File.ReadAllText(file.FullName))
        : throw new FormatException($"--config names {file.FullName}, which does not exist.");

    private static Option<string?> Text(string name, string help, string description) => new(name) { HelpName = help, Description = description };

    private static Option<string[]> Texts(string name, string help, string description) =>
        new(name) { HelpName = help, Description = description, Arity = ArgumentArity.OneOrMore };

    private static Option<TimeSpan?> Time(string name, string description, TimeSpan min = default) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (!DurationText.TryParse(text, out var time) || time < min)
            {
                result.AddError($"{name} is {text}; it must be a time of at least {DurationText.Format(min)}, such as 500ms, 60s, 5m, 1h.");
            }

            return time;
        },
    };
}
