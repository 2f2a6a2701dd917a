using System.Security.Cryptography;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Server.Tests;

/// <summary>What somebody with full rights and this program's source could do to hide a change: make everything fit again.</summary>
internal static class RecomputedChain
{
    // Of a binary COPY: signature (11), flags (4), extension length (4) before the rows, an end mark (2) after them.
    private const int HeaderBytes = 11 + 4 + 4;
    private const int TrailerBytes = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Changes the amount of an entry of one line, gives the row its checksum, and every batch and the shard row their hashes.</summary>
    public static async Task ForgeAsync(Deployment deployment, long number)
    {
        await deployment.ExecuteAsync($"UPDATE txcore.transaction SET amount_cents = 1 WHERE number = {number}");
        byte[] row = await RowsAsync(deployment, number, number);
        int checksum = RowWriter.Checksum(row.AsSpan()[..^RowFormat.ChecksumFieldBytes]);
        await deployment.ExecuteAsync($"UPDATE txcore.transaction SET checksum = {checksum} WHERE number = {number}");
        byte[] previous = new byte[ChainHash.Bytes];
        foreach (var batch in await BatchesAsync(deployment))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            ChainHash.Begin(hash, previous, deployment.Identity.Shard, RowFormat.Version, batch.Batch, batch.First, batch.Last, batch.Rows);
            hash.AppendData(await RowsAsync(deployment, batch.First, batch.Last));
            byte[] result = hash.GetHashAndReset();
            await deployment.ExecuteAsync($"""
                UPDATE txcore.batch SET previous_hash = '\x{Convert.ToHexString(previous)}', hash = '\x{Convert.ToHexString(result)}' WHERE batch = {batch.Batch};
                UPDATE txcore.shard SET last_hash = '\x{Convert.ToHexString(result)}';
                """);
            previous = result;
        }
    }

    private static async Task<byte[]> RowsAsync(Deployment deployment, long first, long last)
    {
        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(Cancellation);
        string columns = string.Join(", ", RowFormat.Columns);
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"COPY (SELECT {columns} FROM txcore.transaction WHERE number BETWEEN {first} AND {last} ORDER BY number, line) TO STDOUT (FORMAT BINARY)",
            Cancellation);
        using var bytes = new MemoryStream();
        await copy.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray()[HeaderBytes..^TrailerBytes];
    }

    private static async Task<List<(long Batch, long First, long Last, int Rows)>> BatchesAsync(Deployment deployment)
    {
        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("SELECT batch, first_number, last_number, row_count FROM txcore.batch ORDER BY batch", connection);
        await using var row = await command.ExecuteReaderAsync(Cancellation);
        var batches = new List<(long, long, long, int)>();
        while (await row.ReadAsync(Cancellation))
        {
            batches.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3)));
        }

        return batches;
    }
}
