using System.Security.Cryptography;
using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>A database of one shard, made for one test.</summary>
internal sealed class ShardDatabase
{
    public static readonly ShardIdentity Identity = new(3, Channel.Retail);

    private ShardDatabase(string superuser, ProvisionedDatabase provisioned) => (Superuser, Provisioned) = (superuser, provisioned);

    public string Superuser { get; }

    public ProvisionedDatabase Provisioned { get; }

    public string Writer => Provisioned.WriterConnectionString;

    public static async Task<ShardDatabase> CreateAsync(PostgresFixture fixture)
    {
        var server = await fixture.GetServerAsync();
        return await CreateAsync(server.SuperuserConnectionString("postgres"));
    }

    public static async Task<ShardDatabase> CreateAsync(string adminConnectionString)
    {
        string name = $"shard_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var provisioned = await PostgresProvisioning.CreateAsync(
            adminConnectionString, Identity, name, SyntheticEntries.FirstDay, 3, TestContext.Current.CancellationToken);
        var superuser = new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = name, Pooling = false };
        return new ShardDatabase(superuser.ConnectionString, provisioned);
    }

    public PostgresShardStore Store() => new(Writer, Identity);

    public PostgresShardReader Reader() => new(Writer, Identity);

    public Task<VerifyReport> VerifyAsync(VerifyOptions? options = null) =>
        ChainVerifier.VerifyAsync(Writer, Identity, options ?? new VerifyOptions(), TestContext.Current.CancellationToken);

    /// <summary>Asserts that all entries made so far are stored once, and that the chain holds.</summary>
    public async Task AssertWholeAsync(SyntheticEntries entries)
    {
        var report = await VerifyAsync();
        Assert.Null(report.Fault);
        Assert.Equal((entries.LastNumber, entries.LastBatch), (report.Entries, report.Batches));
    }

    /// <summary>Ends the server processes of all writers.</summary>
    public Task EndWriterAsync() => ExecuteAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'txcore writer%'");

    /// <summary>Runs a statement as the superuser.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(Superuser, sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
