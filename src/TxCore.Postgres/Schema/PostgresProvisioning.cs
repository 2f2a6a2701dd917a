using System.Security.Cryptography;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A database made by <see cref="PostgresProvisioning"/>.</summary>
/// <param name="WriterConnectionString">For the server: adds rows, moves the shard row, cannot change what is stored.</param>
/// <param name="OwnerConnectionString">For migrations.</param>
/// <param name="WriterRole">Name of the writer role.</param>
public sealed record ProvisionedDatabase(string WriterConnectionString, string OwnerConnectionString, string WriterRole);

/// <summary>
/// Makes the database and the two roles of a shard on a server where an administrator may do so: for the private PostgreSQL, tests and
/// demonstrations. Elsewhere an administrator makes them once and <see cref="PostgresMigrations"/> does the rest.
/// </summary>
public static class PostgresProvisioning
{
    /// <summary>
    /// Creates database <paramref name="databaseName"/>, roles <c>{database}_owner_{shard}</c> and <c>{database}_writer_{shard}</c> with
    /// random passwords, and the schema with partitions for <paramref name="firstDay"/> (<c>YYYYMMDD</c>) and the days after it. A database
    /// of that name is kept; its roles get new passwords.
    /// </summary>
    public static async Task<ProvisionedDatabase> CreateAsync(
        string adminConnectionString, ShardIdentity identity, string databaseName, int firstDay, int daysAhead,
        CancellationToken cancellationToken = default)
    {
        string owner = $"{databaseName}_owner_{identity.Shard}";
        string writer = $"{databaseName}_writer_{identity.Shard}";
        string ownerPassword = NewPassword();
        string writerPassword = NewPassword();
        await using (var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false }))
        await using (var connection = await admin.OpenConnectionAsync(cancellationToken))
        {
            await EnsureRoleAsync(connection, owner, ownerPassword, cancellationToken);
            await EnsureRoleAsync(connection, writer, writerPassword, cancellationToken);
            await EnsureDatabaseAsync(connection, databaseName, owner, writer, cancellationToken);
        }

        string ownerConnection = ConnectionString(adminConnectionString, databaseName, owner, ownerPassword);
        await PostgresMigrations.ApplyAsync(ownerConnection, identity, writer, firstDay, daysAhead, cancellationToken);
        return new ProvisionedDatabase(
            ConnectionString(adminConnectionString, databaseName, writer, writerPassword), ownerConnection, writer);
    }

    private static async Task EnsureRoleAsync(NpgsqlConnection connection, string role, string password, CancellationToken cancellationToken)
    {
        string verb = await ExistsAsync(connection, "SELECT FROM pg_roles WHERE rolname = $1", role, cancellationToken) ? "ALTER" : "CREATE";
        await ExecuteAsync(connection, $"{verb} ROLE {Quote(role)} LOGIN PASSWORD '{password}'", cancellationToken);
    }

    private static async Task EnsureDatabaseAsync(
        NpgsqlConnection connection, string database, string owner, string writer, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(connection, "SELECT FROM pg_database WHERE datname = $1", database, cancellationToken))
        {
            await ExecuteAsync(connection, $"CREATE DATABASE {Quote(database)} OWNER {Quote(owner)}", cancellationToken);
        }

        await ExecuteAsync(connection, $"ALTER DATABASE {Quote(database)} OWNER TO {Quote(owner)}", cancellationToken);
        await ExecuteAsync(connection, $"REVOKE ALL ON DATABASE {Quote(database)} FROM PUBLIC", cancellationToken);
        await ExecuteAsync(connection, $"GRANT CONNECT ON DATABASE {Quote(database)} TO {Quote(writer)}", cancellationToken);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS ({sql})", connection) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string ConnectionString(string adminConnectionString, string database, string role, string password) =>
        new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = database, Username = role, Password = password }.ConnectionString;

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);
}
