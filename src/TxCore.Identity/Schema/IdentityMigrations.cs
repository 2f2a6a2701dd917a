using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Support;
using Npgsql;

namespace TxCore.Identity.Schema;

/// <summary>
/// Brings the identity database to the schema of this version and gives its two roles their rights. Run as the owner role; safe to run
/// again and by several at once.
/// </summary>
public static class IdentityMigrations
{
    /// <summary>The schema this version needs: the number of its newest script.</summary>
    public const int SchemaVersion = 3;

    // Any number will do, as long as every version locks the same one.
    private const long LockKey = 0x5478_4964_656e;

    /// <summary>Applies what is missing.</summary>
    /// <param name="ownerConnectionString">Connection of the role that owns the database.</param>
    /// <param name="writerRole">Role that registers, rectifies, erases and hands over.</param>
    /// <param name="readerRole">Role that looks up and answers access requests.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IdentityRefusedException">The database is a shard's, or a script failed.</exception>
    public static async Task ApplyAsync(
        string ownerConnectionString, string writerRole, string readerRole, CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false });
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await RefuseShardAsync(connection, cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        await ExecuteAsync(connection, "CREATE SCHEMA IF NOT EXISTS person", cancellationToken);
        await ExecuteAsync(connection, "COMMENT ON SCHEMA person IS 'Identities behind the person keys; nothing of a transaction is here.'", cancellationToken);

        // The runner's interface is synchronous; the pool thread it blocks belongs to a migration.
        var result = await Task.Run(() => Upgrader(ownerConnectionString, writerRole, readerRole).PerformUpgrade(), cancellationToken);
        if (!result.Successful)
        {
            throw new IdentityRefusedException($"Schema script {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
        }

        await ExecuteAsync(connection, $"INSERT INTO person.store (schema_version) VALUES ({SchemaVersion}) ON CONFLICT DO NOTHING", cancellationToken);
        await ExecuteAsync(connection, $"UPDATE person.store SET schema_version = {SchemaVersion} WHERE schema_version < {SchemaVersion}", cancellationToken);
    }

    /// <summary>Refuses a database that is no identity store of this version.</summary>
    internal static async Task RequireStoreAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RefuseShardAsync(connection, cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT to_regclass('person.store') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
        {
            throw new IdentityRefusedException($"Database {connection.Database} is no identity store: run 'txcore identity migrate' as its owner.");
        }

        await using var version = new NpgsqlCommand("SELECT schema_version FROM person.store", connection);
        if (await version.ExecuteScalarAsync(cancellationToken) is not (int and >= SchemaVersion))
        {
            throw new IdentityRefusedException(
                $"Database {connection.Database} has an older schema than {SchemaVersion}: run 'txcore identity migrate' as its owner.");
        }
    }

    private static async Task RefuseShardAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var shard = new NpgsqlCommand("SELECT to_regnamespace('txcore') IS NOT NULL", connection);
        if (await shard.ExecuteScalarAsync(cancellationToken) is true)
        {
            throw new IdentityRefusedException(
                $"Database {connection.Database} is a shard's (it has the schema txcore). Identities are kept in a database of their own.");
        }
    }

    private static UpgradeEngine Upgrader(string ownerConnectionString, string writerRole, string readerRole) => DeployChanges.To
        .PostgresqlDatabase(ownerConnectionString)
        .JournalToPostgresqlTable("person", "schema_script")
        .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith('0'))
        .WithScriptsEmbeddedInAssembly(
            Assembly.GetExecutingAssembly(), name => name.StartsWith('9'),
            new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = 200 })
        .WithVariable("writer", new NpgsqlCommandBuilder().QuoteIdentifier(writerRole))
        .WithVariable("reader", new NpgsqlCommandBuilder().QuoteIdentifier(readerRole))
        .WithTransactionPerScript()
        .LogTo(new NoOpUpgradeLog())
        .Build();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
