using System.CommandLine;
using System.CommandLine.Parsing;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Commands;

/// <summary><c>demo</c>: everything started, loaded, checked and cleaned up by one command.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan DurationMax = TimeSpan.FromHours(4);

    public static Command Create(TimeProvider clock)
    {
        var defaults = new DemoSettings();
        var rate = Number("--rate", "Transactions per second over all sources", defaults.RatePerSecond, 1, DemoSettings.RateMax);
        var terminals = Number("--terminals", "Betting terminals", defaults.Terminals, 1, DemoSettings.TerminalsMax);
        var frontends = Number("--frontends", "Ticketing frontends", defaults.Frontends, 0, DemoSettings.FrontendsMax);
        var duration = Time("--duration", "Time to measure, 1s to 4h. [default: 60s]", TimeSpan.FromSeconds(1));
        var warmUp = Time("--warm-up", "Load before that, checked but not measured, 0s to 4h. [default: 5s]", TimeSpan.Zero);
        var arrivals = new Option<string>("--arrivals")
        {
            Description = "How sends are planned: evenly spaced, or as independent arrivals.",
            DefaultValueFactory = _ => "constant",
        };
        arrivals.AcceptOnlyFromAmong("constant", "poisson");
        var seed = new Option<int?>("--seed")
        {
            HelpName = "N",
            Description = "Makes the same plan again; chosen at random, and printed, when not given.",
        };
        var json = new Option<FileInfo?>("--json") { HelpName = "FILE", Description = "Writes the figures as JSON." };
        json.Validators.Add(RequireDirectory);
        var command = new Command(
            "demo",
            "Starts a private PostgreSQL and the server, drives wagers and seats in an open loop, prints latencies, and checks every answer "
            + "against the database. Exit code 0: all answered and right; 1: not; 2: wrong usage, or no PostgreSQL.")
        {
            rate, duration, warmUp, terminals, frontends, arrivals, seed, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new DemoSettings
            {
                RatePerSecond = parsed.GetValue(rate),
                Duration = parsed.GetValue(duration) ?? defaults.Duration,
                WarmUp = parsed.GetValue(warmUp) ?? defaults.WarmUp,
                Terminals = parsed.GetValue(terminals),
                Frontends = parsed.GetValue(frontends),
                IsPoisson = parsed.GetValue(arrivals) == "poisson",
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                JsonPath = parsed.GetValue(json)?.FullName,
            },
            clock,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DemoSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new DemoRun(settings, clock, Console.Out).RunAsync(cancellationToken);
            new TextReport(Console.Out).Write(report);
            if (settings.JsonPath is not null)
            {
                await JsonReport.WriteAsync(report, settings.JsonPath, cancellationToken);
            }

            return report.Passed ? ExitCode.Passed : ExitCode.Failed;
        }
        catch (PostgresNotFoundException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("interrupted: everything was stopped and removed, nothing was checked");
            return ExitCode.Failed;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"the run failed: {failure}");
            return ExitCode.Failed;
        }
    }

    private static Option<int> Number(string name, string description, int byDefault, int min, int max)
    {
        var option = new Option<int>(name)
        {
            HelpName = "N",
            Description = $"{description}, {min:N0} to {max:N0}.",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            int value = result.GetValueOrDefault<int>();
            if (value < min || value > max)
            {
                result.AddError($"{name} is {value}; it must be from {min:N0} to {max:N0}.");
            }
        });
        return option;
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

    private static void RequireDirectory(OptionResult result)
    {
        if (result.GetValueOrDefault<FileInfo?>() is { } file && file.Directory is not { Exists: true })
        {
            result.AddError($"--json names {file.FullName}, whose directory does not exist.");
        }
    }
}
