using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Looks at a database before a server starts on it, and says in one sentence what is wrong and what puts it right: it is missing, has no
/// schema, an old or a newer one, a migration that stopped halfway, or takes no writes.
/// </summary>
public static class DatabaseCheck
{
    private const string Migrate = "Run 'txcore db migrate' with the owner's connection string";

    /// <summary>Passes when the schema is this version's, whole, and can be written.</summary>
    /// <exception cref="StoreRefusedException">It is not; the message says what to do.</exception>
    public static async Task RequireUsableAsync(string connectionString, ShardIdentity identity, CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var connection = await OpenAsync(source, cancellationToken);
        var (hasShard, readOnly) = await ReadStateAsync(connection, cancellationToken);
        if (!hasShard)
        {
            throw new StoreRefusedException($"The database {connection.Database} has no schema of TxCore. {Migrate}.");
        }

        await RequireSchemaAsync(connection, identity, cancellationToken);
        if (readOnly)
        {
            throw new StoreRefusedException(
                $"The database {connection.Database} takes no writes: it is a standby, or default_transaction_read_only is on for this role, database "
                + "or server. Connect to the primary, or ALTER … RESET default_transaction_read_only.");
        }
    }

    /// <summary>The version of the schema; null when there is none, or no shard in it yet.</summary>
    internal static async Task<int?> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!(await ReadStateAsync(connection, cancellationToken)).HasShard)
        {
            return null;
        }

        await using var command = new NpgsqlCommand("SELECT schema_version FROM txcore.shard", connection);
        return (int?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InsufficientPrivilege)
        {
            string advice = fault.SqlState == PostgresErrorCodes.InvalidCatalogName
                ? $"Make it, or correct the connection string. {Migrate}."
                : "Check user and password in the connection string, and that the role may connect.";
            throw new StoreRefusedException($"The database cannot be used: {fault.MessageText}. {advice}", fault);
        }
        catch (NpgsqlException fault) when (fault is not PostgresException)
        {
            throw new StoreRefusedException($"PostgreSQL cannot be reached: {fault.InnerException?.Message ?? fault.Message}", fault);
        }
    }

    private static async Task<(bool HasShard, bool ReadOnly)> ReadStateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'txcore' AND c.relname = 'shard'),
                   pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetBoolean(0), row.GetBoolean(1));
    }

    private static async Task RequireSchemaAsync(NpgsqlConnection connection, ShardIdentity identity, CancellationToken cancellationToken)
    {
        try
        {
            const string sql = """
                SELECT s.shard, s.channel, s.schema_version, (SELECT count(*)::int FROM txcore.schema_script) FROM txcore.shard s
                """;
            await using var command = new NpgsqlCommand(sql, connection);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (!await row.ReadAsync(cancellationToken))
            {
                throw new StoreRefusedException($"A migration of the database {connection.Database} was begun and not finished: no shard is set up. {Migrate} again.");
            }

            ServerCheck.RequireIdentity(identity, row.GetInt16(0), row.GetInt16(1));
            RequireVersion(row.GetInt32(2), row.GetInt32(3));
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable)
        {
            throw new StoreRefusedException(
                $"A migration of the database {connection.Database} was begun and not finished, or it named another writer role: {fault.MessageText}. {Migrate} again.",
                fault);
        }
    }

    private static void RequireVersion(int version, int scripts)
    {
        if (version > PostgresMigrations.SchemaVersion)
        {
            throw new StoreRefusedException(
                $"The schema is version {version}, newer than this server, which knows {PostgresMigrations.SchemaVersion}. Start the version that it was migrated for.");
        }

        if (scripts > version)
        {
            throw new StoreRefusedException(
                $"A migration from schema version {version} was begun and not finished: {scripts} scripts have run. {Migrate} again.");
        }

        if (version < PostgresMigrations.SchemaVersion)
        {
            throw new StoreRefusedException(
                $"The schema is version {version}, this server needs {PostgresMigrations.SchemaVersion}. Stop the old server, then: {Migrate}.");
        }
    }
}
