using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Checks that what is stored is what was decided: numbers and lines without a hole, every row's checksum, every source's sequence, and the
/// hash chain recomputed from the rows up to the head. Reads only; a server may go on writing meanwhile.
/// </summary>
public static class ChainVerifier
{
    private const int BatchesOfOnePage = 5_000;
    private const int NumbersOfOneQuery = 50_000;

    /// <summary>Verifies a shard's database over any connection that may read it.</summary>
    /// <exception cref="StoreRefusedException">The database belongs to another shard or channel.</exception>
    public static async Task<VerifyReport> VerifyAsync(
        string connectionString, ShardIdentity identity, VerifyOptions options, CancellationToken cancellationToken = default)
    {
        await using var source = ReaderSource.Create(connectionString, identity);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var days = await DayMap.ReadAsync(connection, identity.Shard, cancellationToken);
        var start = await BatchTable.ReadEndAsync(connection, identity.Shard, options.FromBatch - 1, cancellationToken);
        using var chain = new ChainCheck(identity.Shard, start);
        long anchorLines = 0;
        try
        {
            await WalkAsync(connection, identity, days, chain, cancellationToken);
            chain.Finish(days.Head);
            await StrayRows.CheckAsync(connection, days, cancellationToken);
            if (options.AnchorFile is { } anchorFile)
            {
                anchorLines = await AnchorCheck.RunAsync(connection, identity, anchorFile, options.KeyFile, cancellationToken);
            }

            return Report(null);
        }
        catch (VerifyFaultException exception)
        {
            return Report(exception.Fault);
        }

        VerifyReport Report(VerifyFault? fault) =>
            new(days.Head, chain.Batches, chain.Entries, chain.Rows, chain.PlainRows, anchorLines, fault);
    }

    private static async Task WalkAsync(
        NpgsqlConnection connection, ShardIdentity identity, DayMap days, ChainCheck chain, CancellationToken cancellationToken)
    {
        using var stream = new RowStream();
        long batch = chain.LastBatch;
        long number = chain.LastNumber;
        while (true)
        {
            var page = await BatchTable.ReadPageAsync(connection, identity.Shard, batch, days.Head.Batch, BatchesOfOnePage, cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            chain.Expect(page);
            foreach (var range in days.Ranges(number, NumbersOfOneQuery, Math.Max(number, page[^1].LastNumber)))
            {
                await stream.ReadAsync(connection, RowSelect.Rows(range.BusinessDay, range.First, range.Last), chain.Check, cancellationToken);
            }

            chain.FinishPage();
            (batch, number) = (page[^1].Batch, Math.Max(number, page[^1].LastNumber));
        }
    }
}
