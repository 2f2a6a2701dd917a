using Npgsql;
using TxCore.Testing;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class PostgresProxyTests(PostgresFixture postgres) : IAsyncLifetime
{
    private string _direct = "";
    private PostgresProxy _proxy = null!;
    private NpgsqlConnection _connection = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _direct = await postgres.CreateDatabaseAsync("proxy");
        _proxy = PostgresProxy.Start(_direct);
        await ExecuteDirectlyAsync("CREATE TABLE entries (number int)");
        _connection = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_fault_everything_passes_both_ways()
    {
        await using (NpgsqlBinaryImporter import = await _connection.BeginBinaryImportAsync("COPY entries FROM STDIN (FORMAT BINARY)", Cancellation))
        {
            for (int number = 0; number < 20_000; number++)
            {
                await import.StartRowAsync(Cancellation);
                await import.WriteAsync(number, Cancellation);
            }

            await import.CompleteAsync(Cancellation);
        }

        Assert.Equal(20_000, await CountDirectlyAsync());
        await using var command = new NpgsqlCommand("SELECT repeat('x', 1000000)", _connection);
        Assert.Equal(1_000_000, ((string)(await command.ExecuteScalarAsync(Cancellation))!).Length);
    }

    [Fact]
    public async Task A_cut_before_the_commit_leaves_nothing_committed()
    {
        ProxyRule cut = _proxy.CutWhen(message => message.Runs("COMMIT"), CutPosition.Before);

        await InsertAndLoseTheCommitAsync();

        await cut.Fired.WaitAsync(Cancellation);
        Assert.Equal(0, await CountDirectlyAsync());
    }

    [Theory]
    [InlineData(CutPosition.AfterForward)]
    [InlineData(CutPosition.AfterReply)]
    [InlineData(CutPosition.InReply)]
    public async Task A_cut_after_the_commit_hides_a_commit_that_happened(CutPosition position)
    {
        ProxyRule cut = _proxy.CutWhen(message => message.Runs("COMMIT"), position);

        await InsertAndLoseTheCommitAsync();

        await cut.Fired.WaitAsync(Cancellation);
        await WaitForCountAsync(1);
    }

    [Fact]
    public async Task A_held_commit_arrives_when_it_is_released()
    {
        HeldMessage held = _proxy.HoldFrontendWhen(message => message.Runs("COMMIT"));

        await InsertAndLoseTheCommitAsync();
        await held.Fired.WaitAsync(Cancellation);
        Assert.Equal(0, await CountDirectlyAsync());

        Assert.Equal("COMMIT", await held.ReleaseAsync().WaitAsync(Cancellation));
        Assert.Equal(1, await CountDirectlyAsync());
    }

    [Fact]
    public async Task A_held_commit_comes_to_nothing_when_its_backend_was_ended()
    {
        HeldMessage held = _proxy.HoldFrontendWhen(message => message.Runs("COMMIT"));
        int backend = _connection.ProcessID;

        await InsertAndLoseTheCommitAsync();
        await held.Fired.WaitAsync(Cancellation);
        await ExecuteDirectlyAsync($"SELECT pg_terminate_backend({backend}, 5000)");

        Assert.Equal("57P01", await held.ReleaseAsync().WaitAsync(Cancellation));
        Assert.Equal(0, await CountDirectlyAsync());
    }

    [Fact]
    public async Task A_prepared_statement_is_known_by_its_sql_when_it_is_executed()
    {
        await using var insert = new NpgsqlCommand("INSERT INTO entries VALUES ($1)", _connection) { Parameters = { new() { Value = 1 } } };
        await insert.PrepareAsync(Cancellation);
        await insert.ExecuteNonQueryAsync(Cancellation);
        ProxyRule cut = _proxy.CutWhen(message => message.Type == 'E' && message.Runs("INSERT INTO entries"), CutPosition.AfterReply);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => insert.ExecuteNonQueryAsync(Cancellation));

        await cut.Fired.WaitAsync(Cancellation);
        Assert.Equal(2, await CountDirectlyAsync());
    }

    [Fact]
    public async Task A_cut_of_everything_breaks_open_connections_and_new_ones_work()
    {
        _proxy.CutAll();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(_connection, "SELECT 1"));
        await using NpgsqlConnection next = await ConnectAsync();
        await ExecuteAsync(next, "SELECT 1");
    }

    [Fact]
    public async Task A_stall_holds_everything_back_until_it_is_resumed()
    {
        _proxy.Stall();
        Task stalled = ExecuteAsync(_connection, "SELECT 1");
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        Assert.False(stalled.IsCompleted);

        _proxy.Resume();
        await stalled;
    }

    [Fact]
    public async Task A_delay_is_paid_on_the_way_there_and_on_the_way_back()
    {
        var delay = TimeSpan.FromMilliseconds(60);
        _proxy.DelayAll(delay);
        long start = TimeProvider.System.GetTimestamp();

        await ExecuteAsync(_connection, "SELECT 1");

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), delay * 1.9, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_servers_last_message_reaches_the_client()
    {
        PostgresException ended = await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync(_connection, "SELECT pg_terminate_backend(pg_backend_pid())"));

        Assert.Equal(PostgresErrorCodes.AdminShutdown, ended.SqlState);
    }

    [Fact]
    public async Task A_proxy_that_refuses_connections_resets_them()
    {
        _proxy.RefusesConnections = true;

        await Assert.ThrowsAnyAsync<NpgsqlException>(ConnectAsync);
    }

    private async Task InsertAndLoseTheCommitAsync()
    {
        await using NpgsqlTransaction transaction = await _connection.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(_connection, "INSERT INTO entries VALUES (1)");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync(Cancellation));
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_proxy.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task ExecuteDirectlyAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_direct);
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<long> CountDirectlyAsync()
    {
        await using var source = NpgsqlDataSource.Create(_direct);
        await using NpgsqlCommand command = source.CreateCommand("SELECT count(*) FROM entries");
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private async Task WaitForCountAsync(long wanted)
    {
        // The client was cut while the server was still committing.
        while (await CountDirectlyAsync() != wanted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        }
    }
}
