using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A day that was verified, as it is signed.</summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="FirstBatch">Its first batch: the one after the last of the day before.</param>
/// <param name="End">The end of the chain at its last batch.</param>
/// <param name="Rows">Rows of its batches.</param>
internal sealed record DaySeal(int BusinessDay, long FirstBatch, ChainHead End, long Rows);

/// <summary>
/// The seals of days: each says, under the signature of the key that signs the head, that the day's rows were verified up to a batch and its
/// hash. With the chain behind it a sealed day need not be read again, and an archived one cannot be.
/// </summary>
internal sealed class SealedDays(NpgsqlConnection connection, ShardIdentity identity, SigningKey? key)
{
    /// <summary>The first batch to read, and how many days before it are taken by their seals: those archived, and with a key all that are sealed.</summary>
    /// <exception cref="StoreRefusedException">A day is archived, and not in order, or without a key to check its seal with.</exception>
    /// <exception cref="VerifyFaultException">A seal is not signed by the key, or the chain does not hold it.</exception>
    public async Task<(long FirstBatch, int Days)> FirstBatchAsync(DayMap days, bool skipsSealed, CancellationToken cancellationToken)
    {
        int archived = 0;
        while (archived < days.Days.Count && days.Days[archived].IsArchived)
        {
            archived++;
        }

        var late = days.Days.Skip(archived).FirstOrDefault(static day => day.IsArchived);
        if (late.BusinessDay != 0)
        {
            throw new StoreRefusedException($"Business day {late.BusinessDay} is archived and an earlier one is not: attach it again.");
        }

        if (archived == 0 && !skipsSealed)
        {
            return (1, 0);
        }

        if (key is null)
        {
            throw new StoreRefusedException("Days that are sealed or archived can only be taken as verified with the key they were signed with: name the data directory or the key.");
        }

        int taken = 0;
        long next = 1;
        foreach (var seal in await ReadAsync(cancellationToken))
        {
            bool isNext = taken < days.Days.Count - 1 && seal.Seal.BusinessDay == days.Days[taken].BusinessDay;
            if (!isNext || (taken >= archived && !skipsSealed))
            {
                break;
            }

            await RequireAsync(seal, next, days.LastBatch(taken), cancellationToken);
            (next, taken) = (seal.Seal.End.Batch + 1, taken + 1);
        }

        return taken >= archived ? (next, taken) : throw new VerifyFaultException(new VerifyFault(
            0, 0, 0, $"business day {days.Days[taken].BusinessDay} is archived and has no seal"));
    }

    /// <summary>Seals the days from one index to before another; to be called when they were verified. Returns how many were not sealed before.</summary>
    public async Task<int> SealAsync(DayMap days, int fromIndex, int toIndex, TimeProvider clock, CancellationToken cancellationToken)
    {
        int made = 0;
        for (int i = fromIndex; i < toIndex; i++)
        {
            long before = i == 0 ? 0 : days.LastBatch(i - 1);
            made += await StoreAsync(await DescribeAsync(days.Days[i].BusinessDay, before, days.LastBatch(i), cancellationToken), clock, cancellationToken);
        }

        return made;
    }

    private async Task<DaySeal> DescribeAsync(int businessDay, long batchBefore, long lastBatch, CancellationToken cancellationToken)
    {
        var end = await BatchTable.ReadEndAsync(connection, identity.Shard, lastBatch, cancellationToken);
        const string sql = "SELECT coalesce(sum(row_count), 0)::int8 FROM txcore.batch WHERE shard = $1 AND batch > $2 AND batch <= $3";
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = identity.Shard }, new() { Value = batchBefore }, new() { Value = lastBatch } },
        };
        return new DaySeal(businessDay, batchBefore + 1, end, (long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    private async Task<int> StoreAsync(DaySeal seal, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            throw new StoreRefusedException("Days can only be sealed with the signing key: name the data directory or the key.");
        }

        long sealedAt = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        const string sql = """
            INSERT INTO txcore.sealed_day (shard, business_day, first_batch, last_batch, last_number, row_count, hash, sealed_at, key_id, signature)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = identity.Shard }, new() { Value = Days.ToDate(seal.BusinessDay), NpgsqlDbType = NpgsqlDbType.Date },
                new() { Value = seal.FirstBatch }, new() { Value = seal.End.Batch }, new() { Value = seal.End.Number }, new() { Value = seal.Rows },
                new() { Value = seal.End.Hash }, new() { Value = DateTime.UnixEpoch.AddMicroseconds(sealedAt) }, new() { Value = key.Id },
                new() { Value = key.Sign(identity, seal, sealedAt) },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<StoredSeal>> ReadAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT business_day, first_batch, last_batch, last_number, row_count, hash, sealed_at, signature
              FROM txcore.sealed_day WHERE shard = $1 ORDER BY business_day
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = identity.Shard } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var seals = new List<StoredSeal>();
        while (await row.ReadAsync(cancellationToken))
        {
            var end = new ChainHead(row.GetInt64(3), row.GetInt64(2), row.GetFieldValue<byte[]>(5), 0);
            long sealedAt = (row.GetDateTime(6) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var seal = new DaySeal(Days.FromDate(row.GetFieldValue<DateOnly>(0)), row.GetInt64(1), end, row.GetInt64(4));
            seals.Add(new StoredSeal(seal, sealedAt, row.GetFieldValue<byte[]>(7)));
        }

        return seals;
    }

    private async Task RequireAsync(StoredSeal stored, long firstBatch, long lastBatch, CancellationToken cancellationToken)
    {
        var (seal, end) = (stored.Seal, stored.Seal.End);
        if (!key!.Verify(identity, seal, stored.SealedAt, stored.Signature))
        {
            throw Fault(end.Batch, $"the seal of business day {seal.BusinessDay} is not signed by key {key.Id}");
        }

        var chain = await BatchTable.ReadPageAsync(connection, identity.Shard, end.Batch - 1, end.Batch, 1, cancellationToken);
        if (seal.FirstBatch != firstBatch || end.Batch != lastBatch || chain is not [var record]
            || record.LastNumber != end.Number || !record.Hash.AsSpan().SequenceEqual(end.Hash))
        {
            throw Fault(end.Batch, $"the chain is not the one that business day {seal.BusinessDay} was sealed with");
        }
    }

    private static VerifyFaultException Fault(long batch, string what) => new(new VerifyFault(batch, 0, 0, what));

    private sealed record StoredSeal(DaySeal Seal, long SealedAt, byte[] Signature);
}
