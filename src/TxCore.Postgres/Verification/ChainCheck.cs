using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Follows rows and batch records in order and throws <see cref="VerifyFaultException"/> at the first that does not fit. A batch record is
/// checked when its first row is due, so that faults come out in the order of the sequence.
/// </summary>
internal sealed class ChainCheck : IDisposable
{
    private readonly short _shard;
    private readonly long _startNumber;
    private readonly RowCheck _rows;
    private readonly HashFeed _hash = new();
    private readonly Queue<BatchRecord> _expected = [];
    private ChainHead _end;
    private BatchRecord? _batch;
    private int _batchRows;

    public ChainCheck(short shard, ChainHead start)
    {
        _shard = shard;
        _startNumber = start.Number;
        _rows = new RowCheck(shard, start.Number);
        _end = start;
    }

    public long Batches { get; private set; }

    public long Entries => _rows.LastNumber - _startNumber;

    public long Rows { get; private set; }

    public long PlainRows { get; private set; }

    public long LastBatch => _end.Batch;

    public long LastNumber => _end.Number;

    /// <summary>The last batch that fitted, as the next page must go on from it.</summary>
    public ChainHead End => _end;

    /// <summary>What the rows show of their sources and times.</summary>
    public RowCheck RowsSeen => _rows;

    /// <summary>Announces the batch records whose rows come next.</summary>
    public void Expect(IEnumerable<BatchRecord> page)
    {
        foreach (var record in page)
        {
            _expected.Enqueue(record);
        }
    }

    /// <summary>Checks the next row.</summary>
    public void Check(in CopiedRow row)
    {
        var stored = _rows.Read(row, _batch?.Batch ?? _end.Batch);
        while (_batch is null || stored.Entry.Number > _batch.LastNumber)
        {
            NextBatch(stored.Entry.Number, stored.Line);
        }

        _rows.Check(stored, row, _batch.Batch);
        _hash.Append(row.Tuple);
        _batchRows++;
        Rows++;
        PlainRows += row.IsPlain ? 1 : 0;
    }

    /// <summary>Checks the batches of the page that no row has led to.</summary>
    public void FinishPage()
    {
        while (_expected.Count > 0)
        {
            NextBatch(_rows.LastNumber, 0);
        }

        FinishBatch();
    }

    public void Dispose() => _hash.Dispose();

    private void NextBatch(long number, short line)
    {
        FinishBatch();
        if (!_expected.TryDequeue(out var next))
        {
            throw new VerifyFaultException(new VerifyFault(_end.Batch, number, line, "the row belongs to no batch"));
        }

        if (next.Batch != _end.Batch + 1)
        {
            throw Fault(_end.Batch + 1, $"the batch is missing: the next one is {next.Batch}");
        }

        if (next.FirstNumber != _end.Number + 1 || next.LastNumber < next.FirstNumber || !next.PreviousHash.AsSpan().SequenceEqual(_end.Hash))
        {
            throw Fault(next.Batch, $"the batch from number {next.FirstNumber} does not follow the one before, which ends with number {_end.Number}");
        }

        _batch = next;
        _batchRows = 0;
        _hash.Begin(next, _shard);
    }

    private void FinishBatch()
    {
        if (_batch is not { } batch)
        {
            return;
        }

        if (_rows.LastNumber != batch.LastNumber)
        {
            throw new VerifyFaultException(new VerifyFault(batch.Batch, _rows.LastNumber + 1, 1, "the entry is missing"));
        }

        if (_batchRows != batch.RowCount)
        {
            throw Fault(batch.Batch, $"{Numbers(batch)} are {_batchRows} rows instead of {batch.RowCount}");
        }

        if (!_hash.Finish().SequenceEqual(batch.Hash))
        {
            throw Fault(batch.Batch, $"{Numbers(batch)} do not have the hash they were written with");
        }

        _end = new ChainHead(batch.LastNumber, batch.Batch, batch.Hash, 0);
        _batch = null;
        Batches++;
    }

    private static string Numbers(BatchRecord batch) => $"numbers {batch.FirstNumber} to {batch.LastNumber}";

    private static VerifyFaultException Fault(long batch, string what) => new(new VerifyFault(batch, 0, 0, what));
}
