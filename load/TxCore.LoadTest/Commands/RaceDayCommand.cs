using System.CommandLine;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.Protocol;

namespace TxCore.LoadTest.Commands;

/// <summary><c>race-day</c>: a whole racing day in both channels, with kills in between, to balanced books.</summary>
internal static class RaceDayCommand
{
    public static Command Create(TimeProvider clock)
    {
        var defaults = new RaceDaySettings();
        var programme = File("--programme", "A finished racing day in the operator's JSON, sold as it had been planned. Default: the sample day.");
        var takeouts = File("--takeouts", "The operator's shares by bet type. Default: those that come with the server.");
        var channels = new Option<Channel[]>("--channels")
        {
            HelpName = "retail,online",
            Description = "Channels, each with a shard, a database and a server process of its own. [default: retail,online]",
            CustomParser = result =>
            {
                string[] names = result.Tokens.Single().Value.Split(',');
                var parsed = new Channel[names.Length];
                bool isGood = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
                for (int i = 0; i < names.Length; i++)
                {
                    isGood &= Enum.TryParse(names[i], ignoreCase: true, out parsed[i]) && Enum.IsDefined(parsed[i]) && !char.IsDigit(names[i][0]);
                }

                if (!isGood)
                {
                    result.AddError($"--channels is {result.Tokens.Single().Value}; it must be retail, online or both, separated by a comma.");
                }

                return parsed;
            },
        };
        var rate = CommandOptions.Number("--rate", "Transactions per second over both channels", defaults.RatePerSecond, 1, RaceDaySettings.RateMax);
        var transactions = CommandOptions.Number(
            "--transactions", "Transactions in all; with the rate they make the duration", defaults.Transactions, RaceDaySettings.TransactionsMin,
            RaceDaySettings.TransactionsMax);
        var kills = CommandOptions.Number("--kills", "Kills of a server or of PostgreSQL", defaults.Kills, 0, RaceDaySettings.KillsMax);
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var reports = new ReportOptions();
        var command = new Command(
            "race-day",
            "Starts a private PostgreSQL and a server for each channel, sells a whole racing day in compressed time, stops its races, gives their "
            + "results, pays the winners, kills servers and PostgreSQL meanwhile, and checks every answer and the books. Exit codes as of demo.")
        {
            programme, takeouts, channels, rate, transactions, kills, seed, json,
        };
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new RaceDaySettings
            {
                ProgrammePath = parsed.GetValue(programme)?.FullName,
                TakeoutsPath = parsed.GetValue(takeouts)?.FullName,
                Channels = parsed.GetValue(channels) is { Length: > 0 } given ? given : defaults.Channels,
                RatePerSecond = parsed.GetValue(rate),
                Transactions = parsed.GetValue(transactions),
                Kills = parsed.GetValue(kills),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
            };
            return ScenarioEnd.RunAsync(
                () => new RaceDayRun(settings, clock, Console.Out).RunAsync(cancellationToken), parsed.GetValue(json), reports, parsed, cancellationToken);
        });
        return command;
    }

    private static Option<FileInfo?> File(string name, string description)
    {
        var option = new Option<FileInfo?>(name) { HelpName = "FILE", Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Exists: false } file)
            {
                result.AddError($"{name} names {file.FullName}, which does not exist.");
            }
        });
        return option;
    }
}
