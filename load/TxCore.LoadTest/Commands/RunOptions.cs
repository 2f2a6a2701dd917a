using System.CommandLine;
using System.CommandLine.Parsing;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
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
    private readonly Option<string?> _target = Text("--target", "HOST:PORT", "Drives a server that runs already. Default: a private PostgreSQL and server.");
    private readonly Option<string?> _database = Text("--database", "CONNECTION", "The target's database, read-only: for the rehearsal mark and the validation. Default: TXCORE_LOAD_DATABASE.");
    private readonly Option<string?> _enrol = Text("--enrol", "CONNECTION", "The same as its writer or owner, to enrol the run's own sources. Default: TXCORE_LOAD_ENROL.");
    private readonly Option<FileInfo?> _sources = new("--sources") { HelpName = "FILE", Description = "Sources that are enrolled already, one a line: source outlet submit|admin window password." };
    private readonly Option<Uri?> _admin = new("--admin") { HelpName = "URL", Description = "The target's admin port, for the server's own latencies.", CustomParser = Address };
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
            _idle, _target, _database, _enrol, _sources, _admin, _validate, _validateEvery, _answerTimeout, _name, Repeats, P99, Step, Json])
        {
            command.Options.Add(option);
        }
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

    /// <summary>The settings of a racing day, which makes its own plan on servers of its own.</summary>
    /// <exception cref="FormatException">An option does not go with it; the message says which.</exception>
    public RaceDaySettings RaceDay(ParseResult parsed, int seed)
    {
        Option[] foreign =
        [
            _preset, _simulations, _config, _warmUp, _arrivals, _terminals, _frontends, _idle, _target, _database, _enrol, _sources, _admin, _validateEvery,
            _answerTimeout,
        ];
        if (foreign.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } wrong)
        {
            throw new FormatException(
                $"{wrong.Name} does not go with race-day, which plans its day by itself and runs servers and a PostgreSQL of its own, to kill them. It "
                + "takes --rate, --duration, --threshold, --seed, --repeats; the command race-day has the rest.");
        }

        var defaults = new RaceDaySettings();
        int rate = Rate(parsed);
        var duration = parsed.GetValue(_duration) ?? defaults.Duration;
        return defaults with
        {
            Seed = seed,
            RatePerSecond = rate,
            Transactions = (int)Math.Clamp(rate * duration.TotalSeconds, RaceDaySettings.TransactionsMin, RaceDaySettings.TransactionsMax),
            Thresholds = [.. (parsed.GetValue(_thresholds) ?? []).Select(Threshold.Parse)],
        };
    }

    /// <summary>Makes the settings of a run; scenarios are made anew each time, for they hold what a run sells.</summary>
    /// <exception cref="FormatException">An option or the file is wrong; the message says which.</exception>
    public RunSettings Settings(ParseResult parsed, int seed, IReadOnlyList<LoadSimulation>? simulations = null)
    {
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
            Target = Target(parsed),
            GivenSources = parsed.GetValue(_sources) is { } sources ? Lines(sources) : null,
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

    private TargetSettings? Target(ParseResult parsed)
    {
        if (parsed.GetValue(_target) is not { } target)
        {
            return null;
        }

        int colon = target.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(target.AsSpan(colon + 1), out ushort port))
        {
            throw new FormatException($"--target is {target}; it must be host:port.");
        }

        string database = parsed.GetValue(_database) ?? Environment.GetEnvironmentVariable("TXCORE_LOAD_DATABASE")
            ?? throw new FormatException("--target needs --database or TXCORE_LOAD_DATABASE: only a database marked as a rehearsal is driven.");
        string? enrol = parsed.GetValue(_enrol) ?? Environment.GetEnvironmentVariable("TXCORE_LOAD_ENROL");
        return enrol is null && parsed.GetValue(_sources) is null
            ? throw new FormatException("--target needs sources: --enrol for a connection that may add them, or --sources for those that are there.")
            : new TargetSettings(target[..colon], port, database, parsed.GetValue(_sources) is null ? enrol : null, parsed.GetValue(_admin));
    }

    private static Uri? Address(ArgumentResult result)
    {
        string text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError($"--admin is {text}; it must be an address such as http://core1:7480.");
        return null;
    }

    private static IReadOnlyList<string> Lines(FileInfo file) => file.Exists
        ? File.ReadAllLines(file.FullName)
        : throw new FormatException($"--sources names {file.FullName}, which does not exist.");

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
