using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>One physical connection of the writer, checked when it was made, with the statements prepared that every batch needs.</summary>
internal sealed class WriterSession : IAsyncDisposable
{
    private readonly NpgsqlCommand _commit;
    private readonly (RowInsert Rows, AdvanceCommand Whole)[] _small;
    private string? _warning;

    private WriterSession(NpgsqlConnection connection, BackendId backend)
    {
        Connection = connection;
        Backend = backend;
        Advance = AdvanceCommand.Alone(connection);
        AdvanceAndCommit = AdvanceCommand.WithCommit(connection);
        _small = [.. SmallInserts().Select(rows => (rows, AdvanceCommand.Whole(connection, rows.Command)))];
        Fence = new FenceCommand(connection);

        // COMMIT is never cancelled and has no time limit: only its reply, or a reading under a new epoch, tells what became of it.
        _commit = new NpgsqlCommand("COMMIT", connection) { CommandTimeout = 0 };
        connection.Notice += (_, notice) => _warning = notice.Notice.InvariantSeverity == "WARNING" ? notice.Notice.MessageText : _warning;
    }

    public NpgsqlConnection Connection { get; }

    public BackendId Backend { get; }

    public AdvanceCommand Advance { get; }

    /// <summary>The end of a batch whose rows are written.</summary>
    public AdvanceCommand AdvanceAndCommit { get; }

    public FenceCommand Fence { get; }

    /// <summary>Connects, checks the server and prepares.</summary>
    public static async Task<WriterSession> OpenAsync(NpgsqlDataSource source, ShardIdentity identity, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var session = new WriterSession(connection, await CheckAsync(connection, identity, cancellationToken));
            await session.Advance.PrepareAsync(cancellationToken);
            await session.AdvanceAndCommit.PrepareAsync(cancellationToken);
            foreach (var (_, whole) in session._small)
            {
                await whole.PrepareAsync(cancellationToken);
            }

            await session._commit.PrepareAsync(cancellationToken);
            return session;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A whole small batch, filled with its rows: BEGIN, advance, the rows, COMMIT.</summary>
    public AdvanceCommand WithRows(RowWriter rows)
    {
        var (insert, whole) = _small[Math.Min(rows.RowCount, _small.Length) - 1];
        insert.Fill(rows);
        return whole;
    }

    /// <summary>Starts a transaction.</summary>
    public Task BeginAsync() => ExecuteAsync("BEGIN");

    /// <summary>Undoes the transaction.</summary>
    public Task RollbackAsync() => ExecuteAsync("ROLLBACK");

    /// <summary>Commits; returns only for a clean reply.</summary>
    /// <exception cref="WarnedCommitException">The reply carried a warning.</exception>
    public Task CommitAsync() => WithoutWarningAsync(_commit);

    /// <summary>Runs a statement that commits by itself, under the same rules as <see cref="CommitAsync"/>.</summary>
    public Task WithoutWarningAsync(NpgsqlCommand command) => WithoutWarningAsync(() => command.ExecuteNonQueryAsync());

    /// <summary>Runs one that ends with COMMIT, under the same rules as <see cref="CommitAsync"/>.</summary>
    public Task CommitBehindAsync(AdvanceCommand advance, Claim claim, RowBatch batch, DayStarts days) =>
        WithoutWarningAsync(() => advance.ExecuteAsync(claim, batch, days));

    private async Task WithoutWarningAsync(Func<Task> commit)
    {
        _warning = null;
        await commit();
        if (_warning is { } warning)
        {
            throw new WarnedCommitException(warning);
        }
    }

    /// <summary>Runs a statement without parameters.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <summary>One for each number of rows that has a statement of its own, and one for all others.</summary>
    private static IEnumerable<RowInsert> SmallInserts()
    {
        for (int rows = 1; rows <= ValuesInsert.RowsMax; rows++)
        {
            yield return new ValuesInsert(rows);
        }

        yield return new ArrayInsert();
    }

    private static async Task<BackendId> CheckAsync(NpgsqlConnection connection, ShardIdentity identity, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ServerCheck.Sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            throw new StoreRefusedException("The database has no shard row: run the migration first.");
        }

        ServerCheck.Require(row, identity);
        return new BackendId(row.GetInt32(5), row.GetDateTime(6));
    }
}
