using System.CommandLine;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;

namespace TxCore.Server.Commands;

/// <summary><c>txcore race open|suspend|stop|reopen|scratch|cancel|postpone</c>; those that end a race are <see cref="RaceResultCommands"/>.</summary>
internal static class RaceCommands
{
    private const int MinutesMax = 24 * 60;

    public static Command Create() => new("race", "Controls a race of a running server; every control is sequenced with actor and reason.")
    {
        Simple("open", "Opens a defined or suspended race.", ClientControls.RaceOpenAsync),
        Simple("suspend", "Suspends an open race.", ClientControls.RaceSuspendAsync),
        Simple("stop", "Stops a race: nothing sequenced after it is taken or cancelled.", ClientControls.RaceStopAsync),
        Reopen(),
        Scratch(),
        Simple("cancel", "Cancels a race: every wager on it is refunded.", ClientControls.RaceCancelAsync),
        Postpone(),
        RaceResultCommands.Result(RaceArgument()),
        RaceResultCommands.Publish(RaceArgument()),
        RaceResultCommands.CarryIn(RaceArgument()),
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

    private static Command Postpone()
    {
        var control = new ControlClient();
        var race = RaceArgument();
        var minutes = new Option<int?>("--minutes") { Description = "Minutes from now after which it stops by itself: it is run the same day, wagers stand" };
        var otherDay = new Option<bool>("--other-day") { Description = "It is run another day: every wager on it is refunded" };
        var command = new Command("postpone", "Postpones a race: --minutes on the same day, or --other-day.") { race, minutes, otherDay };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(otherDay) == (result.GetValue(minutes) is not null) || result.GetValue(minutes) is < 1 or > MinutesMax)
            {
                result.AddError($"Give one of --minutes, 1 to {MinutesMax}, and --other-day.");
            }
        });
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) =>
            {
                long latestStopAt = parsed.GetValue(minutes) is { } wait ? TimeProvider.System.GetUnixMicroseconds() + (wait * 60_000_000L) : 0;
                return client.RacePostponeAsync(parsed.GetValue(race), latestStopAt, header, cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static Argument<RaceId> RaceArgument() => new("race") { Description = "The race, as 20251105-R1C8", CustomParser = RaceNotation.Race };
}
