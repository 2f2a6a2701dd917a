using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Registers the terminals and frontends of a shard. A change is a new version of the record; a running server reads it at its next refresh.
/// </summary>
public sealed class SourceRegistry : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;

    /// <summary>A registry that has not connected yet; the writer's connection string serves.</summary>
    public SourceRegistry(string connectionString, ShardIdentity identity)
    {
        _source = ReaderSource.Create(connectionString, identity);
        _identity = identity;
    }

    /// <summary>Adds a source, or a new version of one.</summary>
    /// <exception cref="ArgumentException">The source belongs to the other channel.</exception>
    public Task AddSourceAsync(SourceRecord source, CancellationToken cancellationToken = default) =>
        AddSourcesAsync([source], cancellationToken);

    /// <summary>Adds many sources in one transaction.</summary>
    /// <exception cref="ArgumentException">A source belongs to the other channel; none is added.</exception>
    public async Task AddSourcesAsync(IEnumerable<SourceRecord> sources, CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var source in sources)
        {
            if (source.Channel != _identity.Channel)
            {
                throw new ArgumentException(
                    $"Source {source.Id} is of channel {source.Channel}; this shard is {_identity.Channel}.", nameof(sources));
            }

            await SourceTable.AddAsync(connection, _identity.Shard, source, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes a source's right to log on; false when there is none of that number.</summary>
    public Task<bool> DisableAsync(uint id, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, static source => source with { Disabled = true }, cancellationToken);

    /// <summary>Adds a new version of a source, made from its present one; false when there is none of that number.</summary>
    public async Task<bool> ChangeAsync(uint id, Func<SourceRecord, SourceRecord> change, CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        foreach (var source in await SourceTable.ReadAsync(connection, _identity.Shard, cancellationToken))
        {
            if (source.Id == id)
            {
                await SourceTable.AddAsync(connection, _identity.Shard, change(source), cancellationToken);
                return true;
            }
        }

        return false;
    }

    /// <summary>All sources, newest version of each.</summary>
    public async Task<IReadOnlyList<SourceRecord>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await SourceTable.ReadAsync(connection, _identity.Shard, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
