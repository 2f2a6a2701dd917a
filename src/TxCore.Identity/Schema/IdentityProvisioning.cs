using System.Security.Cryptography;
using Npgsql;

namespace TxCore.Identity.Schema;

/// <summary>A database made by <see cref="IdentityProvisioning"/>.</summary>
/// <param name="Owner">Connection string for migrations and the change of the master key.</param>
/// <param name="Writer">Connection string that registers, rectifies, erases and hands over.</param>
/// <param name="Reader">Connection string that looks up and answers access requests.</param>
public sealed record ProvisionedIdentity(string Owner, string Writer, string Reader);

/// <summary>
/// Makes an identity database and its three roles on a server where an administrator may do so: for tests and demonstrations. Elsewhere an
/// administrator makes them once, away from the shards, and <see cref="IdentityMigrations"/> does the rest.
/// </summary>
public static class IdentityProvisioning
{
    /// <summary>Creates database <paramref name="name"/>, roles <c>{name}_owner</c>, <c>_writer</c>, <c>_reader</c> with random passwords, and the schema.</summary>
    public static async Task<ProvisionedIdentity> CreateAsync(string adminConnectionString, string name, CancellationToken cancellationToken = default)
    {
        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false });
        await ExecuteAsync(admin, $"CREATE DATABASE {Quote(name)}", cancellationToken);
        string owner = await RoleAsync(admin, adminConnectionString, name, "owner", cancellationToken);
        string writer = await RoleAsync(admin, adminConnectionString, name, "writer", cancellationToken);
        string reader = await RoleAsync(admin, adminConnectionString, name, "reader", cancellationToken);
        await ExecuteAsync(admin, $"ALTER DATABASE {Quote(name)} OWNER TO {Quote(name + "_owner")}", cancellationToken);
        await ExecuteAsync(admin, $"REVOKE ALL ON DATABASE {Quote(name)} FROM PUBLIC", cancellationToken);
        await ExecuteAsync(admin, $"GRANT CONNECT ON DATABASE {Quote(name)} TO {Quote(name + "_writer")}, {Quote(name + "_reader")}", cancellationToken);
        await IdentityMigrations.ApplyAsync(owner, name + "_writer", name + "_reader", cancellationToken);
        return new ProvisionedIdentity(owner, writer, reader);
    }

    private static async Task<string> RoleAsync(
        NpgsqlDataSource admin, string connectionString, string database, string kind, CancellationToken cancellationToken)
    {
        string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        string role = $"{database}_{kind}";
        await ExecuteAsync(admin, $"CREATE ROLE {Quote(role)} LOGIN PASSWORD '{password}'", cancellationToken);
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = database, Username = role, Password = password }.ConnectionString;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource admin, string sql, CancellationToken cancellationToken)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);
}
