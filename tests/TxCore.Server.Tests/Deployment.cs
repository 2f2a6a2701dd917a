using System.Net;
using System.Security.Cryptography;
using Npgsql;
using TxCore.Client;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Server.Tests.Processes;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>A shard as operations set it up: its database with roles and sources, and the data directory of its server.</summary>
internal sealed class Deployment : IDisposable
{
    public const uint Administrator = 1;
    public const uint FirstTerminal = 1001;
    public const int Terminals = 24;
    public const int Window = 16;
    public const string Password = "a password for all of them";

    private Deployment(ShardIdentity identity, string superuser, ProvisionedDatabase provisioned)
    {
        (Identity, Superuser, Provisioned) = (identity, superuser, provisioned);
        Data = Directory.CreateTempSubdirectory("txcore-server-tests-").FullName;
    }

    public ShardIdentity Identity { get; }

    public ProvisionedDatabase Provisioned { get; }

    public string Writer => Provisioned.WriterConnectionString;

    public string Superuser { get; }

    public string Database => new NpgsqlConnectionStringBuilder(Superuser).Database!;

    /// <summary>Keys and anchor file of the server.</summary>
    public string Data { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Deployment> CreateAsync(PostgresFixture postgres, Channel channel = Channel.Retail) =>
        await CreateAsync(await postgres.GetServerAsync(), channel);

    public static async Task<Deployment> CreateAsync(PrivatePostgresServer postgres, Channel channel = Channel.Retail)
    {
        var identity = new ShardIdentity((short)channel, channel);
        string name = $"faults_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        int yesterday = int.Parse($"{TimeProvider.System.GetUtcNow().AddDays(-1):yyyyMMdd}");
        var provisioned = await PostgresProvisioning.CreateAsync(
            postgres.SuperuserConnectionString("postgres"), identity, name, yesterday, 3, Cancellation);
        string superuser = new NpgsqlConnectionStringBuilder(postgres.SuperuserConnectionString(name)) { Pooling = false }.ConnectionString;
        var deployment = new Deployment(identity, superuser, provisioned);
        await deployment.RegisterSourcesAsync();
        return deployment;
    }

    /// <summary>A database that exists already, with a data directory of its own.</summary>
    public static Deployment Of(ShardIdentity identity, string superuser, ProvisionedDatabase provisioned) => new(identity, superuser, provisioned);

    /// <summary>Starts a server of the shard, with the deployment's connection and data directory unless others are given.</summary>
    public Task<ServerProcess> ServeAsync(string? connection = null, string? data = null, params string[] arguments) =>
        ServerProcess.StartAsync([.. Arguments(data), .. arguments], Environment(connection));

    /// <summary>Runs <c>serve</c> where it is expected to refuse.</summary>
    public Task<CommandLine> RefusedServeAsync(string? connection = null, string? data = null) =>
        CommandLine.RunAsync(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", .. Arguments(data)], Environment(connection));

    /// <summary>Runs a command that goes to the database.</summary>
    public Task<CommandLine> RunAsync(params string[] arguments) => CommandLine.RunAsync([.. arguments, .. ShardArguments()], Environment(null));

    public Task<VerifyReport> VerifyAsync() => ChainVerifier.VerifyAsync(Writer, Identity, new VerifyOptions(), Cancellation);

    /// <summary>Runs statements as the superuser.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(sql, Superuser);

    private static async Task ExecuteAsync(string sql, string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Reads one value as the superuser.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    // From where this database can be copied and renamed.
    private string Maintenance => new NpgsqlConnectionStringBuilder(Superuser) { Database = "postgres" }.ConnectionString;

    public void Dispose() => Directory.Delete(Data, recursive: true);

    /// <summary>Copies the database, which nobody may be connected to, under another name.</summary>
    public async Task<Deployment> CopyAsync()
    {
        NpgsqlConnection.ClearAllPools();
        string copy = $"{Database}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";
        await ExecuteAsync($"CREATE DATABASE {copy} TEMPLATE {Database}", Maintenance);
        return new Deployment(Identity, With(Superuser, copy), Provisioned with { WriterConnectionString = With(Writer, copy) });
    }

    /// <summary>Puts a copy in the place of this database.</summary>
    public async Task RestoreAsync(Deployment copy)
    {
        await ExecuteAsync($"DROP DATABASE {Database} WITH (FORCE)", Maintenance);
        await ExecuteAsync($"ALTER DATABASE {copy.Database} RENAME TO {Database}", Maintenance);
    }

    /// <summary>A client of the SDK.</summary>
    public Task<TxCoreClient> ClientAsync(IPEndPoint server, IOutbox outbox, uint source = FirstTerminal) => TxCoreClient.ConnectAsync(
        new ClientOptions
        {
            Host = server.Address.ToString(),
            Port = server.Port,
            Source = source,
            Password = Password,
            Channel = Identity.Channel,
            Outbox = outbox,
            AnswerTimeout = TimeSpan.FromSeconds(60),
        },
        Cancellation);

    private static string With(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database, Pooling = false }.ConnectionString;

    private string[] ShardArguments() => ["--shard", $"{Identity.Shard}", "--channel", $"{Identity.Channel}"];

    private string[] Arguments(string? data) => [.. ShardArguments(), "--data", data ?? Data];

    private Dictionary<string, string> Environment(string? connection) => new() { ["TXCORE_CONNECTION"] = connection ?? Writer };

    private async Task RegisterSourcesAsync()
    {
        var credential = ScramCredential.Create(Password);
        await using var registry = new SourceRegistry(Writer, Identity);
        await registry.AddSourcesAsync(
            [
                Source(Administrator, 0, SourceRole.Admin),
                .. Enumerable.Range(0, Terminals).Select(i => Source(FirstTerminal + (uint)i, 1 + (i / 4), SourceRole.Submit)),
            ],
            Cancellation);

        SourceRecord Source(uint id, int outlet, SourceRole role) => new(
            id, outlet, Identity.Channel, role, Window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey, Disabled: false);
    }
}
