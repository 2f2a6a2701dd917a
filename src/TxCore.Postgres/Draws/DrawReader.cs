using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Ticketing.Draws;

namespace TxCore.Postgres;

/// <summary>
/// Reads a draw from its stored entries alone, without the state of the core, for the audit package: what it tells, anyone with the rows can
/// compute again. Rows stream by; of ten million registrations only the keys stay in memory.
/// </summary>
public sealed class DrawReader : IAsyncDisposable
{
    private const int ChunkNumbers = 50_000;

    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;

    /// <summary>A reader that has not connected yet; a role that may read suffices.</summary>
    public DrawReader(string connectionString, ShardIdentity identity)
    {
        _source = ReaderSource.Create(connectionString, identity);
        _identity = identity;
    }

    /// <summary>Reads a draw; null when it was never defined.</summary>
    /// <exception cref="InvalidDataException">A row does not have its checksum, or the entries contradict each other.</exception>
    public async Task<StoredDraw?> ReadAsync(uint draw, CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SET default_transaction_read_only = on", cancellationToken);
        var days = await DayMap.ReadAsync(connection, _identity.Shard, cancellationToken);
        using var stream = new RowStream();
        var follower = new DrawFollower(draw, _identity.Shard);
        if (await FindAsync(connection, draw, cancellationToken) is not (> 0 and var defined))
        {
            return null;
        }

        foreach (var range in days.Ranges(defined - 1, ChunkNumbers))
        {
            await stream.ReadAsync(
                connection, RowSelect.Draw(range.BusinessDay, range.First, range.Last, draw), Visit, cancellationToken);
            if (follower.Draw is { Ended: > 0 })
            {
                break;
            }
        }

        return follower.Draw ?? throw new InvalidDataException($"The definition of draw {draw}, number {defined}, cannot be read: run verify.");

        void Visit(in CopiedRow copied)
        {
            var row = copied.Read(follower.Last);
            follower.Apply(in row);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>The number of the definition; 0 when there is none. Rows have no index on the draw: one scan, shared among workers.</summary>
    private static async Task<long> FindAsync(NpgsqlConnection connection, uint draw, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(
            connection, "SET LOCAL enable_seqscan = on; SET LOCAL max_parallel_workers_per_gather = 4; SET LOCAL statement_timeout = 0", cancellationToken);
        long number = 0;
        using var stream = new RowStream();
        await stream.ReadAsync(connection, RowSelect.DrawDefinitions(), Visit, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return number;

        void Visit(in CopiedRow copied)
        {
            var row = copied.Read(0);
            if (DrawFollower.DrawOf(in row) == draw)
            {
                number = row.Entry.Number;
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
