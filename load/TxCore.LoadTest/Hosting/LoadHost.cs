using TxCore.LoadTest.Validation;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A server to drive and its database to look into.</summary>
internal interface ILoadHost : IAsyncDisposable
{
    /// <summary>How it is called in reports.</summary>
    string Description { get; }

    /// <summary>Where it serves.</summary>
    ServerAddress Address { get; }

    /// <summary>The database, read-only; null when it may not be looked into, and nothing is validated then.</summary>
    string? CheckConnectionString { get; }

    /// <summary>The directory of the database when its disk is on this machine; else null.</summary>
    string? DataDirectory { get; }

    /// <summary>The server's own latencies; null when they cannot be had.</summary>
    ServerStages? Stages { get; }

    /// <summary>The highest number before the run.</summary>
    long NumberBefore { get; }

    /// <summary>Ends what the host started, before the last check; a rule for how it ended, or null.</summary>
    Task<CheckResult?> EndAsync();
}

/// <summary>A private PostgreSQL and a server process of the run's own; disposal leaves nothing behind.</summary>
internal sealed class PrivateHost : ILoadHost
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RehearsalPostgres _postgres;
    private RehearsalDatabase _database = null!;

    private PrivateHost(RehearsalPostgres postgres) => _postgres = postgres;

    public string Description => "private";

    public ServerAddress Address => Server.Address;

    public string? CheckConnectionString => _database.CheckConnectionString;

    /// <summary>The database as its writer, who may enrol sources.</summary>
    public string WriterConnectionString => _database.WriterConnectionString;

    public string? DataDirectory => _postgres.DataDirectory;

    public ServerStages? Stages { get; private set; }

    public long NumberBefore => 0;

    /// <summary>The server under test.</summary>
    public ServerProcess Server { get; private set; } = null!;

    public static async Task<PrivateHost> StartAsync(
        ShardIdentity identity, IEnumerable<SourceAccount> accounts, DateTimeOffset now, CancellationToken cancellationToken, TimeSpan measured = default)
    {
        var host = new PrivateHost(await RehearsalPostgres.StartAsync(cancellationToken, measured: measured));
        try
        {
            host._database = await host._postgres.CreateDatabaseAsync(identity, now, accounts, cancellationToken);
            host.Server = await ServerProcess.StartAsync(
                identity, host._database.WriterConnectionString, host._directory.FullPath, listenPort: 0, cancellationToken);
            host.Stages = new ServerStages(() => host.Server.AdminAddress);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server still has to write must be there when the check looks, so it ends first.</summary>
    public async Task<CheckResult?> EndAsync()
    {
        await Server.StopAsync();
        bool isGood = Server.ExitCode == 0;
        return new CheckResult(
            "the server drained and ended with code 0",
            isGood ? 0 : 1,
            isGood ? [] : [$"exit code {Server.ExitCode?.ToString() ?? "none, it was killed"}; it wrote: {Server.OutputTail}"]);
    }

    public async ValueTask DisposeAsync()
    {
        Stages?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await _postgres.DisposeAsync();
        _directory.Dispose();
    }
}
