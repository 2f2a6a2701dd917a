using System.Diagnostics;
using Npgsql;
using TxCore.Postgres;
using TxCore.Storage;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>The layers, each run for a while and given as transactions per second.</summary>
internal sealed class Layers(Func<Task<Database>> newDatabase, TimeSpan duration)
{
    private const int CopyRows = 4096;

    /// <summary>Until the runtime has compiled what is hot for good, a layer is several times slower.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private const int Connections = 16;

    /// <summary>In flight for each connection: enough for the largest commits, not so many that the ring is full and producers queue for it.</summary>
    private const int Window = 2048;

    private static readonly byte[] CopyHeader = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] CopyTrailer = [0xFF, 0xFF];

    /// <summary>Prebuilt bytes by raw COPY into the same table, over one or two connections.</summary>
    public async Task<LayerRun> RawCopyAsync(int connections)
    {
        var database = await newDatabase();
        var rows = new RowBatches(database.Identity, database.BusinessDay, CopyRows).Next().Rows.Bytes.ToArray();
        long[] counts = new long[connections];
        return await TimeAsync(
            stop => Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(() => CopyAsync(database, rows, n => counts[i] += n, stop)))),
            () => counts.Sum());
    }

    /// <summary>The store alone: advance, rows and COMMIT of batches of so many rows with their hash chain, encoded on the way.</summary>
    public async Task<LayerRun> StoreAsync(int batchRows = CopyRows)
    {
        var database = await newDatabase();
        await using var store = new PostgresShardStore(database.Writer, database.Identity);
        var batches = new RowBatches(database.Identity, database.BusinessDay, batchRows);
        batches.StartAfter(await store.OpenAsync(CancellationToken.None));
        long count = 0;
        return await TimeAsync(
            async stop =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await store.CommitAsync(batches.Next());
                    count += batchRows;
                }
            },
            () => count);
    }

    /// <summary>The whole server over TCP, on PostgreSQL or on a store that keeps nothing, from so many callers.</summary>
    public Task<LayerRun> ServerAsync(bool withPostgres, int callers = Connections, int window = Window, bool isRefused = false) =>
        WithServerAsync(withPostgres, callers, window, isRefused, mayBeBusy: false, connections => TimeAsync(
            stop => Task.WhenAll(connections.Select(connection => Task.Run(() => connection.RunAsync(stop)))),
            () => connections.Sum(static connection => connection.Answered)));

    /// <summary>The whole server at planned times, whatever the answers do: so many transactions a second. What is not decided is in the figures.</summary>
    public Task<PacedRun> PacedAsync(double rate) => WithServerAsync(
        withPostgres: true, Connections, Window * 4, isRefused: false, mayBeBusy: true, connections => new PacedLoad(connections, rate, WarmUp * 2, duration).RunAsync());

    private async Task<T> WithServerAsync<T>(bool withPostgres, int callers, int window, bool isRefused, bool mayBeBusy, Func<RawConnection[], Task<T>> run)
    {
        var database = withPostgres ? await newDatabase() : null;
        var identity = database?.Identity ?? new ShardIdentity(1, Protocol.Channel.Retail);
        var nothing = new NullStore();
        await using var reader = database is null ? null : new PostgresShardReader(database.Writer, identity);
        IShardStore store = database is null ? nothing : new PostgresShardStore(database.Writer, identity);
        await using var server = await BenchServer.StartAsync(store, reader is null ? nothing : reader, identity, window);
        var connections = Enumerable.Range(0, callers)
            .Select(i => new RawConnection((uint)(100 + i), BenchServer.Password, window, isRefused)).ToArray();
        foreach (var connection in connections)
        {
            await connection.LogOnAsync(server.Port);
        }

        var result = await run(connections);
        long answered = connections.Sum(static connection => connection.Answered);
        long refused = connections.Sum(static connection => connection.Refused);
        var code = connections.Select(static connection => connection.FirstRefusal).FirstOrDefault(static code => code != Protocol.ResultCode.Accepted);
        Array.ForEach(connections, static connection => connection.Dispose());
        bool isAsWanted = isRefused ? refused == answered && code == Protocol.ResultCode.RaceNotOpen : refused == 0 || mayBeBusy;
        isAsWanted &= server.Shard.Failure.Reason is null;
        return isAsWanted
            ? result
            : throw new InvalidOperationException($"{refused} of {answered} transactions were refused, {code} first: {server.Shard.Failure.Reason}");
    }

    /// <summary>Statements of a thousand rows each, one connection.</summary>
    public async Task<LayerRun> MultiRowInsertAsync() => await InsertAsync(connections: 1, rowsPerStatement: 1000);

    /// <summary>One statement and commit for each transaction over 64 connections: what a plain service does.</summary>
    public async Task<LayerRun> SingleInsertAsync(int connections = 64) => await InsertAsync(connections, rowsPerStatement: 1);

    private async Task<LayerRun> InsertAsync(int connections, int rowsPerStatement)
    {
        var database = await newDatabase();
        await PlainInsert.CreateTableAsync(database.Superuser);
        long[] counts = new long[connections];
        return await TimeAsync(
            stop => Task.WhenAll(Enumerable.Range(0, connections).Select(
                i => Task.Run(() => PlainInsert.RunAsync(database.Superuser, i, rowsPerStatement, n => counts[i] += n, stop)))),
            () => counts.Sum());
    }

    private static async Task CopyAsync(Database database, byte[] rows, Action<int> count, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(database.Superuser + ";Pooling=false");
        await connection.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using (var copy = await connection.BeginRawBinaryCopyAsync(
                $"COPY txcore.transaction ({string.Join(',', RowFormat.Columns)}) FROM STDIN (FORMAT BINARY)", CancellationToken.None))
            {
                await copy.WriteAsync(CopyHeader, CancellationToken.None);
                await copy.WriteAsync(rows, CancellationToken.None);
                await copy.WriteAsync(CopyTrailer, CancellationToken.None);
            }

            count(CopyRows);
        }
    }

    private async Task<LayerRun> TimeAsync(Func<CancellationToken, Task> work, Func<long> count)
    {
        using var stop = new CancellationTokenSource();
        var running = work(stop.Token);
        await Task.WhenAny(running, Task.Delay(WarmUp));
        long warm = count();
        long from = Stopwatch.GetTimestamp();
        var usage = CpuUsage.Now();
        await Task.WhenAny(running, Task.Delay(duration));
        long done = count() - warm;
        var used = CpuUsage.Now() - usage;
        var elapsed = Stopwatch.GetElapsedTime(from);
        await stop.CancelAsync();
        await running;
        return LayerRun.Of(done, elapsed, used);
    }
}
