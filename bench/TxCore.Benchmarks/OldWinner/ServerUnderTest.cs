using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TxCore.Storage;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>The server as a process of its own, started, killed and started again on one port. Disposal kills it.</summary>
internal sealed class ServerUnderTest(ShardIdentity identity, string connectionString, string dataDirectory) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);
    private readonly Queue<string> _lines = new();
    private Process? _process;
    private TaskCompletionSource<int> _ready = new();

    /// <summary>Its port on loopback; the same after a restart.</summary>
    public int Port { get; private set; }

    /// <summary>From the start of the process to READY, of each start.</summary>
    public List<TimeSpan> Starts { get; } = [];

    /// <summary>Largest resident memory of any of its processes, as the kernel kept it, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Resident memory when last looked at, in bytes.</summary>
    public long ResidentBytes { get; private set; }

    public async Task StartAsync()
    {
        long started = Stopwatch.GetTimestamp();
        _ready = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(FindRuntime())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = dataDirectory,
            ArgumentList =
            {
                "exec", Path.Combine(AppContext.BaseDirectory, "server", "TxCore.Server.dll"), "serve", "--listen", $"127.0.0.1:{Port}", "--admin",
                "127.0.0.1:0", "--shard", $"{identity.Shard}", "--channel", $"{identity.Channel}", "--data", dataDirectory,
            },
        };
        start.Environment["TXCORE_CONNECTION"] = connectionString;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (await Task.WhenAny(_ready.Task, _process.WaitForExitAsync(), Task.Delay(StartTimeout)) != _ready.Task)
        {
            throw new InvalidOperationException($"The server did not get ready. It wrote:{Environment.NewLine}{Tail()}");
        }

        Port = await _ready.Task;
        Starts.Add(Stopwatch.GetElapsedTime(started));
    }

    /// <summary>SIGKILL; nothing of the server runs any more when this returns.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } running)
        {
            return;
        }

        Measure();
        running.Kill();
        await running.WaitForExitAsync();
        running.Dispose();
        _process = null;
    }

    /// <summary>Reads its resident memory, present and largest.</summary>
    public void Measure()
    {
        foreach (string line in File.ReadLines($"/proc/{_process!.Id}/status"))
        {
            var fields = line.Split([':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields[0] is "VmRSS" or "VmHWM")
            {
                long bytes = 1024 * long.Parse(fields[1], CultureInfo.InvariantCulture);
                (ResidentBytes, PeakBytes) = fields[0] == "VmRSS" ? (bytes, PeakBytes) : (ResidentBytes, Math.Max(PeakBytes, bytes));
            }
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 50)
            {
                _lines.Dequeue();
            }
        }

        if (line.StartsWith("READY listen=", StringComparison.Ordinal))
        {
            _ready.TrySetResult(IPEndPoint.Parse(line.Split(' ')[1]["listen=".Length..]).Port);
        }
    }

    private string Tail()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }

    /// <summary>The <c>dotnet</c> that runs this program, whether or not it is on the PATH.</summary>
    private static string FindRuntime()
    {
        // The runtime's directory is <root>/shared/Microsoft.NETCore.App/<version>/.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
