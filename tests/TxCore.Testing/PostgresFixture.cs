using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Testing;

/// <summary>
/// One private PostgreSQL per test assembly, started by the first test that asks for a database. Use it with
/// <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c>.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PrivatePostgresServer>> _server = new(() => PrivatePostgresServer.StartAsync());
    private readonly ConcurrentBag<string> _directories = [];

    /// <summary>The shared server; do not kill, pause or stop it: a test that does starts a server of its own.</summary>
    public Task<PrivatePostgresServer> GetServerAsync() => _server.Value;

    /// <summary>Creates an empty database and returns the superuser's connection string to it; it goes with the server.</summary>
    /// <param name="prefix">The beginning of the database's name: lower-case letters, digits and underscores.</param>
    public async Task<string> CreateDatabaseAsync(string prefix)
    {
        PrivatePostgresServer server = await GetServerAsync();
        string database = $"{prefix}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.SuperuserConnectionString("postgres"));
        await using NpgsqlCommand create = source.CreateCommand($"CREATE DATABASE \"{database}\"");
        await create.ExecuteNonQueryAsync();
        return server.SuperuserConnectionString(database);
    }

    /// <summary>Creates a directory for keys and anchor files; it goes with the fixture.</summary>
    public string CreateDirectory()
    {
        string directory = Directory.CreateTempSubdirectory("txcore-test-").FullName;
        _directories.Add(directory);
        return directory;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string directory in _directories)
        {
            Directory.Delete(directory, recursive: true);
        }

        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            PrivatePostgresServer server = await _server.Value;
            await server.DisposeAsync();
        }
    }
}
