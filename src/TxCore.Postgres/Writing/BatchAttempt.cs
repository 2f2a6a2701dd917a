using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// One try to commit a batch over one connection. It throws whatever goes wrong and remembers how far it came, which decides what the
/// failure means. <paramref name="isWarned"/> when an earlier one brought a warning, which in one round trip might be any statement's:
/// COMMIT is sent by itself then.
/// </summary>
internal sealed class BatchAttempt(WriterSession session, Claim claim, RowBatch batch, bool isWarned)
{
    /// <summary>The batch.</summary>
    public RowBatch Batch => batch;

    /// <summary>The connection.</summary>
    public WriterSession Session => session;

    /// <summary>True once rows are on their way or in the transaction: a refusal then comes from a row.</summary>
    public bool IsWritingRows { get; private set; }

    /// <summary>True once COMMIT may have left: without a clean reply the batch may or may not be stored.</summary>
    public bool CommitSent { get; private set; }

    /// <summary>Rows stored in plain form.</summary>
    public int PlainRows { get; private set; }

    /// <summary>All rows in their normal form.</summary>
    public async Task CommitAsync(DayStarts days)
    {
        if (batch.Rows.RowCount <= ArrayInsert.RowsMax && !isWarned)
        {
            IsWritingRows = true;
            await CommitAsync(session.WithRows(batch.Rows), days);
            return;
        }

        await WriteRowsAsync();
        await CompleteAsync(days);
    }

    /// <summary>Starts the transaction and writes the rows. They are nothing yet: only <see cref="CompleteAsync"/> gives them a place in the chain.</summary>
    public async Task WriteRowsAsync()
    {
        await session.BeginAsync();
        IsWritingRows = true;
        await RowCopy.SendAsync(session.Connection, batch.Rows.Bytes);
    }

    /// <summary>Locks the shard row, checks that it is still this writer's and that the batch follows, and commits.</summary>
    public async Task CompleteAsync(DayStarts days)
    {
        if (!isWarned)
        {
            await CommitAsync(session.AdvanceAndCommit, days);
            return;
        }

        await session.Advance.ExecuteAsync(claim, batch, days);
        CommitSent = true;
        await session.CommitAsync();
    }

    /// <summary>Rows in their normal form where PostgreSQL takes it, else in plain form.</summary>
    public async Task CommitSeparatingAsync(DayStarts days)
    {
        await session.BeginAsync();
        IsWritingRows = true;
        await SendSeparatingAsync(0, batch.Rows.RowCount);
        await CompleteAsync(days);
    }

    /// <summary>What ends with COMMIT in one round trip: a connection that is lost leaves the whole of it in doubt.</summary>
    private async Task CommitAsync(AdvanceCommand advance, DayStarts days)
    {
        CommitSent = true;
        try
        {
            await session.CommitBehindAsync(advance, claim, batch, days);
        }
        catch (PostgresException failure) when (advance.CameBeforeCommit(failure))
        {
            CommitSent = false;
            throw;
        }
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
