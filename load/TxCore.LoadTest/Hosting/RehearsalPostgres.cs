using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A private PostgreSQL for a run, with a database for each shard. It can be killed and comes back; disposal leaves nothing behind.</summary>
internal sealed class RehearsalPostgres : IAsyncDisposable
{
    private const int DaysAhead = 3;

    /// <summary>Half a gigabyte: what some minutes at 2,000 transactions a second write, until a checkpoint gives the files back.</summary>
    private const int LogFilesAheadMax = 32;

    private readonly PrivatePostgresServer _server;

    private RehearsalPostgres(PrivatePostgresServer server) => _server = server;

    /// <summary>The directory whose disk every commit goes to.</summary>
    public string DataDirectory => _server.DataDirectory;

    /// <summary>Starts it. Log files are made ahead for the time of a load whose latency is measured, as a server has them that runs for a while.</summary>
    /// <exception cref="PostgresNotFoundException">There is no PostgreSQL; the message names the command that mends it.</exception>
    public static async Task<RehearsalPostgres> StartAsync(
        CancellationToken cancellationToken, PrivatePostgresOptions? options = null, TimeSpan measured = default) =>
        new(await PrivatePostgresServer.StartAsync(
            (options ?? new PrivatePostgresOptions()) with { LogFilesAhead = (int)Math.Min(LogFilesAheadMax, Math.Ceiling(measured.TotalSeconds / 2)) },
            cancellationToken));

    /// <summary>Makes the database of a shard, marked as a rehearsal, with the sources that may log on to it.</summary>
    public async Task<RehearsalDatabase> CreateDatabaseAsync(
        ShardIdentity identity, DateTimeOffset now, IEnumerable<SourceAccount> sources, CancellationToken cancellationToken)
    {
        // The business day may still be yesterday's: the shard's day does not begin at midnight.
        string name = $"txcore_load_{identity.Shard}";
        var firstDay = now.UtcDateTime.Date.AddDays(-1);
        int firstDayNumber = (firstDay.Year * 10_000) + (firstDay.Month * 100) + firstDay.Day;
        var provisioned = await PostgresProvisioning.CreateAsync(
            _server.SuperuserConnectionString("postgres"), identity, name, firstDayNumber, DaysAhead + 1, cancellationToken);
        var database = new RehearsalDatabase(identity, provisioned.WriterConnectionString, _server.SuperuserConnectionString(name));
        await RehearsalMark.SetAsync(provisioned.OwnerConnectionString, cancellationToken);
        await using var registry = new SourceRegistry(database.WriterConnectionString, identity);
        await registry.AddSourcesAsync(sources.Select(source => source.ToRecord(identity.Channel)), cancellationToken);
        return database;
    }

    /// <summary>Ends all its processes at once (SIGKILL), as a power cut would.</summary>
    public Task KillAsync() => _server.KillAsync();

    /// <summary>Freezes all its processes (SIGSTOP): connections stay open and nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => _server.PauseAsync(cancellationToken);

    /// <summary>Lets them go on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => _server.ResumeAsync(cancellationToken);

    /// <summary>False once it has ended, by itself or not.</summary>
    public bool IsRunning => _server.PostmasterProcessId is not null;

    /// <summary>Starts it again on the same data and port.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => _server.RestartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>The database of one shard.</summary>
/// <param name="Identity">The shard.</param>
/// <param name="WriterConnectionString">For the server under test.</param>
/// <param name="CheckConnectionString">For the check afterwards, which does not go through the server or its role.</param>
internal sealed record RehearsalDatabase(ShardIdentity Identity, string WriterConnectionString, string CheckConnectionString);
