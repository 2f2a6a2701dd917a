using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>The server under test as a process of its own, as in production. Disposal drains it, and kills it when it does not end.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    // Linux and the BSDs number these two differently.
    private static readonly int Stop = OperatingSystem.IsLinux() ? 19 : 17;
    private static readonly int Continue = OperatingSystem.IsLinux() ? 18 : 19;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ProcessOutput _output;

    private ServerProcess(Process process)
    {
        _process = process;
        _output = new ProcessOutput(process);
    }

    /// <summary>Where it serves transactions.</summary>
    public ServerAddress Address { get; private set; } = null!;

    /// <summary>Its admin port: health and stage latencies.</summary>
    public Uri AdminAddress { get; private set; } = null!;

    /// <summary>The operating system's number of the process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its exit code once it was stopped; null before, or when it had to be killed.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The last lines it wrote, for a report of what went wrong.</summary>
    public string OutputTail => _output.Tail();

    /// <summary>Starts the server and returns once it says that it serves.</summary>
    /// <param name="identity">The shard it serves.</param>
    /// <param name="connectionString">The shard's database, as its writer.</param>
    /// <param name="dataDirectory">Its keys and anchor file.</param>
    /// <param name="listenPort">The port it takes terminals on: one that comes back after a kill needs the same again; 0 for any.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="arguments">Further options of <c>serve</c>.</param>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message ends with what it wrote.</exception>
    public static async Task<ServerProcess> StartAsync(
        ShardIdentity identity, string connectionString, string dataDirectory, int listenPort, CancellationToken cancellationToken,
        params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ServerProgram.FindRuntime())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = dataDirectory,
            ArgumentList =
            {
                "exec", ServerProgram.Find(), "serve", "--listen", $"127.0.0.1:{listenPort}", "--admin", "127.0.0.1:0",
                "--shard", $"{identity.Shard}", "--channel", identity.Channel.ToString().ToLowerInvariant(), "--data", dataDirectory,
            },
        };

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // In the environment, not among the arguments: those are shown to everybody on the machine.
        start.Environment["TXCORE_CONNECTION"] = connectionString;
        var server = new ServerProcess(Process.Start(start)!);
        try
        {
            await server.WaitUntilReadyAsync(identity, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The most memory it had resident, in bytes; 0 where the system does not tell.</summary>
    public long MemoryBytesMax()
    {
        const string label = "VmHWM:";
        string path = $"/proc/{_process.Id}/status";
        try
        {
            string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith(label, StringComparison.Ordinal)) : null;
            return line is null ? 0 : long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            // It ended between the two looks.
            return 0;
        }
    }

    /// <summary>Ends it at once (SIGKILL): nothing of it runs any more when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        ExitCode = _process.ExitCode;
    }

    /// <summary>Freezes it (SIGSTOP): its connections stay open and nothing answers.</summary>
    public void Freeze() => _ = SendSignal(_process.Id, Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _ = SendSignal(_process.Id, Continue);

    /// <summary>Waits for it to end by itself; its exit code, or null when it did not in time.</summary>
    public async Task<int?> EndsAsync(TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            return ExitCode = _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Asks it to drain and waits for its end; kills it when that takes too long.</summary>
    public async Task StopAsync()
    {
        if (ExitCode is not null)
        {
            return;
        }

        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows())
            {
                _process.Kill();
            }
            else
            {
                _ = SendSignal(_process.Id, Terminate);
            }
        }

        using var timeout = new CancellationTokenSource(DrainTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            ExitCode = _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(ShardIdentity identity, CancellationToken cancellationToken)
    {
        var exited = _process.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(_output.Ready, exited, Task.Delay(StartTimeout, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (first != _output.Ready)
        {
            string reason = first == exited ? $"ended with code {_process.ExitCode} while it started" : $"was not ready within {StartTimeout}";
            throw new InvalidOperationException($"The server {reason}. It wrote:{Environment.NewLine}{_output.Tail()}");
        }

        var ready = await _output.Ready;
        Address = new ServerAddress(ready.Listen.Host, ready.Listen.Port, identity);
        AdminAddress = ready.Admin;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
