using System.Diagnostics;
using System.Security.Cryptography;
using Disruptor;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;
using TxCore.Wagering.Totals;

namespace TxCore.Pipeline;

/// <summary>Stage 1: decides events one by one on a thread of its own. Once the shard has failed it decides nothing more.</summary>
internal sealed class DecideStage(Decider decider, IWaitStrategy next, ShardFailure failure) : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    private Sequence? _sequence;

    public int? MaxBatchSize => 256;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    /// <summary>The clock stepped forward beyond the limit and waits to be confirmed; read by health from any thread.</summary>
    public bool IsTimeHeld => Volatile.Read(ref _timeHeld);

    private bool _timeHeld;

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (failure.HasFailed)
        {
            return;
        }

        foreach (var work in batch)
        {
            decider.Decide(work);
            work.DecidedTicks = Stopwatch.GetTimestamp();
        }

        Volatile.Write(ref _timeHeld, decider.IsTimeHeld);
        _sequence!.SetValue(sequence + batch.Length - 1);
        next.SignalAllWhenBlocking();
    }
}

/// <summary>
/// Stage 2: makes whatever queued while the last commit ran durable, on a thread of its own: the one place that waits on a task. A
/// batch without rows still commits under the epoch before anything is answered, so that a writer that lost the shard stays silent.
/// </summary>
internal sealed class PersistStage(
    IShardStore store, ShardIdentity identity, ChainHead head, int batchEventsMax, IWaitStrategy next, ShardFailure failure)
    : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    /// <summary>Time after which a quiet shard proves that it still holds its database: a writer that was replaced ends without traffic too.</summary>
    private static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(1);

    private Sequence? _sequence;
    private long _provedTicks = Stopwatch.GetTimestamp();
    private readonly RowBatch _batch = new() { Rows = new RowWriter(identity.Shard) };
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _headHash = [.. head.Hash];
    private long _lastBatch = head.Batch;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _commitStarted;
    private ChainHead _head = head;

    public int? MaxBatchSize => batchEventsMax;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    /// <summary>The end of the chain as committed; read from any thread.</summary>
    public ChainHead Head => Volatile.Read(ref _head);

    /// <summary>Stopwatch ticks when the commit now under way began; 0 when there is none. Read from any thread.</summary>
    public long CommitStartedTicks => Volatile.Read(ref _commitStarted);

    /// <summary>Completes when the stage has ended and uses the store no more.</summary>
    public Task Ended => _ended.Task;

    public void OnShutdown() => _ended.TrySetResult();

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (failure.HasFailed)
        {
            return;
        }

        bool mustProve = Encode(batch);
        Volatile.Write(ref _commitStarted, Stopwatch.GetTimestamp());
        if (_batch.Rows.RowCount > 0)
        {
            Commit();
        }
        else if (mustProve || Stopwatch.GetElapsedTime(_provedTicks) > QuietMax)
        {
            Wait(store.FenceAsync());
            _provedTicks = Stopwatch.GetTimestamp();
        }

        Volatile.Write(ref _commitStarted, 0);
        long now = Stopwatch.GetTimestamp();
        foreach (var work in batch)
        {
            work.CommittedTicks = now;
        }

        _sequence!.SetValue(sequence + batch.Length - 1);
        next.SignalAllWhenBlocking();
    }

    /// <summary>Encodes the rows of a batch; true when something will be answered, rows or not.</summary>
    private bool Encode(EventBatch<TxEvent> batch)
    {
        var rows = _batch.Rows;
        rows.Clear();
        bool answers = false;
        long first = 0;
        foreach (var work in batch)
        {
            foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
            {
                RowEncoder.AppendDue(rows, in due);
                Track(in due.Entry, ref first);
            }

            if (work.IsStored)
            {
                RowEncoder.Append(rows, work);
                Track(in work.Entry, ref first);
            }

            answers |= work.Answer != AnswerKind.None;
            work.BatchedTicks = Stopwatch.GetTimestamp();
        }

        return answers;
    }

    private void Track(in Entry entry, ref long first)
    {
        if (first == 0)
        {
            first = entry.Number;
            _batch.FirstNumber = first;
        }

        _batch.LastNumber = entry.Number;
        _batch.SequencedAt = entry.SequencedAt;
    }

    private void Commit()
    {
        _batch.Batch = _lastBatch + 1;
        _headHash.CopyTo(_batch.PreviousHash, 0);
        ChainHash.Begin(
            _hash, _headHash, identity.Shard, RowFormat.Version, _batch.Batch, _batch.FirstNumber, _batch.LastNumber, _batch.Rows.RowCount);
        _hash.AppendData(_batch.Rows.Bytes.Span);
        _hash.GetHashAndReset(_batch.Hash);
        Wait(store.CommitAsync(_batch));
        _provedTicks = Stopwatch.GetTimestamp();
        _lastBatch = _batch.Batch;
        _batch.Hash.CopyTo(_headHash, 0);
        Volatile.Write(ref _head, new ChainHead(_batch.LastNumber, _lastBatch, [.. _headHash], 0));
    }

    private static void Wait(ValueTask commit)
    {
        if (commit.IsCompleted)
        {
            commit.GetAwaiter().GetResult();
            return;
        }

        commit.AsTask().GetAwaiter().GetResult();
    }
}

