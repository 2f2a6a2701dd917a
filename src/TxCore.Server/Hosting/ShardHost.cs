using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Server.Options;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>A shard with what surrounds it in a process: store, reader, sources, keys, signed heads, upkeep.</summary>
internal sealed class ShardHost : IAsyncDisposable
{
    /// <summary>
    /// Longest wait for work at the database to let go at the end. One that hangs must not hold up the process: what was answered is stored, and
    /// the exit code says what was not.
    /// </summary>
    private static readonly TimeSpan LetGoTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LetGoTimeInTrouble = TimeSpan.FromMilliseconds(400);

    private readonly PostgresShardReader _reader;
    private readonly PolledSources _sources;
    private readonly SigningKey _signingKey;
    private readonly SignedHeads _heads;
    private readonly HeadSigner _signer;
    private readonly Upkeep _upkeep;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];
    private bool _hasFinished;

    private ShardHost(
        Shard shard, PostgresShardReader reader, PolledSources sources, SigningKey signingKey, SignedHeads heads, Upkeep upkeep, TimeProvider clock, ILogger logger)
    {
        (Shard, _reader, _sources, _signingKey, _heads, _upkeep) = (shard, reader, sources, signingKey, heads, upkeep);
        _signer = new HeadSigner(shard, heads, clock, logger);
    }

    public Shard Shard { get; }

    /// <summary>Days after the present business day that have a partition.</summary>
    public int PartitionsAhead => _upkeep.PartitionsAhead;

    /// <summary>Starts a shard on its database.</summary>
    public static async Task<ShardHost> StartAsync(
        ShardOptions options, string connection, KeyStore keys, int partitionDays, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        await DatabaseCheck.RequireUsableAsync(connection, options.Identity, cancellationToken);
        keys.Prepare();
        var receiptKeys = keys.LoadReceiptKeys(options.Rules.KeyEpoch);
        await AnchorGuard.RequireNotBehindAsync(connection, options.Identity, keys.AnchorFile, cancellationToken);
        var reader = new PostgresShardReader(connection, options.Identity);
        var sources = new PolledSources(reader, clock, logger);
        try
        {
            await sources.RefreshAsync(cancellationToken);
            int ahead = await RequirePartitionAsync(reader, options, clock, cancellationToken);
            var store = new PostgresShardStore(connection, options.Identity);
            var shard = await Shard.StartAsync(options, store, reader, receiptKeys, sources, clock, logger, cancellationToken);
            var signingKey = await SigningKey.LoadOrCreateAsync(keys.SigningKeyFile, cancellationToken);
            var heads = new SignedHeads(connection, options.Identity, signingKey, keys.AnchorFile, clock);
            var upkeep = new Upkeep(shard, reader, connection, partitionDays, ahead, clock, logger);
            var host = new ShardHost(shard, reader, sources, signingKey, heads, upkeep, clock, logger);
            host.RunBackground(connection, clock, logger);
            return host;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finishes what was taken; true when all of it was answered.</summary>
    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        _hasFinished = await Shard.DrainAsync(timeout);
        await LetGoAsync(StopBackgroundAsync());
        if (_hasFinished)
        {
            await LetGoAsync(_signer.SignAsync(CancellationToken.None));
        }

        return _hasFinished;
    }

    public async ValueTask DisposeAsync()
    {
        await LetGoAsync(CloseAsync());
    }

    /// <summary>To cancel a query is a question to PostgreSQL too, which may hang as the query does.</summary>
    private async Task StopBackgroundAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_background);
    }

    private async Task CloseAsync()
    {
        await StopBackgroundAsync();
        await Shard.DisposeAsync();
        await _heads.DisposeAsync();
        _signingKey.Dispose();
        await _reader.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task LetGoAsync(Task work)
    {
        if (await Task.WhenAny(work, Task.Delay(_hasFinished ? LetGoTime : LetGoTimeInTrouble)) == work)
        {
            await work;
        }
    }

    private static async Task<int> RequirePartitionAsync(
        PostgresShardReader reader, ShardOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        int today = options.Rules.BusinessDayOf(Sessions.ClockExtensions.GetUnixMicroseconds(clock));
        int ahead = await reader.CountPartitionsAheadAsync(today, cancellationToken);
        return ahead >= 1
            ? ahead
            : throw new StoreRefusedException(
                $"Business day {today} or the one after it has no partition. Run 'txcore db migrate' with the owner's connection string.");
    }

    private void RunBackground(string connection, TimeProvider clock, ILogger logger)
    {
        _background.Add(RunAsync(_signer.RunAsync));
        _background.Add(RunAsync(token => _sources.RunAsync(Shard.Registry, token)));
        _background.Add(RunAsync(_upkeep.RunAsync));
        _background.Add(RunAsync(new DrawPublisher(Shard, connection, clock, logger).RunAsync));
    }

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception fault)
        {
            Shard.Failure.Fail(fault);
        }
    }
}
