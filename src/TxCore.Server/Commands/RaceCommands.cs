using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;

namespace TxCore.Server.Commands;

/// <summary><c>txcore race open|suspend|stop|reopen|scratch</c>.</summary>
internal static partial class RaceCommands
{
    public static Command Create() => new("race", "Controls a race of a running server; every control is sequenced with actor and reason.")
    {
        Simple("open", "Opens a defined or suspended race.", ClientControls.RaceOpenAsync),
        Simple("suspend", "Suspends an open race.", ClientControls.RaceSuspendAsync),
        Simple("stop", "Stops a race: nothing sequenced after it is taken or cancelled.", ClientControls.RaceStopAsync),
        Reopen(),
        Scratch(),
    };

    private static Command Simple(
        string name, string help, Func<TxCoreClient, RaceId, ControlHeader, CancellationToken, Task<SubmitResult>> submit)
    {
        var control = new ControlClient();
        var race = RaceArgument();
        var command = new Command(name, help) { race };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed, (client, header) => submit(client, parsed.GetValue(race), header, cancellationToken), cancellationToken));
        return command;
    }

    private static Command Reopen()
    {
        var control = new ControlClient();
        var race = RaceArgument();
        var minutes = new Option<int>("--minutes") { Description = "Minutes from now after which it stops by itself again", Required = true };
        var command = new Command("reopen", "Opens a stopped race again under a new epoch (false start); needs --second-actor.") { race, minutes };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.RaceReopenAsync(
                parsed.GetValue(race), TimeProvider.System.GetUnixMicroseconds() + (parsed.GetValue(minutes) * 60_000_000L), header, cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Scratch()
    {
        var control = new ControlClient();
        var race = RaceArgument();
        var runner = new Argument<byte>("runner") { Description = "Number of the runner" };
        var command = new Command("scratch", "Declares a runner a non-runner.") { race, runner };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.RaceScratchAsync(parsed.GetValue(race), parsed.GetValue(runner), header, cancellationToken),
            cancellationToken));
        return command;
    }

    private static Argument<RaceId> RaceArgument() => new("race")
    {
        Description = "The race, as 20251105-R1C8",
        CustomParser = static result => Parse(result),
    };

    private static RaceId Parse(ArgumentResult result)
    {
        var match = RacePattern().Match(result.Tokens[0].Value);
        if (match.Success)
        {
            return new RaceId(
                uint.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture), byte.Parse(match.Groups["meeting"].Value, CultureInfo.InvariantCulture),
                byte.Parse(match.Groups["race"].Value, CultureInfo.InvariantCulture));
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a race; write it as 20251105-R1C8.");
        return default;
    }

    [GeneratedRegex(@"^(?<day>\d{8})-R(?<meeting>\d{1,2})C(?<race>\d{1,2})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex RacePattern();
}
