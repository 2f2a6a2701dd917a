using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Checks that what is stored is what was decided: numbers and lines without a hole, every row's checksum, every source's sequence, and the
/// hash chain recomputed from the rows up to the head. Reads only, but for the seals of days; a server may go on writing meanwhile.
/// </summary>
public static class ChainVerifier
{
    /// <summary>Verifies a shard's database over any connection that may read it; the writer's may also store seals.</summary>
    /// <exception cref="StoreRefusedException">The database belongs to another shard or channel, or an archived day has no seal.</exception>
    public static async Task<VerifyReport> VerifyAsync(
        string connectionString, ShardIdentity identity, VerifyOptions options, CancellationToken cancellationToken = default)
    {
        await using var source = ReaderSource.Create(connectionString, identity);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var days = await DayMap.ReadAsync(connection, identity.Shard, cancellationToken, withBatches: true);
        using var key = options.KeyFile is { } keyFile ? await SigningKey.LoadAsync(keyFile, cancellationToken) : null;
        var seals = new SealedDays(connection, identity, key);
        int skipped = 0;
        long anchorLines = 0;
        var start = new ChainHead(0, 0, new byte[ChainHash.Bytes], 0);
        ChainWalk? walk = null;
        try
        {
            long fromBatch;
            (fromBatch, skipped) = await seals.FirstBatchAsync(days, options.SkipsSealedDays, cancellationToken);
            start = await BatchTable.ReadEndAsync(connection, identity.Shard, Math.Max(options.FromBatch, fromBatch) - 1, cancellationToken);
            walk = new ChainWalk(source, identity, days, start);
            await walk.RunAsync(cancellationToken);
            await StrayRows.CheckAsync(connection, days, skipped, cancellationToken);
            if (options.AnchorFile is { } anchorFile)
            {
                anchorLines = await AnchorCheck.RunAsync(connection, identity, anchorFile, options.KeyFile, cancellationToken);
            }

            int made = options.SealsDays && options.FromBatch <= fromBatch
                ? await seals.SealAsync(days, skipped, days.Days.Count - 1, options.Clock, cancellationToken)
                : 0;
            return Report(null) with { SealedDays = made };
        }
        catch (VerifyFaultException exception)
        {
            return Report(exception.Fault);
        }

        VerifyReport Report(VerifyFault? fault) => new(
            days.Head, walk?.Batches ?? 0, (walk?.End.Number ?? start.Number) - start.Number, walk?.Rows ?? 0, walk?.PlainRows ?? 0, anchorLines, fault)
        {
            SkippedDays = skipped,
            ArchivedDays = days.Days.Count(static day => day.IsArchived),
        };
    }
}
