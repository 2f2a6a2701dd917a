using System.CommandLine;
using System.Text.Json;
using TxCore.LoadTest.Commands;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Overload;

/// <summary><c>overload</c>: what more than it can do, a database that stops, and bad clients do to those who behave.</summary>
internal static class OverloadCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(TimeProvider clock)
    {
        var defaults = new OverloadSettings();
        var part = new Option<string>("--part")
        {
            HelpName = "LETTERS",
            Description = "a: ten times what it can do; b: no commit for 2 s; c: a source at its full window; d: a stop to all connections; e: slow, silent, guessing and "
                + "returning clients. [default: abcde]",
            DefaultValueFactory = _ => OverloadSettings.AllParts,
        };
        part.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 } letters || letters.Any(static letter => !OverloadSettings.AllParts.Contains(letter, StringComparison.Ordinal)))
            {
                result.AddError("--part takes letters from a to e.");
            }
        });
        var crowd = CommandOptions.Number("--crowd", "Connections in the parts d and e", defaults.Crowd, 10, OverloadSettings.CrowdMax);
        var rounds = CommandOptions.Number("--rounds", "How often a comparison goes back and forth", defaults.Rounds, 1, 50);
        var json = CommandOptions.Json();
        var command = new Command(
            "overload",
            "Starts a private PostgreSQL and the server, offers more than they can do, stops PostgreSQL, and measures what it and bad clients cost the others. "
            + "Exit codes: 0 every limit holds, 99 one does not, 1 the run broke, 2 wrong usage.")
        {
            part, crowd, rounds, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new OverloadSettings
            {
                Parts = parsed.GetValue(part)!,
                Crowd = parsed.GetValue(crowd),
                Rounds = parsed.GetValue(rounds),
                JsonPath = parsed.GetValue(json)?.FullName,
            },
            clock, cancellationToken));
        return command;
    }

    /// <summary>One part.</summary>
    public static Task<PartResult> RunPartAsync(char part, OverloadSettings settings, TimeProvider clock, CancellationToken cancellationToken) => part switch
    {
        'a' => new OfferedTenfold(settings, clock).RunAsync(cancellationToken),
        'b' => new StalledCommits(settings, clock).RunAsync(cancellationToken),
        'c' => new FullWindow(settings, clock).RunAsync(cancellationToken),
        'd' => new StopReach(settings, clock).RunAsync(cancellationToken),
        _ => new BadClients(settings, clock).RunAsync(cancellationToken),
    };

    private static async Task<int> RunAsync(OverloadSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            var results = new List<PartResult>();
            foreach (char part in settings.Parts)
            {
                results.Add(await RunPartAsync(part, settings, clock, cancellationToken));
                Console.WriteLine(results[^1]);
            }

            if (settings.JsonPath is not null)
            {
                await using var file = File.Create(settings.JsonPath);
                await JsonSerializer.SerializeAsync(file, results, Format, cancellationToken);
            }

            return results.TrueForAll(static result => result.Holds) ? ExitCode.Passed : ExitCode.ThresholdFailed;
        }
        catch (PostgresNotFoundException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return ExitCode.WrongUsage;
        }
        catch (Exception broken) when (broken is IOException or InvalidOperationException or TimeoutException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"the run failed: {broken}");
            return ExitCode.Failed;
        }
    }
}
