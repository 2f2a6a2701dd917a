using System.CommandLine;
using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Programme;
using TxCore.Sessions;

namespace TxCore.Server.Commands;

/// <summary><c>txcore programme check|import</c>.</summary>
internal static class ProgrammeCommand
{
    public static Command Create() => new("programme", "Reads a racing day from the operator's JSON and defines it on a running server.")
    {
        Check(),
        Import(),
    };

    private static Command Check()
    {
        var source = new ProgrammeSource();
        var channel = new Option<Channel>("--channel") { Description = "Channel whose pools are read", DefaultValueFactory = static _ => Channel.Retail };
        var command = new Command("check", "Reads a programme and tells what an import would define, without a server.");
        source.AddTo(command);
        command.Options.Add(channel);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (day, exitCode) = await source.ReadAsync(parsed, parsed.GetValue(channel), cancellationToken);
            return day is null ? exitCode : (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Import()
    {
        var source = new ProgrammeSource();
        var control = new ControlClient();
        var open = new Option<bool>("--open") { Description = "Opens the races too; without it they stay drafts" };
        var scratches = new Option<bool>("--apply-scratches")
        {
            Description = "With --as-planned: declares the non-runners at once. Without --as-planned they are declared in any case",
        };
        var command = new Command("import", "Defines the races of a programme with all their pools, all of them or none.") { open, scratches };
        source.AddTo(command);
        control.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (day, exitCode) = await source.ReadAsync(parsed, control.ChannelOf(parsed), cancellationToken);
            if (day is null)
            {
                return exitCode;
            }

            if (parsed.GetValue(open) && Over(day) is { } over)
            {
                await Console.Error.WriteLineAsync(
                    $"{over} would have stopped by now and cannot be opened: move the day with --date and --start, give --latest-stop-after-start, or leave --open out. Nothing was imported.");
                return 1;
            }

            bool scratchesAtOnce = parsed.GetValue(scratches) || !source.IsAsPlanned(parsed);
            return await control.RunAsync(
                parsed, (client, header) => ImportAsync(client, day, header, parsed.GetValue(open), scratchesAtOnce, cancellationToken), cancellationToken);
        });
        return command;
    }

    /// <summary>A race of the day whose latest stop has passed; the server opens none such.</summary>
    private static RaceId? Over(ProgrammeDay day)
    {
        long now = TimeProvider.System.GetUnixMicroseconds();
        return day.Races.FirstOrDefault(race => race.LatestStopAt <= now)?.Race;
    }

    private static async Task<int> ImportAsync(
        TxCoreClient client, ProgrammeDay day, ControlHeader control, bool opens, bool scratches, CancellationToken cancellationToken)
    {
        var outcome = await client.ImportAsync(day, control, opens, scratches, cancellationToken);
        switch (outcome.End)
        {
            case ImportEnd.Imported:
                await Console.Out.WriteLineAsync($"Imported: {outcome.Defined} races defined, {outcome.Scratched} runners scratched, {outcome.Opened} races opened.");
                return 0;
            case ImportEnd.AlreadyThere:
                await Console.Error.WriteLineAsync($"{outcome.Reason}; nothing was imported.");
                return 1;
            case ImportEnd.NotOpened:
                await Console.Error.WriteLineAsync(
                    $"{outcome.Reason}. All {outcome.Defined} races are defined and {outcome.Opened} of them open; open the others with txcore race open.");
                return 1;
            default:
                string left = outcome.Left.Count == 0
                    ? "they were cancelled again"
                    : $"these could not be cancelled again and are left: {string.Join(", ", outcome.Left)}";
                await Console.Error.WriteLineAsync($"{outcome.Reason}. {outcome.Defined} races had been defined; {left}.");
                return 1;
        }
    }
}
