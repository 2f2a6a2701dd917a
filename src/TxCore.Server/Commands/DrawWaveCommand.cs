using System.CommandLine;
using TxCore.Client;
using TxCore.Protocol.Messages;
using TxCore.Server.Ticketing;

namespace TxCore.Server.Commands;

/// <summary><c>txcore draw waves</c>: gives the next ranks of a published draw their slots.</summary>
internal static class DrawWaveCommand
{
    public static Command Create()
    {
        var control = new ControlClient();
        var draw = DrawCommands.DrawArgument();
        var file = new Option<string?>("--file") { Description = "Waves as CSV, a line each: wave,count,sale,start,end. Waves that are there are passed over" };
        var count = new Option<uint?>("--count") { Description = "The next wave alone: how many ranks" };
        var sale = new Option<uint>("--sale") { Description = "The sale of its slot" };
        var start = new Option<long>("--start") { Description = "When the slot begins, as 2027-02-15T10:00:00Z", CustomParser = TimeText.Parse };
        var end = new Option<long>("--end") { Description = "When it is over", CustomParser = TimeText.Parse };
        var command = new Command("waves", "Gives the next ranks of a published draw their slots: --file, or --count, --sale, --start and --end.")
        {
            draw, file, count, sale, start, end,
        };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            bool isOne = result.GetValue(count) is not null;
            if (isOne == (result.GetValue(file) is not null))
            {
                result.AddError("Give one of --file and --count.");
            }
            else if (isOne && (result.GetValue(sale) == 0 || result.GetValue(start) == 0 || result.GetValue(end) == 0))
            {
                result.AddError("--count needs --sale, --start and --end.");
            }
        });
        command.SetAction((parsed, cancellationToken) => DrawCommands.GuardAsync(() =>
        {
            IReadOnlyList<PlannedWave> waves = parsed.GetValue(file) is { } path
                ? WaveFile.Read(File.ReadLines(path))
                : [new PlannedWave(0, parsed.GetValue(count)!.Value, parsed.GetValue(sale), parsed.GetValue(start), parsed.GetValue(end))];
            return control.RunAsync(
                parsed, (client, header) => GrantAsync(client, header, parsed.GetValue(draw), waves, cancellationToken), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> GrantAsync(
        TxCoreClient client, ControlHeader header, uint draw, IReadOnlyList<PlannedWave> waves, CancellationToken cancellationToken)
    {
        var granted = (await client.DrawStateAsync(draw, cancellationToken)).Waves;
        ushort next = (ushort)(granted.Length + 1);
        foreach (var wave in waves)
        {
            if (wave.Wave != 0 && wave.Wave < next)
            {
                if (!wave.Is(granted[wave.Wave - 1]))
                {
                    await Console.Error.WriteLineAsync($"Wave {wave.Wave} is there already, and it is another one; nothing more was sent.");
                    return 1;
                }

                Console.WriteLine($"Wave {wave.Wave}: there already");
                continue;
            }

            if (wave.Wave > next)
            {
                await Console.Error.WriteLineAsync($"Wave {wave.Wave} does not follow: the next one is {next}. Nothing more was sent.");
                return 1;
            }

            var message = new DrawWave(default, header, draw, next, wave.Count, wave.Sale, wave.StartsAt, wave.EndsAt);
            if (!ControlClient.Tell($"Wave {next}: ", await client.DrawWaveAsync(message, cancellationToken)))
            {
                return 1;
            }

            // The state lags behind by up to half a second; what was accepted here counts at once.
            next++;
        }

        return 0;
    }
}
