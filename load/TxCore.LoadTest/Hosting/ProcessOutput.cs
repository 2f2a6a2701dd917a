using System.Diagnostics;

namespace TxCore.LoadTest.Hosting;

/// <summary>The line a server writes once it serves: <c>READY listen=HOST:PORT admin=HOST:PORT shard=N channel=NAME</c>.</summary>
internal sealed record ReadyLine(Uri Listen, Uri Admin)
{
    public static ReadyLine? TryParse(string line)
    {
        if (!line.StartsWith("READY ", StringComparison.Ordinal))
        {
            return null;
        }

        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return fields.TryGetValue("listen", out string? listen) && fields.TryGetValue("admin", out string? admin)
            && Uri.TryCreate($"tcp://{listen}", UriKind.Absolute, out var listenAddress)
            && Uri.TryCreate($"http://{admin}", UriKind.Absolute, out var adminAddress)
            ? new ReadyLine(listenAddress, adminAddress)
            : null;
    }
}

/// <summary>Reads what a server writes, always, so that a full pipe never stops it; keeps the last lines.</summary>
internal sealed class ProcessOutput
{
    private const int LinesKept = 50;

    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<ReadyLine> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Take(line.Data, mayBeReady: true);
        process.ErrorDataReceived += (_, line) => Take(line.Data, mayBeReady: false);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Completes when the server says that it serves.</summary>
    public Task<ReadyLine> Ready => _ready.Task;

    /// <summary>The last lines written.</summary>
    public string Tail()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }

    private void Take(string? line, bool mayBeReady)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }

        if (mayBeReady && ReadyLine.TryParse(line) is { } ready)
        {
            _ready.TrySetResult(ready);
        }
    }
}
