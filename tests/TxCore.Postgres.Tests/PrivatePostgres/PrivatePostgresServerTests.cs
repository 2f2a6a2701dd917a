using System.Globalization;
using Npgsql;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Testing;

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class PrivatePostgresServerTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disposed_server_leaves_no_process_and_no_directory()
    {
        PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        int postmaster = server.PostmasterProcessId!.Value;
        int[] children = await UnixSignal.ChildrenOfAsync(postmaster, Cancellation);
        Assert.NotEmpty(children);

        await server.DisposeAsync();

        Assert.DoesNotContain([postmaster, .. children], UnixSignal.IsRunning);
        Assert.False(Directory.Exists(server.InstancePath));
    }

    [Fact]
    public async Task Log_files_made_ahead_are_there_to_be_written_again()
    {
        await using PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions { LogFilesAhead = 8 }, Cancellation);

        string ahead = await ReadAsync(server, "SELECT count(*)::text FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_lsn())");

        Assert.InRange(int.Parse(ahead, CultureInfo.InvariantCulture), 8, 12);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    public async Task More_log_files_than_a_disk_should_hold_are_refused(int files) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => PrivatePostgresServer.StartAsync(new PrivatePostgresOptions { LogFilesAhead = files }, Cancellation));

    [Fact]
    public async Task A_killed_server_comes_back_on_its_port_with_what_was_committed()
    {
        await using PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        int port = server.Port;
        await ExecuteAsync(server, "CREATE TABLE kept (number int); INSERT INTO kept VALUES (1)");
        await using NpgsqlConnection open = await OpenAsync(server);
        await using NpgsqlTransaction uncommitted = await open.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(open, "INSERT INTO kept VALUES (2)");

        await server.KillAsync();
        Assert.Null(server.PostmasterProcessId);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => uncommitted.CommitAsync(Cancellation));
        await server.RestartAsync(Cancellation);

        Assert.Equal(port, server.Port);
        Assert.Equal("1", await ReadAsync(server, "SELECT string_agg(number::text, ',') FROM kept"));
    }

    [Fact]
    public async Task A_paused_server_answers_nothing_and_goes_on_when_resumed()
    {
        await using PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        await using NpgsqlConnection connection = await OpenAsync(server);

        await server.PauseAsync(Cancellation);
        Task<string> answer = ReadAsync(connection, "SELECT 'awake'");
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        Assert.False(answer.IsCompleted);

        await server.ResumeAsync(Cancellation);
        Assert.Equal("awake", await answer);
    }

    [Fact]
    public async Task The_server_has_a_session_of_its_own_so_that_the_terminals_interrupt_does_not_reach_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sessions are read from /proc.");
        PrivatePostgresServer server = await postgres.GetServerAsync();

        // The session is the sixth field of the process's status line; the array begins at the third.
        int postmaster = server.PostmasterProcessId!.Value;
        Assert.Equal(postmaster.ToString(CultureInfo.InvariantCulture), UnixSignal.ReadStat(postmaster)![6 - 3]);
        Assert.Equal(server.SupervisorProcessId.ToString(CultureInfo.InvariantCulture), UnixSignal.ReadStat(server.SupervisorProcessId)![6 - 3]);
    }

    [Fact]
    public async Task Durability_is_set_as_in_production()
    {
        PrivatePostgresServer server = await postgres.GetServerAsync();

        Assert.Equal("on", await ReadAsync(server, "SHOW fsync"));
        Assert.Equal("on", await ReadAsync(server, "SHOW full_page_writes"));
        Assert.Equal("on", await ReadAsync(server, "SHOW synchronous_commit"));
        Assert.Equal("on", await ReadAsync(server, "SHOW data_checksums"));
        Assert.Equal("scram-sha-256", await ReadAsync(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules"));
        Assert.Equal("UTF8 C", await ReadAsync(
            server, "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = 'postgres'"));
    }

    [Fact]
    public async Task A_kept_directory_can_be_started_again_with_its_data()
    {
        using var parent = new OpenTempDirectory();
        var options = new PrivatePostgresOptions { ExistingDirectory = Path.Combine(parent.FullPath, "server") };
        await using (PrivatePostgresServer first = await PrivatePostgresServer.StartAsync(options, Cancellation))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 7 AS number");
        }

        await using PrivatePostgresServer second = await PrivatePostgresServer.StartAsync(options, Cancellation);
        Assert.Equal("7", await ReadAsync(second, "SELECT number::text FROM kept"));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why_with_its_log_and_leaves_nothing()
    {
        using var parent = new OpenTempDirectory();
        var options = new PrivatePostgresOptions
        {
            BaseDirectory = parent.FullPath,
            ExtraSettings = new Dictionary<string, string>(StringComparer.Ordinal) { ["shared_buffers"] = "lots" },
        };

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PrivatePostgresServer.StartAsync(options, Cancellation));

        Assert.Contains("shared_buffers", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(parent.FullPath));
    }

    [Fact]
    public async Task A_killed_server_that_is_not_restarted_is_cleared_away_too()
    {
        PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        int postmaster = server.PostmasterProcessId!.Value;

        // Paused, so that no child comes or goes while they are looked at.
        await server.PauseAsync(Cancellation);
        string[] sharedMemory = SharedMemoryFilesOf([postmaster, .. await UnixSignal.ChildrenOfAsync(postmaster, Cancellation)]);
        await server.KillAsync();

        await server.DisposeAsync();

        Assert.False(UnixSignal.IsRunning(postmaster));
        Assert.False(Directory.Exists(server.InstancePath));
        Assert.DoesNotContain(sharedMemory, File.Exists);
    }

    private static string[] SharedMemoryFilesOf(IEnumerable<int> processIds) => OperatingSystem.IsLinux()
        ? [.. processIds.SelectMany(id => File.ReadLines($"/proc/{id}/maps"))
            .Where(line => line.Contains("/dev/shm/", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("/dev/shm/", StringComparison.Ordinal)..])]
        : [];

    private static async Task<NpgsqlConnection> OpenAsync(PrivatePostgresServer server)
    {
        var connection = new NpgsqlConnection(server.SuperuserConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static async Task ExecuteAsync(PrivatePostgresServer server, string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync(server);
        await ExecuteAsync(connection, sql);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<string> ReadAsync(PrivatePostgresServer server, string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync(server);
        return await ReadAsync(connection, sql);
    }

    private static async Task<string> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
