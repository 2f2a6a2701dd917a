using System.CommandLine;
using TxCore.LoadTest.Scenarios.HotCell;

namespace TxCore.LoadTest.Commands;

/// <summary><c>hot-cell</c>: one cell that everybody wants at once, sale after sale, with kills in between.</summary>
internal static class HotCellCommand
{
    public static Command Create(TimeProvider clock)
    {
        var defaults = new HotCellSettings();
        var buyers = CommandOptions.Number(
            "--buyers", "Buyers who come at once; a tenth as many seats", defaults.Buyers, HotCellSettings.BuyersMin, HotCellSettings.BuyersMax);
        var rounds = CommandOptions.Number("--rounds", "Sales, one after the other", defaults.Rounds, 1, HotCellSettings.RoundsMax);
        var kills = CommandOptions.Number(
            "--kills-per-round", "Kills of the server or of PostgreSQL in each sale", defaults.KillsPerRound, 0, HotCellSettings.KillsPerRoundMax);
        var seed = CommandOptions.Seed();
        var json = CommandOptions.Json();
        var reports = new ReportOptions();
        var command = new Command(
            "hot-cell",
            "Starts a private PostgreSQL and the server, lets everybody take one cell at once, kills server and PostgreSQL meanwhile, sells until the last "
            + "seat, over and over, and checks every answer and every seat. Exit codes as of demo.")
        {
            buyers, rounds, kills, seed, json,
        };
        reports.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new HotCellSettings
            {
                Buyers = parsed.GetValue(buyers),
                Rounds = parsed.GetValue(rounds),
                KillsPerRound = parsed.GetValue(kills),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
            };
            return ScenarioEnd.RunAsync(
                () => new HotCellRun(settings, clock, Console.Out).RunAsync(cancellationToken), parsed.GetValue(json), reports, parsed, cancellationToken);
        });
        return command;
    }
}
