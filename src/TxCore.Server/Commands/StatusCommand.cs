using System.CommandLine;
using TxCore.Diagnostics;

namespace TxCore.Server.Commands;

/// <summary><c>txcore status</c>: asks a running server on its admin address.</summary>
internal static class StatusCommand
{
    /// <summary>Where a running server is asked.</summary>
    public static Option<string> AdminOption() => new("--admin")
    {
        Description = "Admin address of the server",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_ADMIN") ?? "127.0.0.1:7480",
    };

    public static Command Create()
    {
        var admin = AdminOption();
        var command = new Command("status", "Shows the state of a running server as JSON; exit code 0 when it is ready.") { admin };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            string address = $"http://{parsed.GetValue(admin)}";
            try
            {
                Console.WriteLine(await http.GetStringAsync($"{address}/status", cancellationToken));
                using var ready = await http.GetAsync($"{address}/health/ready", cancellationToken);
                Console.Write(await ready.Content.ReadAsStringAsync(cancellationToken));
                return ready.IsSuccessStatusCode ? (int)ExitCode.Ok : 1;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or UriFormatException)
            {
                Console.Error.WriteLine($"No server answers on {address}: {fault.Message}");
                return 1;
            }
        });
        return command;
    }
}
