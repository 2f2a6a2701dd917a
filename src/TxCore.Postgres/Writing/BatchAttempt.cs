using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// One try to commit a batch over one connection. It throws whatever goes wrong and remembers how far it came, which decides what the
/// failure means.
/// </summary>
internal sealed class BatchAttempt(WriterSession session, Claim claim, RowBatch batch, DayStarts days)
{
    /// <summary>True while rows are on their way or checked: a refusal then comes from a row.</summary>
    public bool IsWritingRows { get; private set; }

    /// <summary>True once COMMIT may have left: without a clean reply the batch may or may not be stored.</summary>
    public bool CommitSent { get; private set; }

    /// <summary>Rows stored in plain form.</summary>
    public int PlainRows { get; private set; }

    /// <summary>All rows in their normal form.</summary>
    public async Task CommitAsync()
    {
        if (batch.Rows.RowCount <= SmallInsert.RowsMax)
        {
            await CommitSmallAsync();
            return;
        }

        await session.Advance.ExecuteAsync(claim, batch, days);
        IsWritingRows = true;
        await RowCopy.SendAsync(session.Connection, batch.Rows.Bytes);
        await SendCommitAsync();
    }

    /// <summary>All in one round trip, COMMIT included: a connection that is lost leaves the whole batch in doubt.</summary>
    private async Task CommitSmallAsync()
    {
        IsWritingRows = true;
        session.SmallInsert.Fill(batch.Rows);
        CommitSent = true;
        try
        {
            await session.CommitSmallAsync(claim, batch, days);
        }
        catch (PostgresException failure) when (session.AdvanceWithRows.CameBeforeCommit(failure))
        {
            CommitSent = false;
            throw;
        }
    }

    /// <summary>Rows in their normal form where PostgreSQL takes it, else in plain form.</summary>
    public async Task CommitSeparatingAsync()
    {
        await session.Advance.ExecuteAsync(claim, batch, days);
        IsWritingRows = true;
        await SendSeparatingAsync(0, batch.Rows.RowCount);
        await SendCommitAsync();
    }

    private async Task SendCommitAsync()
    {
        CommitSent = true;
        await session.CommitAsync();
    }

    /// <summary>Halves what is refused until single rows are left: the neighbours of a refused row keep their normal form.</summary>
    private async Task SendSeparatingAsync(int from, int to)
    {
        await session.ExecuteAsync("SAVEPOINT rows");
        try
        {
            await RowCopy.SendAsync(session.Connection, Tuples(from, to));
            await session.ExecuteAsync("RELEASE SAVEPOINT rows");
            return;
        }
        catch (PostgresException refusal) when (PostgresFault.Classify(refusal, whileWritingRows: true) == FaultKind.RowRefused)
        {
            await session.ExecuteAsync("ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows");
        }

        if (to - from == 1)
        {
            await RowCopy.SendPlainAsync(session.Connection, PlainTuple.Of(batch.Rows.Row(from).Span));
            PlainRows++;
            return;
        }

        int middle = from + ((to - from) / 2);
        await SendSeparatingAsync(from, middle);
        await SendSeparatingAsync(middle, to);
    }

    private ReadOnlyMemory<byte> Tuples(int from, int to)
    {
        int start = 0;
        for (int row = 0; row < from; row++)
        {
            start += batch.Rows.Row(row).Length;
        }

        int end = start;
        for (int row = from; row < to; row++)
        {
            end += batch.Rows.Row(row).Length;
        }

        return batch.Rows.Bytes[start..end];
    }
}
