using Npgsql;
using NpgsqlTypes;
using TxCore.Identity.Schema;

namespace TxCore.Identity.Persons;

/// <summary>A connection pool of the identity database, opened only on a database that is one.</summary>
public sealed class IdentityDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private IdentityDatabase(NpgsqlDataSource source) => _source = source;

    /// <summary>Connects.</summary>
    /// <exception cref="IdentityRefusedException">The database is a shard's, no identity store, or older than this version.</exception>
    public static async Task<IdentityDatabase> OpenAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "txcore identity", IncludeErrorDetail = false };
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await IdentityMigrations.RequireStoreAsync(connection, cancellationToken);
            return new IdentityDatabase(source);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    internal ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs a statement by itself.</summary>
    internal async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return await ExecuteAsync(connection, sql, cancellationToken, values);
    }

    internal static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>All rows of a query.</summary>
    internal async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken, params object?[] values)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var command = Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (object? value in values)
        {
            command.Parameters.Add(value switch
            {
                null => new NpgsqlParameter { Value = DBNull.Value },
                DateTimeOffset time => new NpgsqlParameter { Value = time.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                _ => new NpgsqlParameter { Value = value },
            });
        }

        return command;
    }
}
