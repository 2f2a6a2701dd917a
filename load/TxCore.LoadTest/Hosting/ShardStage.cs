using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A shard on the stage: its database, its server process, which can be killed and comes back, and its logged-on sources.</summary>
internal sealed class ShardStage : IAsyncDisposable
{
    private const int LogonsAtOnce = 8;

    private readonly TemporaryDirectory _directory = new();
    private readonly ConnectionSet _connections = new();
    private readonly int _port = ListenPort.Pick();
    private ServerProcess? _server;

    private ShardStage(RehearsalDatabase database) => Database = database;

    public RehearsalDatabase Database { get; }

    public ShardIdentity Identity => Database.Identity;

    /// <summary>The channel, as commands and reports name it.</summary>
    public string Name => Identity.Channel.ToString().ToLowerInvariant();

    /// <summary>Keys and anchor file of the server, and files of the run.</summary>
    public string DataDirectory => _directory.FullPath;

    /// <summary>The clients, in the order of their accounts.</summary>
    public IReadOnlyList<TxCoreClient> Clients => _connections.Clients;

    /// <summary>Where the server serves.</summary>
    public ServerAddress Address => _server!.Address;

    /// <summary>Its admin port; another one after each kill.</summary>
    public Uri AdminAddress => _server!.AdminAddress;

    /// <summary>Tells when answers come again after a kill.</summary>
    public AnswerWatch Watch { get; } = new();

    /// <summary>How often clients had to connect again.</summary>
    public long Reconnects { get; private set; }

    /// <summary>Most memory that one of the shard's server processes had, in bytes; 0 where the system does not tell.</summary>
    public long ServerMemoryBytesMax { get; private set; }

    /// <summary>Makes the database and starts the server.</summary>
    public static async Task<ShardStage> StartAsync(
        ShardIdentity identity, RehearsalPostgres postgres, IEnumerable<SourceAccount> sources, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stage = new ShardStage(await postgres.CreateDatabaseAsync(identity, now, sources, cancellationToken));
        try
        {
            await stage.StartServerAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Logs sources on.</summary>
    public Task ConnectAsync(IReadOnlyList<SourceAccount> sources, TimeSpan answerTimeout, CancellationToken cancellationToken) =>
        _connections.ConnectAsync(sources, Address, answerTimeout, LogonsAtOnce, cancellationToken);

    /// <summary>Kills the server.</summary>
    public Task KillServerAsync()
    {
        NoteMemory();
        return _server!.KillAsync();
    }

    /// <summary>Starts the server on the same database and port, at first and after a kill.</summary>
    public async Task StartServerAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _server = await ServerProcess.StartAsync(Identity, Database.WriterConnectionString, DataDirectory, _port, cancellationToken);
    }

    /// <summary>Logs everybody off and drains the server: what it still has to write must be there when the check looks.</summary>
    public async Task EndAsync()
    {
        Reconnects = Clients.Sum(client => (long)client.ReconnectCount);
        await _connections.DisposeAsync();
        NoteMemory();
        await _server!.StopAsync();
    }

    /// <summary>The rule that the server ended well.</summary>
    public CheckResult ServerEnd() => new(
        "the server drained and ended with code 0", _server?.ExitCode == 0 ? 0 : 1,
        _server?.ExitCode == 0 ? [] : [$"exit code {_server?.ExitCode?.ToString() ?? "none, it was killed"}; it wrote: {_server?.OutputTail}"]);

    /// <summary>The rule that a command of the server's program on the shard's database ends with code 0.</summary>
    public async Task<CheckResult> CommandAsync(string rule, CancellationToken cancellationToken, params string[] arguments)
    {
        var end = await ServerCommand.RunAsync(
            Database.WriterConnectionString, cancellationToken, [.. arguments, "--shard", $"{Identity.Shard}", "--channel", Name]);
        return new CheckResult(rule, end.ExitCode == 0 ? 0 : 1, end.ExitCode == 0 ? [] : [$"exit code {end.ExitCode}: {end.Output}"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Dispose();
    }

    private void NoteMemory() => ServerMemoryBytesMax = Math.Max(ServerMemoryBytesMax, _server?.MemoryBytesMax() ?? 0);
}
