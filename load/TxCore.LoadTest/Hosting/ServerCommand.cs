using System.Diagnostics;

namespace TxCore.LoadTest.Hosting;

/// <summary>What a command of the server's program ended with.</summary>
internal sealed record CommandEnd(int ExitCode, string Output);

/// <summary>Runs a command of the server's program to its end, as a person at the console would.</summary>
internal static class ServerCommand
{
    public static async Task<CommandEnd> RunAsync(string connectionString, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ServerProgram.FindRuntime(), ["exec", ServerProgram.Find(), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["TXCORE_CONNECTION"] = connectionString;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CommandEnd(process.ExitCode, $"{await output}{await errors}".Trim());
    }
}
