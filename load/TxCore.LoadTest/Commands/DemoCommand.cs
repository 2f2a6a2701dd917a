using System.CommandLine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Scenarios.Library;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Commands;

/// <summary><c>demo</c>: everything started, loaded, checked and cleaned up by one command.</summary>
internal static class DemoCommand
{
    private const int RateDefault = 2_000;
    private const int RateMax = 1_000_000;
    private static readonly TimeSpan DurationDefault = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DurationMax = TimeSpan.FromHours(4);
    private static readonly TimeSpan WarmUpDefault = TimeSpan.FromSeconds(5);

    public static Command Create(TimeProvider clock)
    {
        var sizes = new ScenarioSizes();
        var rate = CommandOptions.Number("--rate", "Transactions per second over all sources", RateDefault, 1, RateMax);
        var terminals = CommandOptions.Number("--terminals", "Betting terminals", sizes.Terminals, 1, ScenarioSizes.TerminalsMax);
        var frontends = CommandOptions.Number("--frontends", "Ticketing frontends", sizes.Frontends, 0, ScenarioSizes.FrontendsMax);
        var duration = Time("--duration", "Time to measure, 1s to 4h. [default: 60s]", TimeSpan.FromSeconds(1));
        var warmUp = Time("--warm-up", "Load before that, checked but not measured, 0s to 4h. [default: 5s]", TimeSpan.Zero);
        var arrivals = new Option<string>("--arrivals")
        {
            Description = "How sends are planned: evenly spaced, or as independent arrivals.",
            DefaultValueFactory = _ => "constant",
        };
        arrivals.AcceptOnlyFromAmong("constant", "poisson");
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var reports = new ReportOptions();
        var command = new Command(
            "demo",
            "Starts a private PostgreSQL and the server, drives wagers and seats in an open loop, prints latencies, and checks every answer "
            + "against the database. Exit code 0: all answered and right; 1: not; 2: wrong usage, or no PostgreSQL.")
        {
            rate, duration, warmUp, terminals, frontends, arrivals, seed, json,
        };
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new RunSettings
            {
                Name = "demo",
                Scenarios = ScenarioLibrary.Parse("steady", new ScenarioSizes(parsed.GetValue(terminals), parsed.GetValue(frontends))),
                Simulations = [Simulation.Inject(parsed.GetValue(rate), TimeSpan.FromSeconds(1), parsed.GetValue(duration) ?? DurationDefault)],
                WarmUp = parsed.GetValue(warmUp) ?? WarmUpDefault,
                IsPoisson = parsed.GetValue(arrivals) == "poisson",
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
            };
            return ScenarioEnd.RunAsync(
                () => new ScenarioRun(settings, clock, Console.Out).RunAsync(cancellationToken), parsed.GetValue(json), reports, parsed, cancellationToken);
        });
        return command;
    }

    /// <summary>Without a default of its own: the help would print it in a form that cannot be typed.</summary>
    private static Option<TimeSpan?> Time(string name, string description, TimeSpan min)
    {
        return new Option<TimeSpan?>(name)
        {
            HelpName = "TIME",
            Description = description,
            CustomParser = result =>
            {
                string text = result.Tokens.Single().Value;
                if (!DurationText.TryParse(text, out var time) || time < min || time > DurationMax)
                {
                    result.AddError(
                        $"{name} is {text}; it must be from {min.TotalSeconds:0}s to {DurationMax.TotalHours:0}h, such as 500ms, 60s, 5m, 1h.");
                }

                return time;
            },
        };
    }
}
