using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Signs the head of the chain and keeps it twice: in the anchor file, outside the reach of whoever can change the database, and in
/// <c>txcore.head</c>. To be called at least once a minute and when a day closes. For one caller at a time.
/// </summary>
/// <param name="connectionString">The writer's connection string.</param>
/// <param name="identity">The shard.</param>
/// <param name="key">The signing key; belongs to the caller.</param>
/// <param name="anchorFile">Path of the anchor file; created when missing.</param>
/// <param name="clock">Tells the time of signing.</param>
public sealed class SignedHeads(string connectionString, ShardIdentity identity, SigningKey key, string anchorFile, TimeProvider clock)
    : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = ReaderSource.Create(connectionString, identity);
    private readonly AnchorFile _anchor = new(anchorFile);

    /// <summary>Signs a committed head, appends it to the anchor file and stores it; returns once both are on disk.</summary>
    public async Task SignAndStoreAsync(ChainHead head, CancellationToken cancellationToken = default)
    {
        long signedAt = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        byte[] signature = key.Sign(identity, head, signedAt);
        var line = new AnchorLine(
            identity.Shard, identity.Channel, head.Batch, head.Number, Convert.ToHexStringLower(head.Hash), signedAt, key.Id,
            Convert.ToBase64String(signature), "");
        await _anchor.AppendAsync(line, cancellationToken);
        await using var insert = _source.CreateCommand(
            "INSERT INTO txcore.head (shard, batch, number, hash, signed_at, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        insert.Parameters.Add(new NpgsqlParameter { Value = identity.Shard });
        insert.Parameters.Add(new NpgsqlParameter { Value = head.Batch });
        insert.Parameters.Add(new NpgsqlParameter { Value = head.Number });
        insert.Parameters.Add(new NpgsqlParameter { Value = head.Hash });
        insert.Parameters.Add(new NpgsqlParameter { Value = DateTime.UnixEpoch.AddMicroseconds(signedAt) });
        insert.Parameters.Add(new NpgsqlParameter { Value = key.Id });
        insert.Parameters.Add(new NpgsqlParameter { Value = signature });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
