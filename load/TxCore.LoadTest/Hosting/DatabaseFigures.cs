using Npgsql;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Hosting;

/// <summary>What a run did to the databases of one PostgreSQL: looked at before and after.</summary>
internal sealed class DatabaseFigures
{
    private const string Settings = """
        SELECT name, setting FROM pg_settings
         WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_compression', 'wal_sync_method', 'shared_buffers') ORDER BY name
        """;

    private readonly IReadOnlyList<string> _connectionStrings;
    private readonly Point _before;

    private DatabaseFigures(IReadOnlyList<string> connectionStrings, Point before) => (_connectionStrings, _before) = (connectionStrings, before);

    /// <summary>Looks before the run.</summary>
    public static async Task<DatabaseFigures> BeginAsync(CancellationToken cancellationToken, params IReadOnlyList<string> connectionStrings) =>
        new(connectionStrings, await ReadAllAsync(connectionStrings, cancellationToken));

    /// <summary>Looks after it.</summary>
    public async Task<PostgresFigures> EndAsync(CancellationToken cancellationToken)
    {
        var after = await ReadAllAsync(_connectionStrings, cancellationToken);
        await using var source = NpgsqlDataSource.Create(_connectionStrings[0]);
        var settings = new List<RunSetting>();
        await using (var command = source.CreateCommand(Settings))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                settings.Add(new RunSetting(reader.GetString(0), reader.GetString(1)));
            }
        }

        long transactions = after.Number - _before.Number;
        long wal = (long)(after.WalBytes - _before.WalBytes);
        return new PostgresFigures(
            after.Version, after.Batch - _before.Batch, transactions, after.Rows - _before.Rows, wal,
            transactions == 0 ? 0 : Math.Round((double)wal / transactions, 1),
            after.Rows == 0 ? 0 : Math.Round((double)after.TableBytes / after.Rows, 1), settings);
    }

    private static async Task<Point> ReadAllAsync(IReadOnlyList<string> connectionStrings, CancellationToken cancellationToken)
    {
        Point? sum = null;
        foreach (string connectionString in connectionStrings)
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            var point = await Point.ReadAsync(source, cancellationToken);

            // The write-ahead log is the whole PostgreSQL's.
            sum = sum is null ? point : point with
            {
                Number = sum.Number + point.Number,
                Batch = sum.Batch + point.Batch,
                Rows = sum.Rows + point.Rows,
                TableBytes = sum.TableBytes + point.TableBytes,
            };
        }

        return sum!;
    }

    private sealed record Point(string Version, decimal WalBytes, long Number, long Batch, long Rows, long TableBytes)
    {
        private const string Sql = """
            SELECT current_setting('server_version'), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), s.last_number, s.last_batch,
                   (SELECT coalesce(sum(row_count), 0)::int8 FROM txcore.batch),
                   (SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::int8 FROM pg_inherits WHERE inhparent = 'txcore.transaction'::regclass)
              FROM txcore.shard s
            """;

        public static async Task<Point> ReadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand(Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? new Point(
                    reader.GetString(0), reader.GetDecimal(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))
                : throw new InvalidOperationException("The database belongs to no shard.");
        }
    }
}
