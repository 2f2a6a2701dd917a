using System.Buffers.Binary;
using Npgsql;
using TxCore.Storage;
using TxCore.Ticketing.Draws;

namespace TxCore.Postgres;

/// <summary>
/// Writes the ranks of published draws beside the entries, for those who read by SQL: all ranks of a draw in one transaction, once. The
/// entries alone decide; these rows can be made from them again.
/// </summary>
public sealed class DrawProjection : IAsyncDisposable
{
    // Fields (2), then each with its length (4): shard, draw, rank, list index, key.
    private const int RowBytes = 2 + 4 + sizeof(short) + 4 + sizeof(int) + 4 + sizeof(int) + 4 + sizeof(int) + 4 + DrawList.KeyBytes;
    private const int BlockRows = 4096;

    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;

    /// <summary>A projection that has not connected yet; the writer's connection string serves.</summary>
    public DrawProjection(string connectionString, ShardIdentity identity)
    {
        _source = ReaderSource.Create(connectionString, identity);
        _identity = identity;
    }

    /// <summary>Writes the ranks of a draw; does nothing when they are there. Two writers at once write them once.</summary>
    /// <param name="draw">The draw, 1 or more.</param>
    /// <param name="keys">The keys of its entries.</param>
    /// <param name="sorted">Their positions, sorted.</param>
    /// <param name="order">Index in the sorted list by rank - 1.</param>
    /// <param name="orderHash">The order hash that the run stored.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <returns>True when they were written now.</returns>
    /// <exception cref="InvalidDataException">The order is not the one of the hash, or other ranks of the draw are stored.</exception>
    public async Task<bool> WriteAsync(
        uint draw, PersonKeyList keys, int[] sorted, int[] order, byte[] orderHash, CancellationToken cancellationToken = default)
    {
        if (keys.Count != order.Length || sorted.Length != order.Length)
        {
            throw new ArgumentException($"There are {keys.Count} keys, {sorted.Length} positions and {order.Length} ranks.", nameof(order));
        }

        if (!DrawOrder.Hash(order).AsSpan().SequenceEqual(orderHash))
        {
            throw new InvalidDataException($"The order of draw {draw} does not have the hash {Convert.ToHexStringLower(orderHash)} that its run stored.");
        }

        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await TakeAsync(connection, draw, order.Length, orderHash, cancellationToken))
        {
            await CheckAsync(connection, draw, order.Length, orderHash, cancellationToken);
            return false;
        }

        await CopyAsync(connection, (int)draw, keys, sorted, order, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The hash of the order whose ranks are stored; null when there are none of that draw.</summary>
    public async Task<byte[]?> ReadHashAsync(uint draw, CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return (await ReadAsync(connection, draw, cancellationToken))?.OrderHash;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Takes the draw; the row makes a second writer wait until this one has committed or gone.</summary>
    private async Task<bool> TakeAsync(
        NpgsqlConnection connection, uint draw, int entries, byte[] orderHash, CancellationToken cancellationToken)
    {
        const string sql = "INSERT INTO txcore.draw_projections (shard, draw, entries, order_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = _identity.Shard }, new() { Value = (int)draw }, new() { Value = entries }, new() { Value = orderHash },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task CheckAsync(NpgsqlConnection connection, uint draw, int entries, byte[] orderHash, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(connection, draw, cancellationToken);
        if (stored is not { } ranks || ranks.Entries != entries || !ranks.OrderHash.AsSpan().SequenceEqual(orderHash))
        {
            throw new InvalidDataException(
                $"Other ranks of draw {draw} are stored: {stored?.Entries} entries with order hash {Convert.ToHexStringLower(stored?.OrderHash ?? [])}, "
                + $"the draw has {entries} with {Convert.ToHexStringLower(orderHash)}.");
        }
    }

    private async Task<(int Entries, byte[] OrderHash)?> ReadAsync(NpgsqlConnection connection, uint draw, CancellationToken cancellationToken)
    {
        const string sql = "SELECT entries, order_hash FROM txcore.draw_projections WHERE shard = $1 AND draw = $2";
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = _identity.Shard }, new() { Value = (int)draw } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt32(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    private async Task CopyAsync(
        NpgsqlConnection connection, int draw, PersonKeyList keys, int[] sorted, int[] order, CancellationToken cancellationToken)
    {
        const string sql = "COPY txcore.draw_ranks (shard, draw, rank, list_index, person_key) FROM STDIN (FORMAT BINARY)";
        var copy = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        await copy.WriteAsync(RowCopy.Header, cancellationToken);
        byte[] block = new byte[BlockRows * RowBytes];
        for (int start = 0; start < order.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, order.Length - start);
            for (int i = 0; i < count; i++)
            {
                WriteRow(block.AsSpan(i * RowBytes, RowBytes), draw, start + i + 1, order[start + i], keys[sorted[order[start + i]]]);
            }

            await copy.WriteAsync(block.AsMemory(0, count * RowBytes), cancellationToken);
        }

        await copy.WriteAsync(RowCopy.Trailer, cancellationToken);

        // Ends the COPY and throws what PostgreSQL has against a row. A failed write above broke the connection, and it goes with that.
        await copy.DisposeAsync();
    }

    private void WriteRow(Span<byte> row, int draw, int rank, int index, in PersonKey key)
    {
        BinaryPrimitives.WriteInt16BigEndian(row, 5);
        BinaryPrimitives.WriteInt32BigEndian(row[2..], sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(row[6..], _identity.Shard);
        WriteInt32(row[8..], draw);
        WriteInt32(row[16..], rank);
        WriteInt32(row[24..], index);
        BinaryPrimitives.WriteInt32BigEndian(row[32..], DrawList.KeyBytes);
        key.Write(row[36..]);
    }

    private static void WriteInt32(Span<byte> field, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(field, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(field[4..], value);
    }
}
