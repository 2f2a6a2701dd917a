using System.Security.Cryptography;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Snapshots in chunks, each chained by its hash to the one before.</summary>
internal sealed class SnapshotTable(NpgsqlDataSource source, short shard)
{
    private const int ChunkBytes = 1024 * 1024;
    private const int ListedMax = 3;

    public async ValueTask<IReadOnlyList<SnapshotInfo>> ListAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT number, format, chunks, bytes, hash FROM txcore.snapshot WHERE shard = $1 ORDER BY number DESC, format DESC LIMIT $2
            """;
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = shard });
        command.Parameters.Add(new NpgsqlParameter { Value = ListedMax });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var snapshots = new List<SnapshotInfo>();
        while (await row.ReadAsync(cancellationToken))
        {
            snapshots.Add(new SnapshotInfo(row.GetInt64(0), row.GetInt16(1), row.GetInt32(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4)));
        }

        return snapshots;
    }

    public async ValueTask<byte[]> ReadAsync(SnapshotInfo snapshot, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        byte[] bytes = await ReadChunksAsync(connection, snapshot, cancellationToken);
        const string sql = "SELECT previous_hash FROM txcore.snapshot WHERE shard = $1 AND number = $2 AND format = $3";
        await using var previous = Keyed(connection, sql, snapshot);
        if (await previous.ExecuteScalarAsync(cancellationToken) is not byte[] previousHash
            || !HashOf(bytes, previousHash).AsSpan().SequenceEqual(snapshot.Hash))
        {
            throw new InvalidDataException($"The snapshot after number {snapshot.Number} does not have the hash it was written with.");
        }

        return bytes;
    }

    public async ValueTask WriteAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        byte[] previous = await LastHashAsync(connection, cancellationToken);
        var snapshot = new SnapshotInfo(
            number, format, (bytes.Length + ChunkBytes - 1) / ChunkBytes, bytes.Length, HashOf(bytes.Span, previous));

        // The state after a number is the same whoever wrote it, so one that is there already stays.
        if (await InsertAsync(connection, snapshot, previous, cancellationToken))
        {
            for (int chunk = 0; chunk < snapshot.Chunks; chunk++)
            {
                int start = chunk * ChunkBytes;
                var content = bytes.Slice(start, Math.Min(ChunkBytes, bytes.Length - start));
                await InsertChunkAsync(connection, snapshot, chunk, content, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> InsertAsync(NpgsqlConnection connection, SnapshotInfo snapshot, byte[] previous, CancellationToken cancellationToken)
    {
        const string sql = """
            INSERT INTO txcore.snapshot (shard, number, format, chunks, bytes, hash, previous_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT DO NOTHING
            """;
        await using var command = Keyed(connection, sql, snapshot);
        command.Parameters.Add(new NpgsqlParameter { Value = snapshot.Chunks });
        command.Parameters.Add(new NpgsqlParameter { Value = snapshot.Bytes });
        command.Parameters.Add(new NpgsqlParameter { Value = snapshot.Hash });
        command.Parameters.Add(new NpgsqlParameter { Value = previous });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task InsertChunkAsync(
        NpgsqlConnection connection, SnapshotInfo snapshot, int chunk, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        const string sql = "INSERT INTO txcore.snapshot_chunk (shard, number, format, chunk, content) VALUES ($1, $2, $3, $4, $5)";
        await using var command = Keyed(connection, sql, snapshot);
        command.Parameters.Add(new NpgsqlParameter { Value = chunk });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = content });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<byte[]> LastHashAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = "SELECT hash FROM txcore.snapshot WHERE shard = $1 ORDER BY number DESC, format DESC LIMIT 1";
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = shard } } };
        return await command.ExecuteScalarAsync(cancellationToken) as byte[] ?? new byte[ChainHash.Bytes];
    }

    private async Task<byte[]> ReadChunksAsync(NpgsqlConnection connection, SnapshotInfo snapshot, CancellationToken cancellationToken)
    {
        const string sql = "SELECT content FROM txcore.snapshot_chunk WHERE shard = $1 AND number = $2 AND format = $3 ORDER BY chunk";
        await using var command = Keyed(connection, sql, snapshot);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var bytes = new MemoryStream();
        while (await row.ReadAsync(cancellationToken))
        {
            bytes.Write(row.GetFieldValue<byte[]>(0));
        }

        return bytes.Length == snapshot.Bytes
            ? bytes.ToArray()
            : throw new InvalidDataException($"The snapshot after number {snapshot.Number} has {bytes.Length} bytes instead of {snapshot.Bytes}.");
    }

    private NpgsqlCommand Keyed(NpgsqlConnection connection, string sql, SnapshotInfo snapshot) => new(sql, connection)
    {
        Parameters = { new() { Value = shard }, new() { Value = snapshot.Number }, new() { Value = snapshot.Format } },
    };

    private static byte[] HashOf(ReadOnlySpan<byte> bytes, byte[] previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        hash.AppendData(previous);
        return hash.GetHashAndReset();
    }
}
