using System.Diagnostics;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Tests.Commands;

/// <summary>The tool as it is built, run as a person would.</summary>
internal static class BuiltTool
{
    /// <summary>Runs the built tool, beside which the server lies.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent!;
        string root = configuration.Parent!.Parent!.Parent!.Parent!.FullName;
        string tool = Path.Combine(root, "load", "TxCore.LoadTest", "bin", configuration.Name, framework.Name, "TxCore.LoadTest.dll");
        var start = new ProcessStartInfo(ServerProgram.FindRuntime(), ["exec", tool, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
