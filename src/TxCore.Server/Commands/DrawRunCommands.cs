using System.CommandLine;
using System.Text;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Server.Commands;

/// <summary>
/// <c>txcore draw freeze|run</c> (<c>domain.md</c> section 3.3): the commitment before the randomness exists, and the secret after it. Both need
/// a second person.
/// </summary>
internal static class DrawRunCommands
{
    private static readonly TimeSpan AskPause = TimeSpan.FromSeconds(1);

    public static Command Freeze()
    {
        var control = new ControlClient();
        var draw = DrawCommands.DrawArgument();
        var secret = SecretOption("File of the operator's secret: made when it is not there, used as it is when it is. Keep a copy until the draw has run");
        var chain = new Option<string>("--chain") { Description = "The beacon, as drand:HASH; witness:NAME for randomness of an independent witness", Required = true };
        var round = new Option<ulong>("--round") { Description = "Its round that will decide; it lies in the future", Required = true };
        var wait = new Option<int>("--wait-seconds")
        {
            Description = "How long to wait for the root of the list, in seconds",
            DefaultValueFactory = static _ => 300,
        };
        var command = new Command("freeze", "Freezes the list of a closed draw, commits to the secret and names the beacon; needs --second-actor.")
        {
            draw, secret, chain, round, wait,
        };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(chain) is { } text && (text.Length is 0 or > Wire.BeaconChainBytesMax || text.Any(static one => one is < '!' or > '~')))
            {
                result.AddError($"'{text}' cannot name a beacon: give 1 to {Wire.BeaconChainBytesMax} printable characters.");
            }
        });
        command.SetAction((parsed, cancellationToken) => DrawCommands.GuardAsync(() => control.RunAsync(
            parsed,
            async (client, header) =>
            {
                var state = await AwaitRootAsync(client, parsed.GetValue(draw), TimeSpan.FromSeconds(parsed.GetValue(wait)), cancellationToken);
                if (state is null)
                {
                    return 1;
                }

                byte[] commitment = Commit(state, DrawSecret.ReadOrMake(parsed.GetValue(secret)!));
                Console.WriteLine($"n          {state.Entries}");
                Console.WriteLine($"root       {Convert.ToHexStringLower(state.Root)}");
                Console.WriteLine($"commitment {Convert.ToHexStringLower(commitment)}");
                var freeze = new DrawFreeze(
                    default, header, state.Draw, state.Entries, state.Root, commitment, parsed.GetValue(round),
                    Encoding.ASCII.GetBytes(parsed.GetValue(chain)!));
                return ControlClient.Tell("", await client.DrawFreezeAsync(freeze, cancellationToken)) ? 0 : 1;
            },
            cancellationToken)));
        return command;
    }

    public static Command Run()
    {
        var control = new ControlClient();
        var draw = DrawCommands.DrawArgument();
        var secret = SecretOption("File of the operator's secret, as it was used to freeze");
        var randomness = new Option<string?>("--randomness") { Description = "The beacon's randomness, 64 hexadecimal digits" };
        var signature = new Option<string?>("--signature") { Description = "The beacon's signature, hexadecimal; left out for a witness" };
        var file = new Option<string?>("--beacon-file") { Description = "What the beacon answered, JSON with round, randomness and signature" };
        var command = new Command("run", "Runs a frozen draw: reveals the secret and tells what the beacon published; needs --second-actor.")
        {
            draw, secret, randomness, signature, file,
        };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(randomness) is null) == (result.GetValue(file) is null))
            {
                result.AddError("Give one of --randomness and --beacon-file.");
            }
        });
        command.SetAction((parsed, cancellationToken) => DrawCommands.GuardAsync(() =>
        {
            byte[] revealed = DrawSecret.Read(parsed.GetValue(secret)!);
            var beacon = parsed.GetValue(file) is { } path
                ? BeaconRound.ReadJson(File.ReadAllText(path))
                : new BeaconRound(0, Hex(parsed.GetValue(randomness)!), Hex(parsed.GetValue(signature) ?? ""));
            return control.RunAsync(
                parsed,
                async (client, header) =>
                {
                    // Refused controls are stored too: a secret is revealed by a run that is sure to be accepted, or not at all.
                    var state = await client.DrawStateAsync(parsed.GetValue(draw), cancellationToken);
                    if (FaultOf(state, header, revealed, beacon) is { } fault)
                    {
                        await Console.Error.WriteLineAsync($"{fault} Nothing was sent.");
                        return 1;
                    }

                    var run = new DrawRun(default, header, state.Draw, revealed, beacon.Randomness, beacon.Signature);
                    return ControlClient.Tell("", await client.DrawRunAsync(run, cancellationToken)) ? 0 : 1;
                },
                cancellationToken);
        }));
        return command;
    }

    private static string? FaultOf(DrawState state, ControlHeader header, byte[] secret, BeaconRound beacon)
    {
        if (header.SecondActor == 0 || header.SecondActor == header.Actor)
        {
            return "A run needs a second person: give --second-actor.";
        }

        if (state.Status != DrawStatus.Frozen)
        {
            return $"Draw {state.Draw} is {state.Status}; only a frozen one can be run.";
        }

        return Commit(state, secret).AsSpan().SequenceEqual(state.Commitment)
            ? beacon.FaultFor(Encoding.ASCII.GetString(state.BeaconChain), state.BeaconRound)
            : "The secret is not the one that was committed to.";
    }

    /// <summary>The state of the draw once its root is there; null, with a message, when it is not to be had.</summary>
    private static async Task<DrawState?> AwaitRootAsync(TxCoreClient client, uint draw, TimeSpan wait, CancellationToken cancellationToken)
    {
        long started = TimeProvider.System.GetTimestamp();
        for (int round = 0; ; round++)
        {
            var state = await client.DrawStateAsync(draw, cancellationToken);
            if (state.Status != DrawStatus.Closed)
            {
                await Console.Error.WriteLineAsync($"Draw {draw} is {state.Status}; only a closed one can be frozen.");
                return null;
            }

            if (state.Root.Length == Wire.HashBytes)
            {
                return state;
            }

            var waited = TimeProvider.System.GetElapsedTime(started);
            if (waited >= wait)
            {
                await Console.Error.WriteLineAsync($"The root of draw {draw} was not there after {waited.TotalSeconds:F0} s; nothing was sent. Try again later.");
                return null;
            }

            if (round % 5 == 0)
            {
                Console.WriteLine($"Waiting for the root of {state.Entries} entries, {waited.TotalSeconds:F0} s ...");
            }

            await Task.Delay(AskPause, TimeProvider.System, cancellationToken);
        }
    }

    private static byte[] Commit(DrawState state, byte[] secret)
    {
        string name = Encoding.ASCII.GetString(state.Name);
        return DrawCommitment.IsName(name)
            ? DrawCommitment.Commit(name, state.Root, secret)
            : throw new InvalidDataException($"The name '{name}' of draw {state.Draw} cannot be committed to.");
    }

    private static byte[] Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException fault)
        {
            throw new InvalidDataException($"'{text}' is not hexadecimal.", fault);
        }
    }

    private static Option<string> SecretOption(string help) => new("--secret-file") { Description = help, Required = true };
}
