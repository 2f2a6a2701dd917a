using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The writer of a shard on PostgreSQL: one connection, one transaction for each batch. Each failure takes the same way: the connection is
/// given up, its server process ended, the shard taken under a new epoch, and what is stored read behind that commit
/// (<see cref="ShardHold"/>); a batch found there is done, another is written again.
/// </summary>
/// <remarks>For one thread; disposal from another ends the waits between tries.</remarks>
public sealed class PostgresShardStore : IShardStore
{
    private readonly ShardHold _hold;
    private readonly CancellationTokenSource _closing = new();
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
                    break;
                }

                attempt = _hold.Attempt(batch, _isWarned);
                await (separating ? attempt.CommitSeparatingAsync() : attempt.CommitAsync());
                _hold.Advance(batch);
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
                return await AfterRefusalAsync(exception, batch, separating);

            default:
                throw await EndAsync(exception);
        }
    }

    /// <summary>A refused row is separated; but if a partition was missing, that was it.</summary>
    private async Task<bool> AfterRefusalAsync(Exception exception, RowBatch batch, bool separating)
    {
        try
        {
            if (await _hold.RollbackAndAddPartitionsAsync(batch))
            {
                return separating;
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            // The refusal stands whatever became of the connection; the next try makes a new one.
            await _hold.LoseSessionAsync();
        }

        return separating
            ? throw new StoreRefusedException($"A row of batch {batch.Batch} is refused even in plain form: {exception.Message}", exception)
            : true;
    }

    private async Task RetryAsync(Exception exception, Backoff backoff, CancellationToken cancellationToken)
    {
        Health.RecordRetry(exception.Message);
        await _hold.LoseSessionAsync();
        await backoff.WaitAsync(cancellationToken);
    }

    private async Task<Exception> EndAsync(Exception exception)
    {
        await _hold.LoseSessionAsync();
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
