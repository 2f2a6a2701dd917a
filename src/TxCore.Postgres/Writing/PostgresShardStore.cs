using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The writer of a shard on PostgreSQL: one transaction for each batch, over one connection, or over two in turn when rows are written
/// ahead. Each failure takes the same way: the connections are given up, their server processes ended, the shard taken under a new epoch,
/// and what is stored read behind that commit (<see cref="ShardHold"/>); a batch found there is done, another is written again.
/// </summary>
/// <remarks>For one thread; disposal from another ends the waits between tries.</remarks>
public sealed class PostgresShardStore : IShardStore
{
    /// <summary>One batch for each connection.</summary>
    private const int AheadMax = 2;

    private readonly ShardHold _hold;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<(BatchAttempt Attempt, Task Rows)> _ahead = [];
    private long _committedBatch;
    private bool _isWarned;

    /// <summary>
    /// A store that has not connected yet. Pooling and multiplexing in <paramref name="connectionString"/> are ignored; several hosts and
    /// <c>Target Session Attributes=primary</c> are kept.
    /// </summary>
    public PostgresShardStore(string connectionString, ShardIdentity identity) =>
        _hold = new ShardHold(new WriterConnector(connectionString, identity), identity.Shard);

    /// <inheritdoc/>
    public StoreHealth Health { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                var head = await _hold.TakeAsync(cancellationToken);
                _committedBatch = head.Batch;
                Health.RecordCommit();
                return head;
            }
            catch (ReadOnlyServerException exception)
            {
                throw new StoreRefusedException(exception.Message, exception);
            }
            catch (Exception exception) when (PostgresFault.Classify(exception, whileWritingRows: false) == FaultKind.Transient)
            {
                await RetryAsync(exception, backoff, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAheadAsync(RowBatch batch)
    {
        _hold.RequireOpened();
        if (!_hold.HasSession || _isWarned || batch.Rows.RowCount <= ArrayInsert.RowsMax || !IsNext(batch) || _ahead.Count == AheadMax
            || (_ahead.Count > 0 && !await _hold.HasRoomBesideAsync(_ahead[0].Attempt, _closing.Token)))
        {
            return;
        }

        var attempt = _hold.Attempt(batch, _ahead.Count > 0 ? _ahead[0].Attempt : null, _isWarned);
        _ahead.Add((attempt, attempt.WriteRowsAsync()));
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(RowBatch batch)
    {
        _hold.RequireOpened();
        var backoff = new Backoff();
        bool separating = false;
        int plainRows = 0;
        while (true)
        {
            BatchAttempt? attempt = null;
            try
            {
                if (!_hold.HasSession && await IsStoredAsync(batch))
                {
                    _committedBatch = batch.Batch;
                    break;
                }

                if (_ahead.Count > 0 && _ahead[0].Attempt.Batch == batch)
                {
                    (attempt, var rows) = _ahead[0];
                    await rows;
                    _ahead.RemoveAt(0);
                    await attempt.CompleteAsync(_hold.DaysOf(batch));
                }
                else
                {
                    attempt = _hold.Attempt(batch, _ahead.Count > 0 ? _ahead[0].Attempt : null, _isWarned);
                    var days = _hold.DaysOf(batch);
                    await (separating ? attempt.CommitSeparatingAsync(days) : attempt.CommitAsync(days));
                }

                _hold.Advance(batch);
                _committedBatch = batch.Batch;
                plainRows = attempt.PlainRows;
                break;
            }
            catch (Exception exception)
            {
                _isWarned |= exception is WarnedCommitException;
                plainRows = attempt?.PlainRows ?? plainRows;
                separating = await RecoverAsync(exception, batch, attempt, separating, backoff);
            }
        }

        RecordPlainRows(plainRows);
        Health.RecordCommit();
    }

    /// <inheritdoc/>
    public async ValueTask FenceAsync()
    {
        _hold.RequireOpened();
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                // To take the shard again is a commit under its epoch too.
                await (_hold.HasSession ? _hold.FenceAsync() : _hold.TakeAsync(_closing.Token));
                Health.RecordCommit();
                return;
            }
            catch (Exception exception) when (PostgresFault.Classify(exception, whileWritingRows: false) == FaultKind.Transient)
            {
                await RetryAsync(exception, backoff, _closing.Token);
            }
            catch (PostgresException exception)
            {
                throw await EndAsync(exception);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _hold.DisposeAsync();
    }

    /// <summary>True when everything before a batch is committed or has a connection of its own.</summary>
    private bool IsNext(RowBatch batch) => batch.Batch == (_ahead.Count > 0 ? _ahead[^1].Attempt.Batch.Batch : _committedBatch) + 1;

    /// <summary>Takes the shard again and tells whether an earlier try stored the batch.</summary>
    private async Task<bool> IsStoredAsync(RowBatch batch)
    {
        var head = await _hold.TakeAsync(_closing.Token);
        if (head.Batch == batch.Batch && head.Hash.AsSpan().SequenceEqual(batch.Hash))
        {
            return true;
        }

        if (head.Batch + 1 != batch.Batch || head.Number + 1 != batch.FirstNumber || !head.Hash.AsSpan().SequenceEqual(batch.PreviousHash))
        {
            throw new StoreRefusedException(
                $"Batch {batch.Batch} from number {batch.FirstNumber} does not follow what is stored: batch {head.Batch}, number {head.Number}. " +
                "The database was restored or changed beside this server: stop, and run verify.");
        }

        return false;
    }

    /// <summary>Decides what a failed try means; returns whether the next one separates rows, or throws when there is none.</summary>
    private async Task<bool> RecoverAsync(Exception exception, RowBatch batch, BatchAttempt? attempt, bool separating, Backoff backoff)
    {
        switch (PostgresFault.Classify(exception, attempt is { IsWritingRows: true }))
        {
            case FaultKind.Transient:
                if (attempt is { CommitSent: true })
                {
                    Health.RecordAmbiguousCommit();
                }

                await RetryAsync(exception, backoff, _closing.Token);
                return separating;

            case FaultKind.RowRefused:
                Health.RecordRetry($"a row of batch {batch.Batch} was refused: {exception.Message}");
                return await AfterRefusalAsync(exception, attempt!, separating);

            default:
                throw await EndAsync(exception);
        }
    }

    /// <summary>A refused row is separated; but if a partition was missing, that was it.</summary>
    private async Task<bool> AfterRefusalAsync(Exception exception, BatchAttempt refused, bool separating)
    {
        try
        {
            await DropAheadAsync(refused);
            if (await ShardHold.RollbackAndAddPartitionsAsync(refused))
            {
                return separating;
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            // The refusal stands whatever became of the connections; the next try makes new ones.
            await LoseSessionAsync();
        }

        return separating
            ? throw new StoreRefusedException($"A row of batch {refused.Batch.Batch} is refused even in plain form: {exception.Message}", exception)
            : true;
    }

    /// <summary>Undoes rows that were written ahead; the batches are written again when their turn comes.</summary>
    private async Task DropAheadAsync(BatchAttempt? failed)
    {
        foreach (var (attempt, rows) in _ahead.ToArray())
        {
            _ahead.Remove((attempt, rows));
            if (attempt != failed)
            {
                await EndedAsync(rows);
                await attempt.Session.RollbackAsync();
            }
        }
    }

    /// <summary>Gives the connections up, once nothing uses them.</summary>
    private async Task LoseSessionAsync()
    {
        foreach (var (_, rows) in _ahead)
        {
            await EndedAsync(rows);
        }

        _ahead.Clear();
        await _hold.LoseSessionAsync();
    }

    private static async Task EndedAsync(Task rows)
    {
        try
        {
            await rows;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException or InvalidOperationException or ObjectDisposedException)
        {
            // Rows without a place in the chain are nothing; the batch is written again, and what is wrong with it told then.
        }
    }

    private async Task RetryAsync(Exception exception, Backoff backoff, CancellationToken cancellationToken)
    {
        Health.RecordRetry(exception.Message);
        await LoseSessionAsync();
        await backoff.WaitAsync(cancellationToken);
    }

    private async Task<Exception> EndAsync(Exception exception)
    {
        await LoseSessionAsync();
        return PostgresFault.ToFinal(exception);
    }

    private void RecordPlainRows(int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            Health.RecordPlainRow();
        }
    }
}
