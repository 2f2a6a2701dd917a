using System.Security.Cryptography;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres.Tests;

/// <summary>What somebody with full rights and this program's source could do to hide a change.</summary>
internal static class Recompute
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Changes the amount of line 1 of an entry and gives the row a checksum that fits.</summary>
    public static async Task RowAsync(ShardDatabase database, long number)
    {
        await database.ExecuteAsync($"UPDATE txcore.transaction SET amount_cents = 1 WHERE number = {number} AND line = 1");
        int checksum = 0;
        await ReadAsync(
            database, RowSelect.Entries(SyntheticEntries.FirstDay, number, number),
            (in row) => checksum = RowWriter.Checksum(row.Tuple[..^RowFormat.ChecksumFieldBytes]));
        await database.ExecuteAsync($"UPDATE txcore.transaction SET checksum = {checksum} WHERE number = {number} AND line = 1");
    }

    /// <summary>Gives every batch the hash of its rows as they are now, chained, and the shard row that of the last.</summary>
    public static async Task ChainAsync(ShardDatabase database)
    {
        byte[] previous = new byte[ChainHash.Bytes];
        foreach (var batch in await BatchesAsync(database))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            ChainHash.Begin(
                hash, previous, ShardDatabase.Identity.Shard, batch.RowFormat, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.RowCount);
            await ReadAsync(
                database, RowSelect.Rows(SyntheticEntries.FirstDay, batch.FirstNumber, batch.LastNumber), (in row) => hash.AppendData(row.Tuple));
            byte[] result = hash.GetHashAndReset();
            await database.ExecuteAsync($"""
                UPDATE txcore.batch SET previous_hash = '\x{Convert.ToHexString(previous)}', hash = '\x{Convert.ToHexString(result)}'
                 WHERE batch = {batch.Batch};
                UPDATE txcore.shard SET last_hash = '\x{Convert.ToHexString(result)}';
                """);
            previous = result;
        }
    }

    private static async Task<List<BatchRecord>> BatchesAsync(ShardDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync(Cancellation);
        return await BatchTable.ReadPageAsync(connection, ShardDatabase.Identity.Shard, 0, long.MaxValue, 1000, Cancellation);
    }

    private static async Task ReadAsync(ShardDatabase database, string sql, CopiedRowHandler handler)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync(Cancellation);
        using var stream = new RowStream();
        await stream.ReadAsync(connection, sql, handler, Cancellation);
    }
}
