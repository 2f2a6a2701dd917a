using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Recomputes a part of the chain from its rows, page by page, several pages at once: each begins with the hash that the batch record before it
/// holds, and that record is checked with the page it ends. Results are joined in order, so the first fault of the sequence is the one told.
/// </summary>
internal sealed class ChainWalk
{
    private const int BatchesOfOneQuery = 5_000;
    private const int NumbersOfOneQuery = 20_000;
    private const int RowsOfOnePage = 100_000;

    /// <summary>One connection reads the batch records, each of these the rows of pages.</summary>
    private static readonly int Readers = Math.Clamp(Environment.ProcessorCount, 2, 3);

    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;
    private readonly DayMap _days;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<BatchRecord> _read = [];
    private readonly Dictionary<long, PageResult> _waiting = [];
    private readonly SourceLedger _ledger;
    private readonly Lock _gate = new();
    private ChainHead _next;
    private long _pages;
    private long _joined;
    private volatile VerifyFault? _fault;

    /// <summary>A walk that begins behind a batch.</summary>
    public ChainWalk(NpgsqlDataSource source, ShardIdentity identity, DayMap days, ChainHead start)
    {
        (_source, _identity, _days) = (source, identity, days);
        _ledger = new SourceLedger(start.Number);
        End = _next = start;
    }

    public long Batches { get; private set; }

    public long Rows { get; private set; }

    public long PlainRows { get; private set; }

    /// <summary>The end of what fitted.</summary>
    public ChainHead End { get; private set; }

    /// <summary>Walks up to the head of the map.</summary>
    /// <exception cref="VerifyFaultException">The first thing that does not fit.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var batches = await _source.OpenConnectionAsync(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadPagesAsync(batches, cancellationToken), cancellationToken)));
        if (_fault is { } fault)
        {
            throw new VerifyFaultException(fault);
        }

        if (End.Batch != _days.Head.Batch || End.Number != _days.Head.Number || !End.Hash.AsSpan().SequenceEqual(_days.Head.Hash))
        {
            throw new VerifyFaultException(new VerifyFault(
                End.Batch, 0, 0,
                $"the chain ends here with number {End.Number}; the shard row says batch {_days.Head.Batch}, number {_days.Head.Number}, or has another hash"));
        }
    }

    private async Task ReadPagesAsync(NpgsqlConnection batches, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        using var stream = new RowStream();
        while (_fault is null && await TakePageAsync(batches, cancellationToken) is { } page)
        {
            // Rows are read as they lie; when something does not fit, that may be for their order alone, and the page is read again in order.
            var result = await CheckAsync(connection, stream, page, RowSelect.RowsAsTheyLie, cancellationToken);
            Join(page.Index, result.Fault is null ? result : await CheckAsync(connection, stream, page, RowSelect.Rows, cancellationToken));
        }
    }

    private async Task<Page?> TakePageAsync(NpgsqlConnection batches, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var records = new List<BatchRecord>();
            var begin = _next;
            for (long rows = 0; rows < RowsOfOnePage; rows += records[^1].RowCount)
            {
                if (_read.Count == 0)
                {
                    var more = await BatchTable.ReadPageAsync(batches, _identity.Shard, _next.Batch, _days.Head.Batch, BatchesOfOneQuery, cancellationToken);
                    more.ForEach(_read.Enqueue);
                }

                if (!_read.TryDequeue(out var record))
                {
                    break;
                }

                records.Add(record);
                _next = new ChainHead(Math.Max(_next.Number, record.LastNumber), record.Batch, record.Hash, 0);
            }

            return records.Count == 0 ? null : new Page(_pages++, begin, records);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<PageResult> CheckAsync(
        NpgsqlConnection connection, RowStream stream, Page page, Func<int, long, long, string> select, CancellationToken cancellationToken)
    {
        using var chain = new ChainCheck(_identity.Shard, page.Begin);
        chain.Expect(page.Records);
        VerifyFault? fault = null;
        try
        {
            long last = page.Records.Max(static record => record.LastNumber);
            foreach (var range in _days.Ranges(page.Begin.Number, NumbersOfOneQuery, last))
            {
                await stream.ReadAsync(connection, select(range.BusinessDay, range.First, range.Last), chain.Check, cancellationToken);
            }

            chain.FinishPage();
        }
        catch (VerifyFaultException found)
        {
            fault = found.Fault;
        }

        return new PageResult(chain.End, chain.Batches, chain.Rows, chain.PlainRows, chain.RowsSeen, fault);
    }

    /// <summary>Joins the pages that are next in order; those that came early wait.</summary>
    private void Join(long index, PageResult result)
    {
        lock (_gate)
        {
            _waiting.Add(index, result);
            while (_fault is null && _waiting.Remove(_joined, out var next))
            {
                _joined++;
                _fault = JoinNext(next) ?? next.Fault;
                Batches += next.Batches;
                Rows += next.Rows;
                PlainRows += next.PlainRows;
                End = next.End;
            }
        }
    }

    private VerifyFault? JoinNext(PageResult page)
    {
        try
        {
            _ledger.Join(page.Seen, page.Fault is { Number: > 0 } fault ? fault.Number : long.MaxValue);
            return null;
        }
        catch (VerifyFaultException broken)
        {
            return broken.Fault;
        }
    }

    private sealed record Page(long Index, ChainHead Begin, List<BatchRecord> Records);

    private sealed record PageResult(ChainHead End, long Batches, long Rows, long PlainRows, RowCheck Seen, VerifyFault? Fault);
}
