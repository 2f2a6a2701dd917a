using System.CommandLine;
using TxCore.LoadTest.Scenarios.Lottery;

namespace TxCore.LoadTest.Commands;

/// <summary><c>lottery</c>: a whole ticket lottery and the sale after it, with kills in between, until every seat is sold.</summary>
internal static class LotteryCommand
{
    public static Command Create(TimeProvider clock)
    {
        var defaults = new LotterySettings();
        var registrations = CommandOptions.Number(
            "--registrations", "Persons that register", defaults.Registrations, LotterySettings.RegistrationsMin, LotterySettings.RegistrationsMax);
        var large = new Option<bool>("--large") { Description = $"The largest lottery asked of the core: {LotterySettings.RegistrationsLarge:N0} registrations." };
        var kills = CommandOptions.Number("--kills", "Kills of the server or of PostgreSQL", defaults.Kills, 0, LotterySettings.KillsMax);
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var reports = new ReportOptions();
        var command = new Command(
            "lottery",
            "Starts a private PostgreSQL and the server, registers everybody, freezes and runs the draw, sells packs by slots and the rest freely until "
            + "every seat is sold, kills server and PostgreSQL meanwhile, and checks every answer, the draw and the seats. Exit codes as of demo.")
        {
            registrations, large, kills, seed, json,
        };
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new LotterySettings
            {
                Registrations = parsed.GetValue(large) ? LotterySettings.RegistrationsLarge : parsed.GetValue(registrations),
                Kills = parsed.GetValue(kills),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
            };
            return ScenarioEnd.RunAsync(
                () => new LotteryRun(settings, clock, Console.Out).RunAsync(cancellationToken), parsed.GetValue(json), reports, parsed, cancellationToken);
        });
        return command;
    }
}
