using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>
/// The transactions of the source without an outcome: gives sequences in call order, holds each back until the outbox has it, says
/// what is to be sent next, and takes the answers. Everything is resent under its own sequence and in order until it is decided; a
/// transaction sent once too often is harmless, because the server answers it with a repeat.
/// </summary>
internal sealed partial class TransactionQueue : IDisposable
{
    private const int UnhaltedPatience = 3;

    private readonly Lock _gate = new();
    private readonly PendingList _pending = new();
    private readonly FlowControl _flow;
    private readonly ClientOptions _options;
    private readonly IOutbox _outbox;
    private readonly AsyncSignal _wake;
    private readonly Action<TxCoreClientException> _fail;
    private readonly Action<SubmitResult> _answeredLate;
    private readonly ITimer _resumeTimer;
    private PendingTransaction? _cursor;
    private TxCoreClientException? _fault;
    private ulong _nextSequence = 1;
    private ulong _highestNumber;
    private long _busyCount;
    private long _waitingSince;
    private bool _isConnected;
    private bool _wasConnected;

    public TransactionQueue(
        ClientOptions options, IOutbox outbox, AsyncSignal wake, Action<TxCoreClientException> fail, Action<SubmitResult> answeredLate)
    {
        _options = options;
        _outbox = outbox;
        _wake = wake;
        _fail = fail;
        _answeredLate = answeredLate;
        _flow = new FlowControl(options.WindowLimit);
        _resumeTimer = options.TimeProvider.CreateTimer(_ => Resume(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ulong HighestNumber => Volatile.Read(ref _highestNumber);

    public long BusyCount => Volatile.Read(ref _busyCount);

    public int Window
    {
        get
        {
            lock (_gate)
            {
                return _flow.Window;
            }
        }
    }

    public bool HasUnansweredOnWire
    {
        get
        {
            lock (_gate)
            {
                return _flow.OnWire > 0;
            }
        }
    }

    /// <summary>
    /// Answers that are due do not come although the connection lives; only a new session, on which everything is sent again, helps.
    /// A halted queue can go no further without them; otherwise a slow commit is the likelier reason, and gets more time.
    /// </summary>
    public bool IsStuck
    {
        get
        {
            lock (_gate)
            {
                var patience = _flow.IsHalted ? _options.AnswerTimeout : _options.AnswerTimeout * UnhaltedPatience;
                return _flow.OnWire > 0 && _options.TimeProvider.GetElapsedTime(_waitingSince) >= patience;
            }
        }
    }

    /// <summary>Takes over what an earlier client left; returns the task of each entry's final outcome.</summary>
    public Task<SubmitResult>[] Load(OutboxContents contents)
    {
        lock (_gate)
        {
            _nextSequence = contents.NextSequence;
            _highestNumber = contents.HighestNumber;
            var tasks = new List<Task<SubmitResult>>(contents.Unanswered.Count);
            foreach (var entry in contents.Unanswered)
            {
                byte[] frame = entry.Frame.ToArray();
                if (FrameFields.Source(frame) != _options.Source)
                {
                    throw new TxCoreClientException(
                        ClientFault.OutboxFailed, $"The outbox belongs to source {FrameFields.Source(frame)}, not to {_options.Source}.");
                }

                var pending = new PendingTransaction(entry.Sequence, frame, 0) { IsDurable = true, IsRecovered = true };
                if (IsReversalOfItself(pending))
                {
                    pending.Undo = NewUndo();
                }

                _pending.Append(pending);
                tasks.Add(pending.Undo?.Task ?? pending.Task);
            }

            return [.. tasks];
        }
    }

    /// <summary>Gives the frame the next sequence and keeps it; it is sent once the outbox has it.</summary>
    public PendingTransaction Add(byte[] frame)
    {
        PendingTransaction pending;
        ValueTask kept;
        lock (_gate)
        {
            ThrowIfStopped();
            if (_pending.Count >= _options.BacklogLimit)
            {
                throw new TxCoreClientException(
                    ClientFault.BacklogFull, $"{_pending.Count} transactions wait for an answer ({nameof(ClientOptions.BacklogLimit)}).");
            }

            (pending, kept) = AddLocked(frame);
        }

        SendWhenKept(kept, pending, frame);
        return pending;
    }

    /// <summary>Copies what may be sent now into <paramref name="destination"/>, in order; 0 when there is nothing.</summary>
    public int TakeSendable(Span<byte> destination)
    {
        int written = 0;
        lock (_gate)
        {
            if (_flow.OnWire == 0)
            {
                _waitingSince = _options.TimeProvider.GetTimestamp();
            }

            while (_isConnected && _cursor is { IsDurable: true } pending && _flow.MaySend
                && pending.Frame.Length <= destination.Length - written)
            {
                pending.Frame.CopyTo(destination[written..]);
                written += pending.Frame.Length;
                pending.IsOnWire = true;
                _flow.Sent();
                _cursor = pending.Next;
                SkipDecided();
            }
        }

        return written;
    }

    /// <summary>A session is open: everything undecided is sent again from the first one.</summary>
    public void Connected(LogonReply reply)
    {
        lock (_gate)
        {
            ulong firstUndecided = _pending.First?.Sequence ?? _nextSequence;
            if (reply.NextSequence < firstUndecided)
            {
                throw new TxCoreClientException(
                    ClientFault.RestoredTooOld,
                    $"The server expects sequence {reply.NextSequence}, but everything before {firstUndecided} had been answered.");
            }

            if (reply.NextSequence > _nextSequence)
            {
                // At the first logon a fresh outbox learns here where the source stands. Later it means that somebody else took sequences
                // that this client has given to its own transactions.
                _nextSequence = !_wasConnected
                    ? reply.NextSequence
                    : throw new TxCoreClientException(
                        ClientFault.Conflict,
                        $"The server expects sequence {reply.NextSequence}, this client gives {_nextSequence} next: another client used the source.");
            }

            foreach (var pending in _pending.All)
            {
                pending.IsOnWire = false;
            }

            _flow.Connected(reply.Window);
            _resumeTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _cursor = _pending.First;
            _isConnected = _wasConnected = true;
        }

        _wake.Set();
    }

    /// <summary>Nothing is sent until the next logon.</summary>
    public void Disconnected()
    {
        lock (_gate)
        {
            _isConnected = false;
        }
    }

    /// <summary>Ends all waiting calls, and every later one, with the fault. Only the first fault counts.</summary>
    public void Stop(TxCoreClientException fault)
    {
        PendingTransaction[] pending;
        lock (_gate)
        {
            _fault ??= fault;
            _isConnected = false;
            pending = [.. _pending.All];
        }

        foreach (var transaction in pending)
        {
            transaction.TrySetException(_fault.ForSequence(transaction.Sequence));
            transaction.Undo?.TrySetException(_fault.ForSequence(transaction.Sequence));
        }
    }

    /// <summary>Ends the calls that waited longer than the answer timeout; their transactions go on.</summary>
    public void EndOverdueCalls()
    {
        lock (_gate)
        {
            foreach (var pending in _pending.All.Where(pending => !pending.IsRecovered))
            {
                if (_options.TimeProvider.GetElapsedTime(pending.SubmittedAt) < _options.AnswerTimeout)
                {
                    break;
                }

                if (!pending.Task.IsCompleted)
                {
                    pending.TrySetException(new TxCoreClientException(
                        ClientFault.AnswerTimeout, $"No outcome of sequence {pending.Sequence} in {_options.AnswerTimeout}.", sequence: pending.Sequence));
                }
            }
        }
    }

    public void Dispose() => _resumeTimer.Dispose();

    private (PendingTransaction Pending, ValueTask Kept) AddLocked(byte[] frame)
    {
        var pending = new PendingTransaction(_nextSequence, frame, _options.TimeProvider.GetTimestamp());
        FrameFields.SetSequence(frame, _nextSequence);
        _nextSequence++;
        _pending.Append(pending);
        _cursor ??= pending;
        return (pending, AppendLocked(pending));
    }

    private ValueTask AppendLocked(PendingTransaction pending)
    {
        try
        {
            var kept = _outbox.AppendAsync(new OutboxEntry(pending.Sequence, pending.Frame));
            pending.IsDurable = kept.IsCompletedSuccessfully;
            return kept;
        }
        catch (Exception failure)
        {
            // The same end as a fault in the task: the outbox does not have the transaction, so nothing may be sent.
            return ValueTask.FromException(failure);
        }
    }

    private void SendWhenKept(ValueTask kept, PendingTransaction pending, byte[] frame)
    {
        if (kept.IsCompletedSuccessfully)
        {
            _wake.Set();
        }
        else
        {
            _ = AwaitKeptAsync(kept, pending, frame);
        }
    }

    private async Task AwaitKeptAsync(ValueTask kept, PendingTransaction pending, byte[] frame)
    {
        try
        {
            await kept.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _fail(OutboxFault(failure));
            return;
        }

        lock (_gate)
        {
            // A reversal may have taken the original's place meanwhile; then this was not the frame that will be sent.
            pending.IsDurable |= ReferenceEquals(pending.Frame, frame);
        }

        _wake.Set();
    }

    private void SkipDecided()
    {
        while (_cursor is { IsDecided: true })
        {
            _cursor = _cursor.Next;
        }
    }

    private void ThrowIfStopped()
    {
        if (_fault is { } fault)
        {
            throw fault.ForSequence(0);
        }
    }

    private static TxCoreClientException OutboxFault(Exception failure) =>
        new(ClientFault.OutboxFailed, $"The outbox failed: {failure.Message}", failure);

    private static TaskCompletionSource<SubmitResult> NewUndo() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
