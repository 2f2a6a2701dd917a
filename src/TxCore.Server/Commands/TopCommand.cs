using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TxCore.Diagnostics;
using TxCore.Server.Hosting;

namespace TxCore.Server.Commands;

/// <summary><c>txcore top</c>: a live view of a running server. Without a terminal it prints one frame after another.</summary>
internal static class TopCommand
{
    private const int WidthWithoutTerminal = 100;

    public static Command Create()
    {
        var admin = StatusCommand.AdminOption();
        var interval = new Option<string>("--interval")
        {
            Description = "Time between looks, as 500ms, 1s or 1m",
            DefaultValueFactory = static _ => "1s",
            HelpName = "time",
        };
        interval.Validators.Add(static result =>
        {
            string text = result.GetValueOrDefault<string>();
            if (!TryParseInterval(text, out _))
            {
                result.AddError($"--interval is '{text}'; it must be from 100ms to 10m, for example 500ms, 1s or 1m.");
            }
        });
        var once = new Option<bool>("--once") { Description = "Prints one frame, of one interval, and ends" };
        var command = new Command("top", "Shows what a running server does: rates, stages, refusals, ring, PostgreSQL. Disturbs no other reader.")
        {
            admin, interval, once,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var between = TryParseInterval(parsed.GetValue(interval)!, out var wanted) ? wanted : TimeSpan.FromSeconds(1);
            return RunAsync(parsed.GetValue(admin)!, between, parsed.GetValue(once), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string admin, TimeSpan interval, bool once, CancellationToken cancellationToken)
    {
        using var probe = new TopProbe(admin);
        try
        {
            // The first look begins the interval: what came before it is the server's whole life.
            await probe.LookAsync(cancellationToken);
            await Task.Delay(interval, cancellationToken);
            if (once || Console.IsOutputRedirected)
            {
                await PrintAsync(probe, interval, once, cancellationToken);
            }
            else
            {
                await ShowAsync(probe, interval, cancellationToken);
            }

            return (int)ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Ok;
        }
        catch (Exception fault) when (TopProbe.IsAbsence(fault))
        {
            await Console.Error.WriteLineAsync($"No server answers on {admin}: {fault.Message}");
            return 1;
        }
    }

    private static async Task PrintAsync(TopProbe probe, TimeSpan interval, bool once, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Interactive = InteractionSupport.No });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        while (true)
        {
            console.Write(TopView.Render(await probe.LookAsync(cancellationToken)));
            if (once)
            {
                return;
            }

            await Task.Delay(interval, cancellationToken);
        }
    }

    /// <summary>Draws in place until interrupted; a server that goes away is waited for.</summary>
    private static Task ShowAsync(TopProbe probe, TimeSpan interval, CancellationToken cancellationToken) =>
        AnsiConsole.Live(new Text("")).StartAsync(async live =>
        {
            while (true)
            {
                try
                {
                    live.UpdateTarget(TopView.Render(await probe.LookAsync(cancellationToken)));
                }
                catch (Exception fault) when (TopProbe.IsAbsence(fault) && !cancellationToken.IsCancellationRequested)
                {
                    live.UpdateTarget(new Text($"No server answers on {probe.Address}: {fault.Message}"));
                }

                await Task.Delay(interval, cancellationToken);
            }
        });

    private static bool TryParseInterval(string text, out TimeSpan interval)
    {
        (string unit, double milliseconds) = text.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 1)
            : text.EndsWith('m') ? ("m", 60_000)
            : text.EndsWith('s') ? ("s", 1000)
            : ("", 1000);
        bool isNumber = double.TryParse(text.AsSpan(0, text.Length - unit.Length), CultureInfo.InvariantCulture, out double number);
        double length = isNumber ? number * milliseconds : 0;
        bool isAllowed = length is >= 100 and <= 600_000;
        interval = isAllowed ? TimeSpan.FromMilliseconds(length) : default;
        return isAllowed;
    }
}

/// <summary>What one look at a server found.</summary>
internal sealed record TopFrame(string Address, bool IsReady, string Readiness, IReadOnlyList<ShardInterval> Shards);

/// <summary>Asks a server for the time since the last look, as a reader of its own.</summary>
internal sealed class TopProbe(string address) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly string _reader = $"top-{Environment.MachineName}-{Environment.ProcessId}";

    public string Address => address;

    /// <summary>True for what a server that is not there gives rise to.</summary>
    public static bool IsAbsence(Exception fault) => fault is HttpRequestException or TaskCanceledException or UriFormatException or JsonException;

    public async Task<TopFrame> LookAsync(CancellationToken cancellationToken)
    {
        using var ready = await _http.GetAsync($"http://{address}/health/ready", cancellationToken);
        string readiness = (await ready.Content.ReadAsStringAsync(cancellationToken)).Trim();
        var present = await ReadAsync("status", AdminJson.Default.ShardStatusArray, cancellationToken);
        var shards = new List<ShardInterval>();
        foreach (var shard in present)
        {
            string name = _reader[..Math.Min(_reader.Length, AdminEndpoints.ReaderNameMax)];
            shards.Add(await ReadAsync(
                $"interval?shard={shard.Shard}&reader={Uri.EscapeDataString(name)}", AdminJson.Default.ShardInterval, cancellationToken));
        }

        return new TopFrame(address, ready.IsSuccessStatusCode, readiness, shards);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> ReadAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using var body = await _http.GetStreamAsync($"http://{address}/{path}", cancellationToken);
        return await JsonSerializer.DeserializeAsync(body, type, cancellationToken) ?? throw new JsonException($"/{path} is empty.");
    }
}
