using System.IO.Compression;
using System.Security.Cryptography;
using Npgsql;
using TxCore.Client;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Server.Tests.Fixtures;

/// <summary>What one client sent and was told, as bytes.</summary>
internal sealed record RecordedFrame(byte[] Sent, byte[] Outcome);

/// <summary>A fixture unpacked: its database restored, as its owner left it, and the files of its server and clients.</summary>
internal sealed class FixtureDay(Deployment deployment, string directory)
{
    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    /// <summary>The client whose bytes were recorded.</summary>
    public const uint RecordedSource = Deployment.FirstTerminal + 20;

    /// <summary>Clients that were cut off in the middle of their work.</summary>
    public static readonly uint[] CutSources = [.. Enumerable.Range(0, 6).Select(static i => Deployment.FirstTerminal + (uint)i)];

    public Deployment Deployment => deployment;

    /// <summary>The outbox file of a client that was cut off.</summary>
    public string Outbox(uint source) => Path.Combine(directory, "outbox", $"{source}");

    /// <summary>Where the fixtures lie in the sources.</summary>
    public static string Folder => Path.Combine(Operations.SourceTree.Sources, "..", "tests", "TxCore.Server.Tests", "Fixtures");

    public static IEnumerable<string> All => Directory.EnumerateFiles(Folder, "*.zip").Select(static file => Path.GetFileNameWithoutExtension(file)!);

    /// <summary>Restores a fixture under roles and a name of its own, without rights or migration yet.</summary>
    public static async Task<FixtureDay> RestoreAsync(PostgresFixture postgres, string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        string directory = Directory.CreateTempSubdirectory("txcore-fixture-").FullName;
        await ZipFile.ExtractToDirectoryAsync(Path.Combine(Folder, $"{name}.zip"), directory, cancellation);
        string superuser = await postgres.CreateDatabaseAsync("fixture");
        string database = new NpgsqlConnectionStringBuilder(superuser).Database!;
        string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        await ExecuteAsync(superuser, $"""
            CREATE ROLE {database}_owner LOGIN PASSWORD '{password}'; CREATE ROLE {database}_writer LOGIN PASSWORD '{password}';
            ALTER DATABASE {database} OWNER TO {database}_owner
            """);
        string owner = As(superuser, $"{database}_owner", password);
        await using (var file = File.OpenRead(Path.Combine(directory, "database.sql.gz")))
        await using (var gzip = new GZipStream(file, CompressionMode.Decompress))
        {
            using var reader = new StreamReader(gzip);
            await ExecuteAsync(owner, await reader.ReadToEndAsync(cancellation));
        }

        var deployment = Deployment.Of(Identity, superuser, new ProvisionedDatabase(As(superuser, $"{database}_writer", password), owner, $"{database}_writer"));
        foreach (string key in Directory.EnumerateFiles(Path.Combine(directory, "data")))
        {
            File.Copy(key, Path.Combine(deployment.Data, Path.GetFileName(key)));
        }

        return new FixtureDay(deployment, directory);
    }

    /// <summary>The recorded frames, in order.</summary>
    public IReadOnlyList<RecordedFrame> Frames()
    {
        using var reader = new BinaryReader(File.OpenRead(Path.Combine(directory, "frames.bin")));
        var frames = new List<RecordedFrame>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            frames.Add(new RecordedFrame(reader.ReadBytes(reader.ReadInt32()), reader.ReadBytes(reader.ReadInt32())));
        }

        return frames;
    }

    /// <summary>Transactions in an outbox that have no outcome yet.</summary>
    public static async Task<int> CountUnansweredAsync(string file)
    {
        await using var outbox = FileOutbox.Open(file);
        return (await outbox.LoadAsync(TestContext.Current.CancellationToken)).Unanswered.Count;
    }

    public void Delete()
    {
        deployment.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static string As(string connectionString, string role, string password) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = password, Pooling = false }.ConnectionString;
}
