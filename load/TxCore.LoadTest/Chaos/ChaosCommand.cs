using System.CommandLine;
using TxCore.LoadTest.Commands;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Chaos;

/// <summary><c>chaos</c>: every fault that a seed draws, and the check that nothing was lost, doubled or left hanging.</summary>
internal static class ChaosCommand
{
    private static readonly TimeSpan TimeMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeMax = TimeSpan.FromHours(4);

    public static Command Create(TimeProvider clock)
    {
        var defaults = new ChaosSettings();
        var duration = Time("--duration", "How long faults are made; settling and checking come on top", defaults.Duration);
        var round = Time("--round", "After how long everything is settled and checked", defaults.Round);
        var terminals = CommandOptions.Number("--terminals", "Terminals that sell without pause", defaults.Terminals, 1, ChaosSettings.TerminalsMax);
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var command = new Command(
            "chaos",
            "Starts a private PostgreSQL and the server, and kills, freezes, replaces, cuts, blocks and misleads them and their clients without pause; the "
            + "history of every client is checked against the database. Exit codes: 0 nothing was lost, doubled or left hanging; 1 something was; 2 wrong usage.")
        {
            duration, round, terminals, seed, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ChaosSettings
            {
                Duration = parsed.GetValue(duration),
                Round = parsed.GetValue(round),
                Terminals = parsed.GetValue(terminals),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                JsonPath = parsed.GetValue(json)?.FullName,
            },
            clock, cancellationToken));
        return command;
    }

    private static Option<TimeSpan> Time(string name, string description, TimeSpan byDefault) => new(name)
    {
        HelpName = "TIME",
        Description = $"{description}, 1s to 4h. [default: {DurationText.Format(byDefault)}]",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (!DurationText.TryParse(text, out var time) || time < TimeMin || time > TimeMax)
            {
                result.AddError($"{name} is {text}; it must be from 1s to 4h, such as 30s, 5m, 1h.");
            }

            return time;
        },
    };

    private static async Task<int> RunAsync(ChaosSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new ChaosRun(settings, clock, Console.Out).RunAsync(cancellationToken);
            report.Write(Console.Out);
            if (settings.JsonPath is not null)
            {
                await report.WriteAsync(settings.JsonPath, cancellationToken);
            }

            return report.Findings.Count == 0 ? ExitCode.Passed : ExitCode.Failed;
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
    }
}
