using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Connections for reading rows: a small pool, the planner set for look-ups, the identity of the database checked on each.</summary>
internal static class ReaderSource
{
    private const int ConnectionsMax = 4;

    public static NpgsqlDataSource Create(string connectionString, ShardIdentity identity)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = true,
            Multiplexing = false,
            Enlist = false,
            MaxPoolSize = ConnectionsMax,
            TcpKeepAlive = true,
            ReadBufferSize = 64 * 1024,
        };
        settings.Options = $"{settings.Options} {RowSelect.SessionOptions}".Trim();
        settings.ApplicationName ??= $"txcore reader {identity.Shard}";
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections of the reader are opened asynchronously."),
            connection => CheckIdentityAsync(connection, identity));
        return builder.Build();
    }

    private static async Task CheckIdentityAsync(NpgsqlConnection connection, ShardIdentity identity)
    {
        await using var command = new NpgsqlCommand("SELECT shard, channel FROM txcore.shard", connection);
        await using var row = await command.ExecuteReaderAsync();
        if (!await row.ReadAsync())
        {
            throw new StoreRefusedException("The database has no shard row: run the migration first.");
        }

        ServerCheck.RequireIdentity(identity, row.GetInt16(0), row.GetInt16(1));
    }
}
