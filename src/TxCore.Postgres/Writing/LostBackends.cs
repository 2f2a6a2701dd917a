using Npgsql;

namespace TxCore.Postgres;

/// <summary>
/// Server processes of connections this writer gave up. Each may still be about to commit, so each is ended and waited for before the
/// fate of its batch is read. After a restart of the server they are gone by themselves.
/// </summary>
internal sealed class LostBackends
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly List<BackendId> _lost = [];

    public void Add(BackendId backend) => _lost.Add(backend);

    /// <summary>Ends those that still run, through another connection of the same role, and returns when the server shows none of them.</summary>
    public async Task EndAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a JOIN unnest($1, $2) AS lost (pid, started_at)
                ON a.pid = lost.pid AND a.backend_start = lost.started_at
            """;
        if (_lost.Count == 0)
        {
            return;
        }

        await using var end = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = _lost.ConvertAll(backend => backend.ProcessId) },
                new() { Value = _lost.ConvertAll(backend => backend.StartedAt) },
            },
        };
        while ((long)(await end.ExecuteScalarAsync(cancellationToken))! > 0)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Forgets them: the shard was taken under a later epoch, so none of them can commit any more.</summary>
    public void Clear() => _lost.Clear();
}
