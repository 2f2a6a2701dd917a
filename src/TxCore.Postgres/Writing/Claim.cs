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
