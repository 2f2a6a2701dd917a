using System.CommandLine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Commands;

/// <summary><c>run</c>: any scenario under any plan, against a private server or a given one.</summary>
internal static class RunCommand
{
    private const string RaceDay = "race-day";
    private static readonly TimeSpan P99Default = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StepDefault = TimeSpan.FromSeconds(15);

    public static Command Create(TimeProvider clock)
    {
        var options = new RunOptions();
        var command = new Command(
            "run",
            "Runs a scenario under a plan of open and closed load, measures from the planned sends, holds thresholds and checks every answer "
            + "against the database. Exit code 0: passed; 99: a threshold failed; 1: the run failed; 2: wrong usage.");
        var reports = new ReportOptions();
        options.AddTo(command);
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, reports, parsed, clock, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(
        RunOptions options, ReportOptions reports, ParseResult parsed, TimeProvider clock, CancellationToken cancellationToken) =>
        ScenarioEnd.RunAsync(
            () => RecordAsync(options, parsed, clock, cancellationToken), parsed.GetValue(options.Json), reports, parsed, cancellationToken);

    /// <summary>The code a script gets.</summary>
    public static int CodeOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Passed => ExitCode.Passed,
        RunOutcome.ThresholdFailed => ExitCode.ThresholdFailed,
        _ => ExitCode.Failed,
    };

    private static Task<RunRecord> RecordAsync(RunOptions options, ParseResult parsed, TimeProvider clock, CancellationToken cancellationToken)
    {
        int seed = options.Seed(parsed);
        if (options.ScenarioName(parsed) == RaceDay)
        {
            var day = options.RaceDay(parsed, seed);
            return RepeatedRun.RunAsync(
                parsed.GetValue(options.Repeats), _ => new RaceDayRun(day, clock, Console.Out).RunAsync(cancellationToken));
        }

        if (options.IsBreakpoint(parsed))
        {
            var step = parsed.GetValue(options.Step) ?? StepDefault;
            var search = new BreakpointSearch(parsed.GetValue(options.P99) ?? P99Default);
            return search.RunAsync(options.Rate(parsed), rate =>
            {
                Console.Out.WriteLine($"breakpoint: {rate:N0} per second");
                return OneAsync(options.Settings(parsed, seed, [Simulation.Inject(rate, TimeSpan.FromSeconds(1), step)]), clock, cancellationToken);
            });
        }

        return RepeatedRun.RunAsync(parsed.GetValue(options.Repeats), _ => OneAsync(options.Settings(parsed, seed), clock, cancellationToken));
    }

    private static Task<RunRecord> OneAsync(RunSettings settings, TimeProvider clock, CancellationToken cancellationToken) =>
        new ScenarioRun(settings, clock, Console.Out).RunAsync(cancellationToken);
}
