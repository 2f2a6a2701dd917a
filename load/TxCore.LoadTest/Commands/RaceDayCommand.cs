using System.CommandLine;
using TxCore.LoadTest.Scenarios.RaceDay;

namespace TxCore.LoadTest.Commands;

/// <summary><c>race-day</c>: a whole racing day in both channels, with kills in between, to balanced books; or in the channel of a target.</summary>
internal static class RaceDayCommand
{
    public static Command Create(TimeProvider clock)
    {
        var defaults = new RaceDaySettings();
        var day = new RaceDayOptions();
        var target = new TargetOptions();
        var rate = CommandOptions.Number("--rate", "Transactions per second over both channels", defaults.RatePerSecond, 1, RaceDaySettings.RateMax);
        var transactions = CommandOptions.Number(
            "--transactions", "Transactions in all; with the rate they make the duration", defaults.Transactions, RaceDaySettings.TransactionsMin,
            RaceDaySettings.TransactionsMax);
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var reports = new ReportOptions();
        var command = new Command(
            "race-day",
            "Starts a private PostgreSQL and a server for each channel, sells a whole racing day in compressed time, stops its races, gives their "
            + "results, pays the winners, kills servers and PostgreSQL meanwhile, and checks every answer and the books. With --target it holds the day "
            + "in the channel of a server that runs already, and kills nothing. Exit codes as of demo.");
        day.AddTo(command);
        command.Options.Add(rate);
        command.Options.Add(transactions);
        command.Options.Add(seed);
        command.Options.Add(json);
        target.AddTo(command);
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ScenarioEnd.RunAsync(
            () =>
            {
                var settings = day.Apply(parsed, target.Read(parsed), defaults with
                {
                    RatePerSecond = parsed.GetValue(rate),
                    Transactions = parsed.GetValue(transactions),
                    Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                    GivenSources = target.ReadSources(parsed),
                });
                return new RaceDayRun(settings, clock, Console.Out).RunAsync(cancellationToken);
            },
            parsed.GetValue(json), reports, parsed, cancellationToken));
        return command;
    }
}
