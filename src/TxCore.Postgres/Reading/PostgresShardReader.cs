using Npgsql;
using NpgsqlTypes;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Reads of a shard from PostgreSQL over a few connections of their own. Thread-safe.</summary>
public sealed class PostgresShardReader : IShardReader, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;
    private readonly EntryLookup _lookup;
    private readonly RaceReader _races;
    private readonly SnapshotTable _snapshots;

    /// <summary>A reader that has not connected yet; the writer's connection string serves.</summary>
    public PostgresShardReader(string connectionString, ShardIdentity identity)
    {
        _source = ReaderSource.Create(connectionString, identity);
        _identity = identity;
        _lookup = new EntryLookup(_source, identity.Shard);
        _races = new RaceReader(_source, identity.Shard);
        _snapshots = new SnapshotTable(_source, identity.Shard);
    }

    /// <inheritdoc/>
    public async ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var reader = new EntryReader(visitor, afterNumber);
        await reader.ReadAsync(connection, await DayMap.ReadAsync(connection, _identity.Shard, cancellationToken), cancellationToken);
        return reader.Last;
    }

    /// <inheritdoc/>
    public ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken) =>
        _lookup.ByNumberAsync(number, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken) =>
        _lookup.BySequenceAsync(source, sequence, laterNumber, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        await _races.ReadMeetingAsync(day, meeting, fromDay, visitor, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        await _races.ReadWagersAsync(race, fromDay, visitor, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken) =>
        await _races.ReadUndoneAsync(fromDay, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> ReadPaymentsAsync(
        long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var days = await DayMap.ReadAsync(connection, _identity.Shard, cancellationToken);
        return await new PaymentReader(visitor, afterNumber, max).ReadAsync(connection, days, upToNumber, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken) => _snapshots.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken) =>
        _snapshots.ReadAsync(snapshot, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _snapshots.WriteAsync(number, format, bytes, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await SourceTable.ReadAsync(connection, _identity.Shard, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return (await DayMap.ReadAsync(connection, _identity.Shard, cancellationToken)).Head;
    }

    /// <inheritdoc/>
    public async ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken)
    {
        // Days after a gap do not count: the writer reaches the gap first.
        const string sql = """
            SELECT count(*)::int - 1
              FROM (SELECT p.business_day - row_number() OVER (ORDER BY p.business_day)::int AS run
                      FROM txcore.partition p WHERE p.business_day >= $1) ahead
             WHERE ahead.run = $1 - 1
            """;
        await using var command = _source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = Days.ToDate(businessDay), NpgsqlDbType = NpgsqlDbType.Date });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
