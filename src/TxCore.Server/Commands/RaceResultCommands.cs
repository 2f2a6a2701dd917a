using System.CommandLine;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary><c>txcore race result|publish|carry-in</c>: how a race ends.</summary>
internal static class RaceResultCommands
{
    public static Command Result(Argument<RaceId> race)
    {
        var control = new ControlClient();
        var finish = new Argument<FinishPlace[]?>("finish")
        {
            Description = "The order of finish, as 3-7-1=4-9 with = for a dead heat; - alone when no runner is classified",
            CustomParser = RaceNotation.Finish,
        };
        var official = new Option<bool>("--official") { Description = "It stands; without it the result is provisional" };
        var command = new Command("result", "Tells the result of a stopped race. Correcting an official one needs --second-actor.") { race, finish, official };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) =>
            {
                var stage = parsed.GetValue(official) ? ResultStage.Official : ResultStage.Provisional;
                var result = new RaceResult(default, header, parsed.GetValue(race), stage, parsed.GetValue(finish) ?? []);
                return client.SubmitAsync(result, null, cancellationToken);
            },
            cancellationToken));
        return command;
    }

    public static Command Publish(Argument<RaceId> race)
    {
        var control = new ControlClient();
        var official = new Option<string?>("--official")
        {
            Description = "File with the operator's published dividends (JSON); without it the dividends are an equal split",
        };
        var command = new Command("publish", "Publishes the dividends of a race with an official result; payment begins. Needs --second-actor.")
        {
            race, official,
        };
        control.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            OfficialPool[] pools = [];
            var method = DividendMethod.EqualSplit;
            if (parsed.GetValue(official) is { } file)
            {
                try
                {
                    pools = OfficialDividends.Read(await File.ReadAllTextAsync(file, cancellationToken));
                    method = DividendMethod.Official;
                }
                catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    await Console.Error.WriteLineAsync($"{file}: {fault.Message}");
                    return (int)ExitCode.Usage;
                }
            }

            return await control.SubmitAsync(
                parsed,
                (client, header) => client.SubmitAsync(new RacePublish(default, header, parsed.GetValue(race), method, pools), null, cancellationToken),
                cancellationToken);
        });
        return command;
    }

    public static Command CarryIn(Argument<RaceId> race)
    {
        var control = new ControlClient();
        var pool = new Argument<ushort>("pool") { Description = "Number of the pool: the bet type, plus 1000 online" };
        var cents = new Argument<long>("cents") { Description = "How much, in cents; no more than earlier pools of the number carried over" };
        var command = new Command("carry-in", "Puts money that earlier pools carried over into a pool.") { race, pool, cents };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.SubmitAsync(
                new PoolCarryIn(default, header, parsed.GetValue(race), parsed.GetValue(pool), parsed.GetValue(cents)), null, cancellationToken),
            cancellationToken));
        return command;
    }
}
