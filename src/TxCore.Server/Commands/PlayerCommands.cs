using System.CommandLine;
using TxCore.Client;
using TxCore.Client.Players;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary><c>txcore players bar|limit</c>: who may not play, and for how much, by keyed hash.</summary>
internal static class PlayerCommands
{
    public static Command Create() => new("players", "Changes the list of barred players and the limits of a player on a running server, by keyed hash.")
    {
        Bar(),
        Limit(),
    };

    private static Command Bar()
    {
        var control = new ControlClient();
        var file = new Argument<FileInfo>("file") { Description = "List: a line a player, its key in hexadecimal, then banned, none, or excluded TIME" };
        var version = new Option<uint>("--list-version") { Description = "Version of the list: one more than the one in force", Required = true };
        var replace = new Option<bool>("--replace") { Description = "The file is the whole list: who is not on it is no longer banned; self-exclusions stay" };
        var command = new Command("bar", "Sends a version of the list of barred players; it counts from its last part on, without a restart.") { file, version, replace };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var source = parsed.GetValue(file)!;
            if (!source.Exists)
            {
                Console.Error.WriteLine($"There is no file {source}.");
                return Task.FromResult((int)ExitCode.Usage);
            }

            if (!PlayerList.TryRead(File.ReadLines(source.FullName), out var players, out string fault))
            {
                Console.Error.WriteLine($"{source.Name}, {fault}.");
                return Task.FromResult((int)ExitCode.Usage);
            }

            return control.SubmitAsync(
                parsed,
                (client, header) => client.BarPlayersAsync(parsed.GetValue(version), parsed.GetValue(replace), players, header, cancellationToken),
                cancellationToken);
        });
        return command;
    }

    private static Command Limit()
    {
        var control = new ControlClient();
        var player = new Argument<string>("player") { Description = "The player's key, 64 hexadecimal digits" };
        var day = Cents("--day-cents", "business day");
        var week = Cents("--week-cents", "week from Monday");
        var month = Cents("--month-cents", "calendar month");
        var command = new Command("limit", "Sets the stake limits of a player: a lower one counts at once, a higher one after the waiting time.") { player, day, week, month };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (!PlayerList.TryRead([parsed.GetValue(player)!], out var read, out string fault) || read.Length != 1)
            {
                Console.Error.WriteLine($"The player is missing or wrong: {fault}.");
                return Task.FromResult((int)ExitCode.Usage);
            }

            return control.SubmitAsync(
                parsed,
                (client, header) => client.PlayerLimitAsync(
                    new PlayerLimit(default, header, read[0].Player, parsed.GetValue(day), parsed.GetValue(week), parsed.GetValue(month)), cancellationToken),
                cancellationToken);
        });
        return command;
    }

    private static Option<long> Cents(string name, string period) => new(name)
    {
        Description = $"Most stakes in a {period}, in cents; left out for no limit",
        DefaultValueFactory = static _ => long.MaxValue,
    };
}
