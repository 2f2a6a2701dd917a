using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The writer's hold on its shard: its connections, the epoch, and the server processes given up on the way. What is read through it is
/// true only after the commit that took the shard (design promise 4). The second connection is opened when rows are first written ahead;
/// the two are given up together.
/// </summary>
internal sealed class ShardHold(WriterConnector connector, short shard) : IAsyncDisposable
{
    private static readonly TimeSpan SecondPause = TimeSpan.FromSeconds(10);

    private readonly Guid _writer = Guid.NewGuid();
    private readonly LostBackends _lost = new();
    private WriterSession? _session;
    private WriterSession? _second;
    private long _secondFailedTicks;
    private Claim? _claim;
    private int _lastDay;
    private bool _wasHeld;

    /// <summary>True while the shard is held over a connection of which nothing bad is known.</summary>
    public bool HasSession => _session is not null && _claim is not null;

    private WriterSession Session => _session ?? throw new InvalidOperationException("The shard is not held: open the store first.");

    /// <summary>
    /// Connects, ends the server processes of earlier connections, takes the shard's row under a new epoch, commits, and returns the head
    /// read behind that lock. The first time it takes the shard from whoever holds it; later only from itself.
    /// </summary>
    /// <exception cref="StoreFencedException">Another writer has taken the shard.</exception>
    public async Task<ChainHead> TakeAsync(CancellationToken cancellationToken)
    {
        await LoseSessionAsync();
        _session = await connector.OpenAsync(cancellationToken);
        await _lost.EndAsync(_session.Connection, cancellationToken);
        (var claim, var head, _lastDay) = _wasHeld
            ? await Claim.TakeAsync(_session, shard, _writer, fromOthers: false)
            : await Claim.TakeOverAsync(_session, shard, _writer);
        _claim = claim;
        _wasHeld = true;
        _lost.Clear();
        return head;
    }

    /// <summary>Throws unless the shard has been taken once; only opening takes it from others.</summary>
    public void RequireOpened()
    {
        if (!_wasHeld)
        {
            throw new InvalidOperationException("The shard is not held: open the store first.");
        }
    }

    /// <summary>A try to commit a batch over a connection that <paramref name="taken"/>, a try under way, does not use.</summary>
    public BatchAttempt Attempt(RowBatch batch, BatchAttempt? taken, bool isWarned) =>
        new(taken?.Session == _session ? _second ?? Session : Session, _claim!, batch, isWarned);

    /// <summary>
    /// True when there is a connection beside the one of <paramref name="taken"/>; opened when there is none. One that cannot be opened is tried
    /// again after ten seconds: the first goes on alone.
    /// </summary>
    public async Task<bool> HasRoomBesideAsync(BatchAttempt taken, CancellationToken cancellationToken)
    {
        if (_second is not null || taken.Session != _session)
        {
            return true;
        }

        if (_secondFailedTicks != 0 && Stopwatch.GetElapsedTime(_secondFailedTicks) < SecondPause)
        {
            return false;
        }

        try
        {
            _second = await connector.OpenAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException or StoreRefusedException or ReadOnlyServerException)
        {
            // What is wrong will be met, and told, by the first connection too; or there is room for one connection only.
            _secondFailedTicks = Stopwatch.GetTimestamp();
            return false;
        }
    }

    /// <summary>The days that begin within a batch which follows all that is committed.</summary>
    public DayStarts DaysOf(RowBatch batch) => DayStarts.Of(batch.Rows, _lastDay);

    /// <summary>Takes note of a batch that was committed.</summary>
    public void Advance(RowBatch batch) => _lastDay = DayStarts.Of(batch.Rows, _lastDay).LastDay(_lastDay);

    /// <summary>Commits without rows.</summary>
    public Task FenceAsync() => Session.Fence.ExecuteAsync(Session, _claim!);

    /// <summary>Undoes a refused try and makes the partitions its days need; true when one was missing.</summary>
    public static async Task<bool> RollbackAndAddPartitionsAsync(BatchAttempt refused)
    {
        var (session, batch) = (refused.Session, refused.Batch);
        await session.RollbackAsync();
        int made = 0;
        foreach (var day in DayStarts.Of(batch.Rows, 0).Days)
        {
            await using var ensure = new NpgsqlCommand("SELECT txcore.ensure_partitions($1, 0)", session.Connection)
            {
                Parameters = { new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date } },
            };
            made += (int)(await ensure.ExecuteScalarAsync())!;
        }

        return made > 0;
    }

    /// <summary>Gives the connections up; their server processes are ended before the shard is taken again.</summary>
    public async Task LoseSessionAsync()
    {
        var lost = ((WriterSession?[])[_session, _second]).OfType<WriterSession>().ToArray();
        (_session, _second, _claim) = (null, null, null);
        foreach (var session in lost)
        {
            _lost.Add(session.Backend);
            try
            {
                await session.DisposeAsync();
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException)
            {
                // It is being given up because it is broken; that it cannot be closed in order tells nothing new.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LoseSessionAsync();
        await connector.DisposeAsync();
    }
}
