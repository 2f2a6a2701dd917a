using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// What must hold on every connection before a row is written through it: the database is that of the shard, and a commit that
/// returns is on disk (design promises 1 and 10). Each refusal names what is wrong and the command that puts it right.
/// </summary>
internal static class ServerCheck
{
    /// <summary>One row: settings, state, backend, and the identity the database carries.</summary>
    public const string Sql = """
        SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
               current_setting('synchronous_standby_names'), pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
               pg_backend_pid(), (SELECT a.backend_start FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()), current_user::text,
               s.shard, s.channel, s.schema_version
          FROM txcore.shard s
        """;

    /// <summary>
    /// Settings a writer's connection asks for, over what its role or database is configured with: a time limit would cancel a COMMIT, a higher
    /// message level would hide the warning of one that was not replicated, and a wait for the shard's row without end would not be told.
    /// </summary>
    public const string SessionOptions =
        "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=10s -c client_min_messages=warning";

    /// <summary>Checks the row of <see cref="Sql"/>.</summary>
    /// <exception cref="StoreRefusedException">Something must be put right by an administrator.</exception>
    /// <exception cref="ReadOnlyServerException">The server is a standby at the moment.</exception>
    public static void Require(NpgsqlDataReader row, ShardIdentity identity)
    {
        RequireIdentity(identity, row.GetInt16(8), row.GetInt16(9));
        RequireOn("fsync", row.GetString(0));
        RequireOn("full_page_writes", row.GetString(1));
        RequireSynchronousCommit(row.GetString(2), row.GetString(3), row.GetString(7));
        if (row.GetInt32(10) < PostgresMigrations.SchemaVersion)
        {
            throw new StoreRefusedException(
                $"The schema is version {row.GetInt32(10)} and this server needs {PostgresMigrations.SchemaVersion}: run its migration first.");
        }

        if (row.GetBoolean(4))
        {
            throw new ReadOnlyServerException();
        }
    }

    /// <summary>Refuses a database of another shard or channel.</summary>
    public static void RequireIdentity(ShardIdentity identity, short shard, short channel)
    {
        if (shard != identity.Shard || channel != (short)identity.Channel)
        {
            throw new StoreRefusedException(
                $"The database belongs to shard {shard}, channel {(Channel)channel}; " +
                $"this server is shard {identity.Shard}, channel {identity.Channel}. Check that the connection strings of the shards are not swapped.");
        }
    }

    private static void RequireOn(string setting, string value)
    {
        if (value != "on")
        {
            throw new StoreRefusedException(
                $"PostgreSQL runs with {setting} = {value}: an answered transaction could be lost. " +
                $"ALTER SYSTEM SET {setting} = on; SELECT pg_reload_conf();");
        }
    }

    private static void RequireSynchronousCommit(string value, string standbys, string role)
    {
        if (value == "off" || (value == "local" && standbys.Length > 0))
        {
            throw new StoreRefusedException(
                $"PostgreSQL runs with synchronous_commit = {value} for role {role}: an answered transaction could be lost. " +
                $"ALTER ROLE \"{role}\" SET synchronous_commit = on; (and look in ALTER SYSTEM, ALTER DATABASE and the connection string)");
        }
    }
}

/// <summary>The server is a standby or read-only: refused at the start, waited out during a failover.</summary>
internal sealed class ReadOnlyServerException() : Exception(
    "The server is a standby or read-only: it takes no rows until it is promoted. Connect to the primary, or SELECT pg_promote();");
