using Npgsql;
using NpgsqlTypes;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The table of sources: versions are added, the highest counts.</summary>
internal static class SourceTable
{
    public static async Task<IReadOnlyList<SourceRecord>> ReadAsync(NpgsqlConnection connection, short shard, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT DISTINCT ON (source) source, outlet, channel, role, sequence_window, salt, iterations, stored_key, server_key, disabled, certificate
              FROM txcore.source WHERE shard = $1 ORDER BY source, version DESC
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = shard } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var sources = new List<SourceRecord>();
        while (await row.ReadAsync(cancellationToken))
        {
            sources.Add(new SourceRecord(
                (uint)row.GetInt64(0), row.GetInt32(1), (Channel)row.GetInt16(2), (SourceRole)row.GetInt16(3), row.GetInt32(4),
                row.GetFieldValue<byte[]>(5), row.GetInt32(6), row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(8), row.GetBoolean(9),
                await row.IsDBNullAsync(10, cancellationToken) ? null : row.GetString(10)));
        }

        return sources;
    }

    public static async Task AddAsync(NpgsqlConnection connection, short shard, SourceRecord source, CancellationToken cancellationToken)
    {
        const string sql = """
            INSERT INTO txcore.source
                (shard, source, version, outlet, channel, role, sequence_window, salt, iterations, stored_key, server_key, disabled, certificate)
            SELECT $1, $2, coalesce(max(s.version), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
              FROM txcore.source s WHERE s.shard = $1 AND s.source = $2
            """;
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = shard }, new() { Value = (long)source.Id }, new() { Value = source.Outlet },
                new() { Value = (short)source.Channel }, new() { Value = (short)source.Role }, new() { Value = source.Window },
                new() { Value = source.Salt }, new() { Value = source.Iterations }, new() { Value = source.StoredKey },
                new() { Value = source.ServerKey }, new() { Value = source.Disabled },
                new() { Value = (object?)source.Certificate ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
