using System.Collections.Concurrent;
using System.Diagnostics;

namespace TxCore.Server.Tests.Processes;

/// <summary>The built server as a child process: its output is read line by line, and it never outlives its owner.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private const int LinesKept = 400;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ServerProgram(Process process, Action<string>? onOutput)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data, onOutput);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data, null);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where the built server lies, with the files that come with it.</summary>
    public static string Folder => Path.GetDirectoryName(AssemblyPath())!;

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _output);

    /// <summary>The end of the log.</summary>
    public string Log => string.Join('\n', _errors);

    /// <summary>Completes when the process has ended and all it wrote was read.</summary>
    public Task Exited => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts <c>txcore</c> with arguments; the variables of TxCore that surround the tests are not handed on.</summary>
    public static ServerProgram Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, Action<string>? onOutput = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", AssemblyPath(), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("TXCORE_", StringComparison.Ordinal) && name != "TXCORE_PG_BIN").ToArray())
        {
            start.Environment.Remove(name);
        }

        // These servers live for seconds: to profile their code costs more than it brings, and so does compiling again what is called
        // less than some thousand times (the number is hexadecimal). What a load runs through is compiled again all the same.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "1000";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ServerProgram(new Process { StartInfo = start }, onOutput);
    }

    /// <summary>Waits for the end and returns the exit code; fails with the log when it does not come in time.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan? timeout = null)
    {
        try
        {
            await Exited.WaitAsync(timeout ?? TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The server did not end. Its log:\n{Log}");
        }

        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    public void Signal(int signal) => Signals.Send(ProcessId, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    /// <summary>The server's assembly: built with the tests, in the same configuration and for the same framework.</summary>
    private static string AssemblyPath()
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent!;
        string root = configuration.Parent!.Parent!.Parent!.Parent!.FullName;
        string path = Path.Combine(root, "src", "TxCore.Server", "bin", configuration.Name, framework.Name, "TxCore.Server.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The server was not built with the tests.", path);
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (lines.Count > LinesKept)
        {
            lines.TryDequeue(out _);
        }

        onLine?.Invoke(line);
    }
}
