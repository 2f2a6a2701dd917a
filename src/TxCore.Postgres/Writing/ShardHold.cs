using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The writer's hold on its shard: the connection, the epoch, and the server processes given up on the way. What is read through it is
/// true only after the commit that took the shard (design promise 4).
/// </summary>
internal sealed class ShardHold(WriterConnector connector, short shard) : IAsyncDisposable
{
    private readonly Guid _writer = Guid.NewGuid();
    private readonly LostBackends _lost = new();
    private WriterSession? _session;
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

    /// <summary>
    /// A try to commit a batch over the present connection; <paramref name="isWarned"/> when an earlier one brought a warning, which in one
    /// round trip might be any statement's: COMMIT is sent by itself then.
    /// </summary>
    public BatchAttempt Attempt(RowBatch batch, bool isWarned) => new(Session, _claim!, batch, DayStarts.Of(batch.Rows, _lastDay), isWarned);

    /// <summary>Takes note of a batch that was committed.</summary>
    public void Advance(RowBatch batch) => _lastDay = DayStarts.Of(batch.Rows, _lastDay).LastDay(_lastDay);

    /// <summary>Commits without rows.</summary>
    public Task FenceAsync() => Session.Fence.ExecuteAsync(Session, _claim!);

    /// <summary>Undoes a refused try and makes the partitions its days need; true when one was missing.</summary>
    public async Task<bool> RollbackAndAddPartitionsAsync(RowBatch batch)
    {
        await Session.RollbackAsync();
        int made = 0;
        foreach (var day in DayStarts.Of(batch.Rows, 0).Days)
        {
            await using var ensure = new NpgsqlCommand("SELECT txcore.ensure_partitions($1, 0)", Session.Connection)
            {
                Parameters = { new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date } },
            };
            made += (int)(await ensure.ExecuteScalarAsync())!;
        }

        return made > 0;
    }

    /// <summary>Gives the connection up; its server process is ended before the shard is taken again.</summary>
    public async Task LoseSessionAsync()
    {
        var session = _session;
        _session = null;
        _claim = null;
        if (session is null)
        {
            return;
        }

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

    public async ValueTask DisposeAsync()
    {
        await LoseSessionAsync();
        await connector.DisposeAsync();
    }
}
