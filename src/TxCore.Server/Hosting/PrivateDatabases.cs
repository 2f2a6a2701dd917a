using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Server.Options;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>A private PostgreSQL with a database for each shard, for a server that was given no connection string.</summary>
internal sealed class PrivateDatabases(PrivatePostgresServer postgres) : IAsyncDisposable
{
    private readonly Dictionary<short, string> _connections = [];

    /// <summary>The directory of the private PostgreSQL, which goes with it.</summary>
    public string InstancePath => postgres.InstancePath;

    /// <summary>Connection string of a shard's writer role.</summary>
    public string this[ShardIdentity shard] => _connections[shard.Shard];

    /// <summary>Starts PostgreSQL, in the data directory when there is one, and makes what the shards need.</summary>
    public static async Task<PrivateDatabases> StartAsync(ServerOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var settings = new PrivatePostgresOptions
        {
            ExistingDirectory = options.Data is { } data ? Path.GetFullPath(Path.Combine(data, "postgres")) : null,
        };
        var postgres = await PrivatePostgresServer.StartAsync(settings, cancellationToken);
        var databases = new PrivateDatabases(postgres);
        try
        {
            ServerEvents.PrivatePostgres(logger, postgres.Version, postgres.Port, postgres.InstancePath);
            foreach (var shard in options.Shards)
            {
                int today = options.ForShard(shard).Rules.BusinessDayOf(Sessions.ClockExtensions.GetUnixMicroseconds(clock));
                var provisioned = await PostgresProvisioning.CreateAsync(
                    postgres.SuperuserConnectionString("postgres"), shard, $"txcore_{shard.Shard}", today, options.PartitionDays, cancellationToken);
                databases._connections.Add(shard.Shard, provisioned.WriterConnectionString);
            }

            return databases;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();
}
