using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TxCore.Server.Tests.Processes;

/// <summary>Where a shard is served, as the READY line says it.</summary>
internal sealed record ReadyLine(IPEndPoint Listen, IPEndPoint Admin, short Shard, string Channel);

/// <summary>A server that serves: a real process that can be killed, frozen and told to stop.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<ReadyLine> _ready = [];
    private readonly TaskCompletionSource _allReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _shards;

    private ServerProcess(string[] arguments, IReadOnlyDictionary<string, string>? environment, int shards)
    {
        _shards = shards;
        Program = ServerProgram.Start(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", .. arguments], environment, Take);
    }

    public ServerProgram Program { get; }

    /// <summary>One line for each shard, in order.</summary>
    public IReadOnlyList<ReadyLine> Ready => _ready;

    public IPEndPoint Listen => _ready[0].Listen;

    /// <summary>Starts a server and returns once each of its shards serves; fails with the log when it ends before.</summary>
    public static async Task<ServerProcess> StartAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, int shards = 1)
    {
        var server = new ServerProcess(arguments, environment, shards);
        var first = await Task.WhenAny(server._allReady.Task, server.Program.Exited, Task.Delay(TimeSpan.FromSeconds(60)));
        if (first != server._allReady.Task)
        {
            string log = server.Program.Log;
            await server.DisposeAsync();
            Assert.Fail($"The server did not get ready. Its log:\n{log}");
        }

        return server;
    }

    /// <summary>SIGKILL: no code of the server runs any more.</summary>
    public async Task KillAsync()
    {
        Program.Kill();
        await Program.Exited;
    }

    /// <summary>SIGTERM, the order to drain; returns the exit code.</summary>
    public Task<int> TerminateAsync(TimeSpan? timeout = null)
    {
        Program.Signal(Signals.Terminate);
        return Program.ExitCodeAsync(timeout);
    }

    /// <summary>What <c>/status</c> tells of the first shard.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        string json = await Http.GetStringAsync(new Uri($"http://{_ready[0].Admin}/status"), TestContext.Current.CancellationToken);
        return JsonDocument.Parse(json).RootElement[0];
    }

    /// <summary>A counter of <c>/status</c>.</summary>
    public async Task<long> CounterAsync(string name) => (await StatusAsync()).GetProperty(name).GetInt64();

    public async ValueTask DisposeAsync() => await Program.DisposeAsync();

    private void Take(string line)
    {
        var match = Pattern().Match(line);
        if (!match.Success)
        {
            return;
        }

        _ready.Add(new ReadyLine(
            IPEndPoint.Parse(match.Groups["listen"].Value), IPEndPoint.Parse(match.Groups["admin"].Value),
            short.Parse(match.Groups["shard"].Value), match.Groups["channel"].Value));
        if (_ready.Count == _shards)
        {
            _allReady.SetResult();
        }
    }

    [GeneratedRegex(
        @"^READY listen=(?<listen>\S+) admin=(?<admin>\S+) shard=(?<shard>\d+) channel=(?<channel>\w+)$", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
