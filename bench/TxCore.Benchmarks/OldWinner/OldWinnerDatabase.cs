using Npgsql;
using TxCore.Benchmarks.Ceilings;
using TxCore.Client;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>A private PostgreSQL with one shard, its days from the first one on, and its sources. Disposal leaves nothing behind.</summary>
internal sealed class OldWinnerDatabase : IAsyncDisposable
{
    private const string Name = "old_winner";
    private const uint FirstTerminal = 2001;
    private const int Terminals = 2;
    private const int Window = 16;
    private const int DaysAhead = 8;

    private OldWinnerDatabase(PrivatePostgresServer postgres, string writer) => (Postgres, Writer) = (postgres, writer);

    public static ShardIdentity Identity { get; } = new(1, Channel.Retail);

    public PrivatePostgresServer Postgres { get; }

    /// <summary>For the server.</summary>
    public string Writer { get; }

    public static async Task<OldWinnerDatabase> CreateAsync(DateTimeOffset firstDay, int days)
    {
        var postgres = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions { StartTimeout = TimeSpan.FromMinutes(5) });
        try
        {
            int first = (firstDay.Year * 10_000) + (firstDay.Month * 100) + firstDay.Day;
            var made = await PostgresProvisioning.CreateAsync(
                postgres.SuperuserConnectionString("postgres"), Identity, Name, first, Math.Min(days + DaysAhead, 400));
            await using var registry = new SourceRegistry(made.WriterConnectionString, Identity);
            await registry.AddSourcesAsync(Sources());
            return new OldWinnerDatabase(postgres, made.WriterConnectionString);
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Logs the paying terminals on.</summary>
    public static Task<TxCoreClient[]> ConnectAsync(int port) => Task.WhenAll(Enumerable.Range(0, Terminals).Select(i => TxCoreClient.ConnectAsync(
        new ClientOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Source = FirstTerminal + (uint)i,
            Password = BenchServer.Password,
            Channel = Identity.Channel,
            AnswerTimeout = TimeSpan.FromMinutes(10),
            ReconnectDelayMax = TimeSpan.FromSeconds(1),
        },
        CancellationToken.None)));

    /// <summary>Stops PostgreSQL with a checkpoint and starts it again: what it had in memory is gone.</summary>
    public async Task RestartAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Postgres.RestartAsync();
    }

    /// <summary>Bytes of the database.</summary>
    public Task<long> SizeAsync() => ScalarAsync("SELECT pg_database_size(current_database())");

    /// <summary>Accepted payments since a number, of everybody; looked up in the days since.</summary>
    public Task<long> PaymentsAfterAsync(long number, int fromDay) => ScalarAsync(
        $"SELECT count(*) FROM txcore.transaction WHERE business_day >= to_date('{fromDay}', 'YYYYMMDD') AND number > {number} AND {IsPayment}");

    /// <summary>Tickets with more than one accepted payment, in all days.</summary>
    public Task<long> PaidTwiceAsync() => ScalarAsync(
        $"SELECT count(*) - count(DISTINCT reference) FROM txcore.transaction WHERE {IsPayment}");

    /// <summary>Of these tickets, how many have exactly one accepted payment.</summary>
    public async Task<long> PaidOnceAsync(IEnumerable<long> numbers, int fromDay)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            SELECT count(*) FROM (
                SELECT reference FROM txcore.transaction
                 WHERE business_day >= to_date('{fromDay}', 'YYYYMMDD') AND {IsPayment} AND reference = ANY($1)
                 GROUP BY reference HAVING count(*) = 1) paid
            """,
            connection)
        { Parameters = { new() { Value = numbers.ToArray() } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    private static string IsPayment => $"kind = {(int)MessageType.Pay} AND code = 0 AND line = 1";

    private static IEnumerable<SourceRecord> Sources()
    {
        var credential = ScramCredential.Create(BenchServer.Password);
        yield return Source(History.Administrator, SourceRole.Admin);
        for (uint i = 0; i < History.Sellers; i++)
        {
            yield return Source(History.FirstSeller + i, SourceRole.Submit);
        }

        for (uint i = 0; i < Terminals; i++)
        {
            yield return Source(FirstTerminal + i, SourceRole.Submit);
        }

        SourceRecord Source(uint id, SourceRole role) => new(
            id, (int)(id / 10), Identity.Channel, role, Window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey,
            Disabled: false);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(Postgres.SuperuserConnectionString(Name) + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