/// <summary>Stage 3: sends the answers and broadcasts of what is durable, one flush for each connection and batch.</summary>
internal sealed class ReplyStage(
    DefinitionsBoard board, TicketingBoard ticketing, PoolTotalsBoard totals, RecentRows recent, ReceiptSealer sealer, SessionRegistry sessions, Intake intake,
    StageLatencies latencies, ShardFailure failure)
    : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    private readonly HashSet<ISessionPeer> _dirty = [];
    private Sequence? _sequence;

    public int? MaxBatchSize => 4096;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (failure.HasFailed)
        {
            return;
        }

        foreach (var work in batch)
        {
            sealer.Add(work);
        }

        sealer.Complete();
        foreach (var work in batch)
        {
            Publish(work);
            totals.Append(work);
            Keep(work);
            if (work.Session is { } session)
            {
                session.Answer(work);
                _dirty.Add(session);
                Measure(work);
            }

            work.Release();
        }

        foreach (var session in _dirty)
        {
            session.Flush();
        }

        _dirty.Clear();

        // The slots are free before those who wait for them are told, or they would look too early and wait again.
        _sequence!.SetValue(sequence + batch.Length - 1);
        intake.SignalCapacity();
    }

    /// <summary>Keeps what later transactions ask for by number.</summary>
    private void Keep(TxEvent work)
    {
        foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
        {
            if (due.Addendum is not null && RecentRows.IsAskedFor(in due.Entry))
            {
                recent.Append(in due.Entry, SystemCommand.Build(due.Subject, due.Addendum));
            }
        }

        if (work.IsStored && RecentRows.IsAskedFor(in work.Entry))
        {
            recent.Append(in work.Entry, work.CommandSpan);
        }
    }

    private void Publish(TxEvent work)
    {
        foreach (var (cell, counts) in work.Cells)
        {
            cell.CommittedAvailable = counts.Available;
            cell.CommittedCapacity = counts.Capacity;
        }

        ticketing.Apply(work);

        foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
        {
            if (due.Change.Version != 0)
            {
                board.Apply(due.Change, work);
                ticketing.Apply(due.Change, work);
                sessions.Broadcast(due.Change);
            }
        }

        if (work.Change.Version != 0)
        {
            board.Apply(work.Change, work);
            ticketing.Apply(work.Change, work);
            sessions.Broadcast(work.Change);
        }

        board.SetProgress(work.HighestNumber, work.BusinessDay);
    }

    private void Measure(TxEvent work)
    {
        if (work.Kind != EventKind.Transaction)
        {
            return;
        }

        long now = Stopwatch.GetTimestamp();
        latencies.Record(Stage.Decided, work.ReceivedTicks, work.DecidedTicks);
        latencies.Record(Stage.Batched, work.DecidedTicks, work.BatchedTicks);
        latencies.Record(Stage.Committed, work.BatchedTicks, work.CommittedTicks);
        latencies.Record(Stage.Replied, work.CommittedTicks, now);
        latencies.Record(Stage.Total, work.ReceivedTicks, now);
    }
}

/// <summary>A handler that throws ends the shard: what it was doing cannot be assumed done, and skipping it would lose it.</summary>
internal sealed class StageExceptionHandler(ShardFailure failure) : IExceptionHandler<TxEvent>
{
    public void HandleEventException(Exception ex, long sequence, TxEvent evt) => failure.Fail(ex);

    public void HandleEventException(Exception ex, long sequence, EventBatch<TxEvent> batch) => failure.Fail(ex);

    public void HandleOnTimeoutException(Exception ex, long sequence) => failure.Fail(ex);

    public void HandleOnStartException(Exception ex) => failure.Fail(ex);

    public void HandleOnShutdownException(Exception ex) => failure.Fail(ex);
}
