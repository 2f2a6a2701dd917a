using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TxCore.Pipeline;
using TxCore.Storage;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>
/// Encodes decided events and commits them in batches, chained as the persist stage does it. A batch is encoded while the one before it is
/// being committed.
/// </summary>
internal sealed class HistoryWriter(IShardStore store, ShardIdentity identity, ChainHead head)
{
    /// <summary>Events of a commit, as in production.</summary>
    public const int BatchEvents = 4096;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _headHash = [.. head.Hash];
    private RowBatch _filling = new() { Rows = new RowWriter(identity.Shard) };
    private RowBatch _committing = new() { Rows = new RowWriter(identity.Shard) };
    private Task _commit = Task.CompletedTask;
    private long _lastBatch = head.Batch;
    private int _events;

    /// <summary>Rows appended so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Appends what an event became; true when the batch is full and <see cref="CommitAsync"/> is due.</summary>
    public bool Append(TxEvent work)
    {
        var rows = _filling.Rows;
        int before = rows.RowCount;
        foreach (ref readonly var due in CollectionsMarshal.AsSpan(work.Due))
        {
            Track(in due.Entry);
            RowEncoder.AppendDue(rows, in due);
        }

        if (work.IsStored)
        {
            Track(in work.Entry);
            RowEncoder.Append(rows, work);
        }

        Rows += rows.RowCount - before;
        return ++_events >= BatchEvents;
    }

    /// <summary>Waits for the commit under way and starts that of what was appended since.</summary>
    public async Task CommitAsync()
    {
        await _commit;
        _events = 0;
        if (_filling.Rows.RowCount == 0)
        {
            return;
        }

        var batch = _filling;
        batch.Batch = ++_lastBatch;
        _headHash.CopyTo(batch.PreviousHash, 0);
        ChainHash.Begin(
            _hash, _headHash, identity.Shard, RowFormat.Version, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.Rows.RowCount);
        _hash.AppendData(batch.Rows.Bytes.Span);
        _hash.GetHashAndReset(batch.Hash);
        batch.Hash.CopyTo(_headHash, 0);
        (_filling, _committing) = (_committing, batch);
        _filling.Rows.Clear();
        _commit = Task.Run(() => store.CommitAsync(batch).AsTask());
    }

    /// <summary>Returns when everything appended is durable.</summary>
    public async Task CompleteAsync()
    {
        await CommitAsync();
        await _commit;
    }

    private void Track(in Entry entry)
    {
        if (_filling.Rows.RowCount == 0)
        {
            _filling.FirstNumber = entry.Number;
        }

        _filling.LastNumber = entry.Number;
        _filling.SequencedAt = entry.SequencedAt;
    }
}
