using System.Data;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>An identity of ticket sales, and how far the rows keep it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Says">What must hold.</param>
/// <param name="Checked">How many things it was checked on.</param>
/// <param name="Broken">For how many of them it does not hold.</param>
/// <param name="First">The first of those; null when there is none.</param>
public sealed record SaleIdentity(string Name, string Says, long Checked, long Broken, string? First)
{
    /// <summary>Whether it holds.</summary>
    public bool Holds => Broken == 0;
}

/// <summary>Checks the ticket sales of a shard by the rows alone (<c>domain.md</c> section 3.2): one statement snapshot, no lock.</summary>
public sealed class SaleReader : IAsyncDisposable
{
    // A day that is still written has no statistics, so the planner takes everything for a few rows: it is kept from nested loops over millions.
    private const string Settings =
        "SET TRANSACTION READ ONLY; SET LOCAL enable_seqscan = on; SET LOCAL enable_nestloop = off; SET LOCAL max_parallel_workers_per_gather = 4; "
        + "SET LOCAL statement_timeout = 0";

    private readonly NpgsqlDataSource _source;

    /// <summary>A reader that has not connected yet; a role that may read suffices.</summary>
    public SaleReader(string connectionString, ShardIdentity identity) => _source = ReaderSource.Create(connectionString, identity);

    /// <summary>Checks every identity, over all sales and all days. Reads every row about seats: minutes, for a big sale.</summary>
    public async Task<IReadOnlyList<SaleIdentity>> VerifyAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var settings = new NpgsqlCommand(Settings, connection, transaction))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        var identities = new List<SaleIdentity>();
        foreach (var (name, says, sql) in SaleIdentities.All)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            identities.Add(new SaleIdentity(
                name, says, row.GetInt64(0), row.GetInt64(1), await row.IsDBNullAsync(2, cancellationToken) ? null : row.GetString(2)));
        }

        await transaction.CommitAsync(cancellationToken);
        return identities;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
