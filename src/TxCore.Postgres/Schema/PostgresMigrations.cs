using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Support;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Brings the database of a shard to the schema of this version. Run as the owner role; safe to run again and by several at once.</summary>
public static class PostgresMigrations
{
    /// <summary>The schema this version needs: the number of its newest script.</summary>
    public const int SchemaVersion = 8;

    // Any number will do, as long as every version locks the same one.
    private const long LockKey = 0x5478_436f_7265;

    /// <summary>
    /// Applies what is missing, grants the writer role its rights, gives the database its identity, and makes the partitions of
    /// <paramref name="firstDay"/> (<c>YYYYMMDD</c>) and of <paramref name="daysAhead"/> days after it.
    /// </summary>
    /// <exception cref="StoreRefusedException">
    /// The database belongs to another shard or channel, has a newer schema, a server holds the shard and the schema would change under it, or
    /// a script failed.
    /// </exception>
    public static async Task ApplyAsync(
        string ownerConnectionString, ShardIdentity identity, string writerRole, int firstDay, int daysAhead,
        CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false });
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        await RequireMigratableAsync(connection, writerRole, cancellationToken);
        await ExecuteAsync(connection, "CREATE SCHEMA IF NOT EXISTS txcore", cancellationToken);
        await ExecuteAsync(connection, "COMMENT ON SCHEMA txcore IS 'Entries of one shard of the transaction core.'", cancellationToken);
        await RunScriptsAsync(ownerConnectionString, writerRole, cancellationToken);
        await IdentifyAsync(connection, identity, cancellationToken);
        await using var partitions = new NpgsqlCommand("SELECT txcore.ensure_partitions($1, $2)", connection)
        {
            Parameters = { new() { Value = Days.ToDate(firstDay), NpgsqlDbType = NpgsqlDbType.Date }, new() { Value = daysAhead } },
        };
        await partitions.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A newer schema is left alone, and an older one as long as a server writes: it would fail on what changed.</summary>
    private static async Task RequireMigratableAsync(NpgsqlConnection connection, string writerRole, CancellationToken cancellationToken)
    {
        int? version = await DatabaseCheck.ReadVersionAsync(connection, cancellationToken);
        if (version > SchemaVersion)
        {
            throw new StoreRefusedException($"The schema is version {version}, newer than this migration, which knows {SchemaVersion}. Run the newer one.");
        }

        if (version is null or SchemaVersion)
        {
            return;
        }

        // A writer confirms every second; its sessions are told apart from those of tools by that.
        const string sql = """
            SELECT s.confirmed_at > clock_timestamp() - interval '5 seconds'
                   AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.usename = $1)
              FROM txcore.shard s WHERE s.writer IS NOT NULL
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = writerRole, NpgsqlDbType = NpgsqlDbType.Name } } };
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            throw new StoreRefusedException(
                $"A server holds the shard, and the schema would change from version {version} to {SchemaVersion} under it. Stop it first (SIGTERM: it drains), "
                + "then migrate, then start the new version.");
        }
    }

    private static async Task RunScriptsAsync(string ownerConnectionString, string writerRole, CancellationToken cancellationToken)
    {
        // The runner's interface is synchronous; the pool thread it blocks belongs to a migration, never to a server that takes transactions.
        var result = await Task.Run(() => Upgrader(ownerConnectionString, writerRole).PerformUpgrade(), cancellationToken);
        if (!result.Successful)
        {
            throw new StoreRefusedException($"Schema script {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
        }
    }

    private static UpgradeEngine Upgrader(string ownerConnectionString, string writerRole) => DeployChanges.To
        .PostgresqlDatabase(ownerConnectionString)
        .JournalToPostgresqlTable("txcore", "schema_script")
        .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith('0'))
        .WithScriptsEmbeddedInAssembly(
            Assembly.GetExecutingAssembly(), name => name.StartsWith('9'),
            new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = 200 })
        .WithScript(CodeNames.ScriptName, CodeNames.Script(), new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = 300 })
        .WithVariable("writer", new NpgsqlCommandBuilder().QuoteIdentifier(writerRole))
        .WithTransactionPerScript()
        .LogTo(new NoOpUpgradeLog())
        .Build();

    private static async Task IdentifyAsync(NpgsqlConnection connection, ShardIdentity identity, CancellationToken cancellationToken)
    {
        const string sql = """
            INSERT INTO txcore.shard (shard, channel, row_format, schema_version) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """;
        await using var insert = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = identity.Shard }, new() { Value = (short)identity.Channel },
                new() { Value = RowFormat.Version }, new() { Value = SchemaVersion },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var read = new NpgsqlCommand("SELECT shard, channel FROM txcore.shard", connection);
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            ServerCheck.RequireIdentity(identity, reader.GetInt16(0), reader.GetInt16(1));
        }

        await ExecuteAsync(
            connection, $"UPDATE txcore.shard SET schema_version = {SchemaVersion} WHERE schema_version < {SchemaVersion}", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
