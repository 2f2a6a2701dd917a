using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The record of a batch as stored.</summary>
internal sealed record BatchRecord(long Batch, long FirstNumber, long LastNumber, int RowCount, short RowFormat, byte[] PreviousHash, byte[] Hash);

/// <summary>Reads batch records in order.</summary>
internal static class BatchTable
{
    private const string Columns = "batch, first_number, last_number, row_count, row_format, previous_hash, hash";

    /// <summary>The records above a batch up to another, at most so many.</summary>
    public static async Task<List<BatchRecord>> ReadPageAsync(
        NpgsqlConnection connection, short shard, long afterBatch, long lastBatch, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"SELECT {Columns} FROM txcore.batch WHERE shard = $1 AND batch > $2 AND batch <= $3 ORDER BY batch LIMIT $4";
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = shard }, new() { Value = afterBatch }, new() { Value = lastBatch }, new() { Value = limit } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<BatchRecord>();
        while (await row.ReadAsync(cancellationToken))
        {
            page.Add(new BatchRecord(
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt16(4),
                row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6)));
        }

        return page;
    }

    /// <summary>The end of the chain at a batch; the beginning of all for batch 0.</summary>
    /// <exception cref="StoreRefusedException">There is no such batch.</exception>
    public static async Task<ChainHead> ReadEndAsync(NpgsqlConnection connection, short shard, long batch, CancellationToken cancellationToken)
    {
        if (batch <= 0)
        {
            return new ChainHead(0, 0, new byte[ChainHash.Bytes], 0);
        }

        return await ReadPageAsync(connection, shard, batch - 1, batch, 1, cancellationToken) is [var record]
            ? new ChainHead(record.LastNumber, record.Batch, record.Hash, 0)
            : throw new StoreRefusedException($"There is no batch {batch} to begin behind.");
    }
}
