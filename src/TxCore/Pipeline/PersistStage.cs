using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Disruptor;
using TxCore.Diagnostics;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>
/// Stage 2: makes whatever queued while the last commit ran durable, on a thread of its own: the one place that waits on a task. A
/// batch without rows still commits under the epoch before anything is answered, so that a writer that lost the shard stays silent.
/// Where more queued than one commit takes, the rows of the next are encoded and on their way while one commits.
/// </summary>
internal sealed class PersistStage : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    /// <summary>Commits that one turn of the stage may come to.</summary>
    private const int CommitsPerTurn = 4;

    /// <summary>Rows encoded between two looks at the clock, which cost as much as a fifth of a row: some microseconds.</summary>
    private const int EncodedPerTimestamp = 32;

    /// <summary>Time after which a quiet shard proves that it still holds its database: a writer that was replaced ends without traffic too.</summary>
    private static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(1);

    private readonly IShardStore _store;
    private readonly ShardIdentity _identity;
    private readonly int _commitEventsMax;
    private readonly int _cutEventsFrom;
    private readonly IWaitStrategy _next;
    private readonly ShardFigures _figures;
    private readonly ShardFailure _failure;
    private readonly TimeProvider _clock;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _encodedHash;
    private long _encodedBatch;
    private Part _current;
    private Part _following;
    private Sequence? _sequence;
    private long _provedAt;
    private long _commitStarted;
    private ChainHead _head;

    public PersistStage(
        IShardStore store, ShardIdentity identity, ChainHead head, int commitEventsMax, int cutEventsFrom, IWaitStrategy next, ShardFigures figures,
        ShardFailure failure, TimeProvider clock)
    {
        (_store, _identity, _head, _next, _figures, _failure) = (store, identity, head, next, figures, failure);
        (_commitEventsMax, _cutEventsFrom) = (commitEventsMax, cutEventsFrom);
        (_clock, _provedAt) = (clock, clock.GetTimestamp());
        (_encodedBatch, _encodedHash) = (head.Batch, [.. head.Hash]);
        (_current, _following) = (new Part(identity), new Part(identity));
    }

    public int? MaxBatchSize => _commitEventsMax * CommitsPerTurn;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    /// <summary>The end of the chain as committed; read from any thread.</summary>
    public ChainHead Head => Volatile.Read(ref _head);

    /// <summary>The clock's timestamp when the commit now under way began; 0 when there is none. Read from any thread.</summary>
    public long CommitStarted => Volatile.Read(ref _commitStarted);

    /// <summary>Completes when the stage has ended and uses the store no more.</summary>
    public Task Ended => _ended.Task;

    public void OnShutdown() => _ended.TrySetResult();

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (_failure.HasFailed)
        {
            return;
        }

        int size = PartSize(batch.Length);
        Encode(_current, Slice(batch, 0, size));
        bool isAhead = false;
        for (int start = 0; start < batch.Length; start += size)
        {
            int next = start + size;
            if (next < batch.Length)
            {
                isAhead = isAhead || WriteAhead(_current);
                Encode(_following, Slice(batch, next, size));

                // Nothing goes ahead of a part that has no rows: its proof needs the connection.
                isAhead = isAhead && WriteAhead(_following);
            }

            Commit(_current);
            var done = Slice(batch, start, size);
            Complete(done, sequence + start + done.Length - 1);
            (_current, _following) = (_following, _current);
        }
    }

    private static EventBatch<TxEvent> Slice(EventBatch<TxEvent> batch, int start, int size) => batch.Slice(start, Math.Min(size, batch.Length - start));

    private int PartSize(int events) =>
        events < _cutEventsFrom ? Math.Min(events, _commitEventsMax)
        : events <= _commitEventsMax * 2 ? (events + 1) / 2
        : _commitEventsMax;

    /// <summary>Encodes the rows of a part and gives them their place in the chain.</summary>
    private void Encode(Part part, EventBatch<TxEvent> events)
    {
        var rows = part.Rows.Rows;
        rows.Clear();
        part.Answers = false;
        long first = 0;
        long now = 0;
        int encoded = 0;
        foreach (var work in events)
        {
            foreach (ref readonly var due in CollectionsMarshal.AsSpan(work.Due))
            {
                RowEncoder.AppendDue(rows, in due);
                part.Track(in due.Entry, ref first);
            }

            if (work.IsStored)
            {
                RowEncoder.Append(rows, work);
                part.Track(in work.Entry, ref first);
            }

            part.Answers |= work.Answer != AnswerKind.None;
            now = encoded++ % EncodedPerTimestamp == 0 ? Stopwatch.GetTimestamp() : now;
            work.BatchedTicks = now;
        }

        if (part.HasRows)
        {
            Chain(part.Rows);
        }
    }

    private bool WriteAhead(Part part)
    {
        if (part.HasRows)
        {
            Wait(_store.WriteAheadAsync(part.Rows));
        }

        return part.HasRows;
    }

    private void Chain(RowBatch batch)
    {
        batch.Batch = ++_encodedBatch;
        _encodedHash.CopyTo(batch.PreviousHash, 0);
        ChainHash.Begin(
            _hash, _encodedHash, _identity.Shard, RowFormat.Version, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.Rows.RowCount);
        _hash.AppendData(batch.Rows.Bytes.Span);
        _hash.GetHashAndReset(batch.Hash);
        batch.Hash.CopyTo(_encodedHash, 0);
    }

    private void Commit(Part part)
    {
        long started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _commitStarted, _clock.GetTimestamp());
        if (part.HasRows)
        {
            Wait(_store.CommitAsync(part.Rows));
            _provedAt = _clock.GetTimestamp();
            _figures.RecordCommit(part.Rows.Rows.RowCount, started, Stopwatch.GetTimestamp());
            Volatile.Write(ref _head, new ChainHead(part.Rows.LastNumber, part.Rows.Batch, [.. part.Rows.Hash], 0));
        }
        else if (part.Answers || _clock.GetElapsedTime(_provedAt) > QuietMax)
        {
            Wait(_store.FenceAsync());
            _provedAt = _clock.GetTimestamp();
            _figures.RecordProof(Stopwatch.GetTimestamp());
        }

        Volatile.Write(ref _commitStarted, 0);
    }

    private void Complete(EventBatch<TxEvent> events, long lastSequence)
    {
        long now = Stopwatch.GetTimestamp();
        foreach (var work in events)
        {
            work.CommittedTicks = now;
        }

        _sequence!.SetValue(lastSequence);
        _next.SignalAllWhenBlocking();
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

    /// <summary>What goes into one commit.</summary>
    private sealed class Part(ShardIdentity identity)
    {
        public RowBatch Rows { get; } = new() { Rows = new RowWriter(identity.Shard) };

        public bool HasRows => Rows.Rows.RowCount > 0;

        /// <summary>True when something will be answered, rows or not.</summary>
        public bool Answers { get; set; }

        public void Track(in Entry entry, ref long first)
        {
            if (first == 0)
            {
                first = entry.Number;
                Rows.FirstNumber = first;
            }

            Rows.LastNumber = entry.Number;
            Rows.SequencedAt = entry.SequencedAt;
        }
    }
}
