using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The shard as this writer holds it.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Writer">Random identity of this writer.</param>
/// <param name="Epoch">The epoch it writes under.</param>
internal sealed record Claim(short Shard, Guid Writer, long Epoch)
{
    private const string TakeSql = """
        UPDATE txcore.shard SET epoch = epoch + 1, writer = $2, confirmed_at = clock_timestamp()
         WHERE shard = $1 AND (writer = $2 OR $3)
        RETURNING epoch, last_number, last_batch, last_hash,
                  (SELECT d.business_day FROM txcore.day d WHERE d.shard = $1 ORDER BY d.business_day DESC LIMIT 1)
        """;

    // Both modes: the first statement of a batch locks the row before it changes it.
    private const string EndHoldersSql = """
        SELECT count(pg_terminate_backend(a.pid))
          FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.relation = 'txcore.shard'::regclass AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
           AND l.granted AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND a.usename = current_user AND a.pid <> pg_backend_pid()
        """;

    /// <summary>
    /// Takes the shard from whoever holds it, for a writer that starts. A live one ends its batch within moments; one that was frozen in
    /// the middle of a batch never would, so its server process is ended, and the batch with it.
    /// </summary>
    public static async Task<(Claim Claim, ChainHead Head, int LastDay)> TakeOverAsync(WriterSession session, short shard, Guid writer)
    {
        try
        {
            return await TakeAsync(session, shard, writer, fromOthers: true);
        }
        catch (PostgresException held) when (held.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await session.RollbackAsync();
            await session.ExecuteAsync(EndHoldersSql);
            return await TakeAsync(session, shard, writer, fromOthers: true);
        }
    }

    /// <summary>
    /// Takes the shard's row under a new epoch, reads the head behind the lock, and commits. The lock waits for any transaction of an older
    /// epoch to end, and the commit puts everything that was read behind it on disk and on the standbys: only then is the reading true.
    /// </summary>
    /// <param name="session">The connection.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="writer">Identity of this writer.</param>
    /// <param name="fromOthers">At the start the shard is taken from whoever holds it; later only if this writer still holds it.</param>
    /// <exception cref="StoreFencedException">Another writer holds it.</exception>
    public static async Task<(Claim Claim, ChainHead Head, int LastDay)> TakeAsync(WriterSession session, short shard, Guid writer, bool fromOthers)
    {
        await session.BeginAsync();
        if (fromOthers)
        {
            await session.ExecuteAsync("SET LOCAL lock_timeout = 1000");
        }

        await using var take = new NpgsqlCommand(TakeSql, session.Connection)
        {
            Parameters = { new() { Value = shard }, new() { Value = writer }, new() { Value = fromOthers } },
        };
        ChainHead head;
        int lastDay;
        await using (var row = await take.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync())
            {
                throw new StoreFencedException($"Shard {shard} was taken over by another writer: this one must not write again.");
            }

            head = new ChainHead(row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetInt64(0));
            lastDay = await row.IsDBNullAsync(4) ? 0 : Days.FromDate(row.GetFieldValue<DateOnly>(4));
        }

        await session.CommitAsync();
        return (new Claim(shard, writer, head.Epoch), head, lastDay);
    }
}
