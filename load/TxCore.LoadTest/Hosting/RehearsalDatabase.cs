using Npgsql;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A private PostgreSQL with one shard, marked as a rehearsal, and the sources of the run. Disposal leaves nothing behind.</summary>
internal sealed class RehearsalDatabase : IAsyncDisposable
{
    private const string DatabaseName = "txcore_load";
    private const int DaysAhead = 3;

    private readonly PrivatePostgresServer _server;

    private RehearsalDatabase(PrivatePostgresServer server, ProvisionedDatabase database)
    {
        _server = server;
        WriterConnectionString = database.WriterConnectionString;
    }

    /// <summary>For the server under test.</summary>
    public string WriterConnectionString { get; }

    /// <summary>For the check afterwards, which does not go through the server or its role.</summary>
    public string CheckConnectionString => _server.SuperuserConnectionString(DatabaseName);

    /// <summary>The directory whose disk every commit goes to.</summary>
    public string DataDirectory => _server.DataDirectory;

    public Version PostgresVersion => _server.Version;

    /// <exception cref="PostgresNotFoundException">There is no PostgreSQL; the message names the command that mends it.</exception>
    public static async Task<RehearsalDatabase> StartAsync(
        ShardIdentity identity, DateTimeOffset now, IEnumerable<SourceAccount> sources, CancellationToken cancellationToken)
    {
        var server = await PrivatePostgresServer.StartAsync(cancellationToken: cancellationToken);
        try
        {
            // The business day may still be yesterday's: the shard's day does not begin at midnight.
            var firstDay = now.UtcDateTime.Date.AddDays(-1);
            int firstDayNumber = (firstDay.Year * 10_000) + (firstDay.Month * 100) + firstDay.Day;
            var provisioned = await PostgresProvisioning.CreateAsync(
                server.SuperuserConnectionString("postgres"), identity, DatabaseName, firstDayNumber, DaysAhead + 1, cancellationToken);
            var database = new RehearsalDatabase(server, provisioned);
            await database.MarkAsRehearsalAsync(cancellationToken);
            await using var registry = new SourceRegistry(provisioned.WriterConnectionString, identity);
            await registry.AddSourcesAsync(sources.Select(source => source.ToRecord(identity.Channel)), cancellationToken);
            return database;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task MarkAsRehearsalAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(CheckConnectionString);
        await using var command = source.CreateCommand("UPDATE txcore.shard SET rehearsal = true");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
