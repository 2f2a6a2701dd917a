using System.Diagnostics;
using System.Text;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>A short-lived child process whose output is collected: <c>initdb</c>, <c>npm</c>, version questions.</summary>
internal static class ChildCommand
{
    internal readonly record struct Outcome(int ExitCode, string Output);

    /// <summary>Runs the command to its end; on cancellation the whole tree is killed. A file that cannot be started gives exit code 127.</summary>
    internal static async Task<Outcome> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return new Outcome(127, exception.Message);
        }

        process.StandardInput.Close();
        return await CollectAsync(process, cancellationToken);
    }

    /// <summary>A start of the file with these arguments, without a window and without the caller's PG* variables, in plain English.</summary>
    internal static ProcessStartInfo Prepare(string fileName, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(fileName, arguments) { UseShellExecute = false, CreateNoWindow = true };
        foreach (string name in start.Environment.Keys.Where(IsPostgresVariable).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static bool IsPostgresVariable(string name) =>
        name.StartsWith("PG", StringComparison.Ordinal) && name.AsSpan(2).IndexOfAnyExceptInRange('A', 'Z') < 0;

    private static async Task<Outcome> CollectAsync(Process process, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            output.Append(await process.StandardOutput.ReadToEndAsync(cancellationToken));
            output.Append(await error);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Outcome(process.ExitCode, output.ToString().Trim());
    }
}
