using System.CommandLine;
using System.Globalization;
using System.Text;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Server.Commands;

/// <summary>
/// <c>txcore draw define|open|close|publish|exclude|end|state</c>; freezing and running are <see cref="DrawRunCommands"/>, waves
/// <see cref="DrawWaveCommand"/>, the proof <see cref="DrawProofCommands"/>.
/// </summary>
internal static class DrawCommands
{
    public static Command Create() => new("draw", "Controls a draw of a running server, every control sequenced with actor and reason, and proves it.")
    {
        Define(),
        Simple("open", "Opens the registration of a defined draw.", ClientControls.DrawOpenAsync),
        Simple("close", "Closes the registration: the list does not change any more.", ClientControls.DrawCloseAsync),
        DrawRunCommands.Freeze(),
        DrawRunCommands.Run(),
        Simple("publish", "Publishes the order of a draw that has run; needs --second-actor.", ClientControls.DrawPublishAsync),
        DrawWaveCommand.Create(),
        Exclude(),
        Simple("end", "Ends a draw all of whose sales are closed.", ClientControls.DrawEndAsync),
        State(),
        DrawProofCommands.Export(),
        DrawProofCommands.Proof(),
        DrawProofCommands.Verify(),
    };

    /// <summary>The draw a command is about.</summary>
    public static Argument<uint> DrawArgument() => new("draw") { Description = "Number of the draw" };

    /// <summary>Runs a command that reads files and turns what is wrong with them into a message.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return (int)ExitCode.Usage;
        }
    }

    private static Command Simple(string name, string help, Func<TxCoreClient, uint, ControlHeader, CancellationToken, Task<SubmitResult>> submit)
    {
        var control = new ControlClient();
        var draw = DrawArgument();
        var command = new Command(name, help) { draw };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed, (client, header) => submit(client, parsed.GetValue(draw), header, cancellationToken), cancellationToken));
        return command;
    }

    private static Command Define()
    {
        var control = new ControlClient();
        var draw = DrawArgument();
        var name = new Option<string>("--name") { Description = "Public name, which enters commitment and seed: 1 to 32 letters, digits, - _ .", Required = true };
        var closes = new Option<long>("--closes")
        {
            Description = "When registration closes by itself, as 2027-01-31T18:00:00Z",
            Required = true,
            CustomParser = TimeText.Parse,
        };
        var entries = new Option<uint>("--entries-max") { Description = "Most entries; their memory is made ready at once", Required = true };
        var consent = new Option<uint>("--required-consent") { Description = "Consent flags that an entry must carry, as one number" };
        var person = new Option<ushort>("--person-max") { Description = "Who has so many seats already is not entered; 0 for no such limit" };
        var command = new Command("define", "Defines a draw.") { draw, name, closes, entries, consent, person };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is { } text && (!DrawCommitment.IsName(text) || text.Length > Wire.DrawNameBytesMax))
            {
                result.AddError($"'{text}' cannot name a draw: give 1 to {Wire.DrawNameBytesMax} letters, digits, '-', '_' or '.'.");
            }
        });
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.DrawDefineAsync(
                new DrawDefine(
                    default, header, parsed.GetValue(draw), Encoding.ASCII.GetBytes(parsed.GetValue(name)!), parsed.GetValue(closes),
                    parsed.GetValue(entries), parsed.GetValue(consent), parsed.GetValue(person)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Exclude()
    {
        var control = new ControlClient();
        var draw = DrawArgument();
        var file = new Option<string>("--file") { Description = "The persons: a key a line, 64 hexadecimal digits", Required = true };
        var command = new Command("exclude", "Excludes persons from a draw: not entered, or struck from a list that stays as it is.") { draw, file };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => GuardAsync(() =>
        {
            var persons = PersonFile.Read(File.ReadLines(parsed.GetValue(file)!));
            return control.RunAsync(
                parsed,
                async (client, header) =>
                {
                    int sent = 0;
                    foreach (byte[][] part in persons.Chunk(Wire.ExcludedMax))
                    {
                        var exclude = new DrawExclude(default, header, parsed.GetValue(draw), part);
                        if (!ControlClient.Tell($"Persons {sent + 1} to {sent + part.Length}: ", await client.DrawExcludeAsync(exclude, cancellationToken)))
                        {
                            return 1;
                        }

                        sent += part.Length;
                    }

                    Console.WriteLine($"{sent} persons excluded.");
                    return 0;
                },
                cancellationToken);
        }));
        return command;
    }

    private static Command State()
    {
        var connection = new ControlClient();
        var draw = DrawArgument();
        var command = new Command("state", "Tells how far a draw has got: its list, what was made public, its waves.") { draw };
        connection.AddConnectionTo(command);
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed,
            async (client, _) =>
            {
                var state = await client.DrawStateAsync(parsed.GetValue(draw), cancellationToken);
                Write(state);
                return state.Status == DrawStatus.None ? 1 : 0;
            },
            cancellationToken));
        return command;
    }

    private static void Write(DrawState state)
    {
        Console.WriteLine($"Draw {state.Draw}: {state.Status}, as of number {state.Number}, {TimeText.Of(state.At)}");
        Console.WriteLine($"name           {Encoding.ASCII.GetString(state.Name)}");
        Console.WriteLine($"closes         {TimeText.Of(state.ClosesAt)}");
        Console.WriteLine($"entries        {state.Entries}, of them struck {state.Struck}");
        foreach (var (name, bytes) in new[]
        {
            ("root", state.Root), ("commitment", state.Commitment), ("randomness", state.Randomness), ("signature", state.Signature),
            ("secret", state.Secret), ("order hash", state.OrderHash), ("order root", state.OrderRoot),
        })
        {
            Console.WriteLine($"{name,-15}{(bytes.Length == 0 ? "-" : Convert.ToHexStringLower(bytes))}");
        }

        Console.WriteLine($"beacon         {(state.BeaconChain.Length == 0 ? "-" : $"{Encoding.ASCII.GetString(state.BeaconChain)}, round {state.BeaconRound}")}");
        foreach (var wave in state.Waves)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"wave {wave.Wave,4}: ranks {wave.FirstRank} to {wave.LastRank}, sale {wave.Sale}, {TimeText.Of(wave.StartsAt)} to {TimeText.Of(wave.EndsAt)}; struck {wave.Struck}, arrived {wave.Arrived}, bought {wave.Bought}, ahead {wave.Ahead}"));
        }
    }
}
