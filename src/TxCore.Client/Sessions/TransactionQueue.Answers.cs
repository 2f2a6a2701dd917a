using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>What the server's answers do to the queue, and reversals of what it holds.</summary>
internal sealed partial class TransactionQueue
{
    /// <summary>A decision. One for a sequence that has its outcome already is the repeat of something sent twice.</summary>
    public void Decided(Outcome outcome)
    {
        PendingTransaction? pending;
        ValueTask completed;
        bool undoGoesOn;
        lock (_gate)
        {
            if (_fault is not null || !_pending.TryFind(outcome.Sequence, out pending))
            {
                return;
            }

            // The reversal of what turned out to be decided is kept before the original is forgotten: a crash between the two would
            // otherwise lose the wish to undo it.
            undoGoesOn = UndoUnderOwnSequence(pending, outcome);
            completed = CompleteLocked(pending, outcome);
        }

        ObserveCompletion(completed);
        var result = new SubmitResult(outcome, pending.BusyCount, pending.Undo is not null && IsReversalOfItself(pending));
        bool isClaimed = pending.TrySetResult(result);
        if (pending.Undo is null)
        {
            if (!isClaimed)
            {
                _answeredLate(result);
            }
        }
        else if (!undoGoesOn)
        {
            pending.Undo.TrySetResult(result);
        }
    }

    /// <summary>Not decided: still expected. Sending stops until everything on the wire is answered, then starts again in order.</summary>
    public void NotDecided(NotDecided answer)
    {
        bool wake = false;
        lock (_gate)
        {
            if (!_pending.TryFind(answer.Sequence, out var pending) || !pending.IsOnWire)
            {
                return;
            }

            if (answer.NextSequence != 0 && answer.NextSequence < _pending.First!.Sequence)
            {
                throw new ConnectionEndedException(
                    $"The server expects {answer.NextSequence}, which it had answered: the next logon tells whether it lost it.");
            }

            bool isBusy = answer.Code == ResultCode.Busy;
            if (isBusy)
            {
                pending.BusyCount++;
                Volatile.Write(ref _busyCount, _busyCount + 1);
            }

            pending.IsOnWire = false;
            _flow.Answered();
            _waitingSince = _options.TimeProvider.GetTimestamp();
            _flow.Halt(TimeSpan.FromMilliseconds(answer.RetryAfterMilliseconds), isBusy);
            wake = ResumeIfQuiet();
        }

        if (wake)
        {
            _wake.Set();
        }
    }

    /// <summary>
    /// Undoes a transaction. Without an outcome yet, the reversal takes its place under the same sequence: if the original was on the
    /// wire its outcome decides, and otherwise it will never be sent. With one, the reversal is a transaction of its own.
    /// </summary>
    public Task<SubmitResult> Reverse(Reversal reversal)
    {
        ulong original = reversal.OriginalSequence;
        PendingTransaction? pending;
        byte[] frame;
        ValueTask kept;
        Task<SubmitResult> task;
        lock (_gate)
        {
            ThrowIfStopped();
            if (original == 0 || original >= _nextSequence)
            {
                throw new ArgumentOutOfRangeException(nameof(reversal), original, "No transaction was submitted under this sequence.");
            }

            if (_pending.TryFind(original, out pending))
            {
                if (pending.Undo is not null)
                {
                    return pending.Undo.Task;
                }

                frame = FrameFields.EncodeReversal(reversal, original);
                pending.Undo = NewUndo();
                pending.Frame = frame;
                task = pending.Undo.Task;
                kept = AppendLocked(pending);
            }
            else
            {
                frame = FrameFields.EncodeReversal(reversal, 0);
                (pending, kept) = AddLocked(frame);
                task = pending.Task;
            }
        }

        SendWhenKept(kept, pending, frame);
        return task;
    }

    private static bool IsReversalOfItself(PendingTransaction pending) =>
        FrameFields.TryReadReversal(pending.Frame, out var reversal) && reversal.OriginalSequence == pending.Sequence;

    private ValueTask CompleteLocked(PendingTransaction pending, Outcome outcome)
    {
        pending.IsDecided = true;
        SkipDecided();
        _pending.Remove(pending);
        if (pending.IsOnWire)
        {
            pending.IsOnWire = false;
            _flow.Answered();
        }

        _flow.Decided();
        _waitingSince = _options.TimeProvider.GetTimestamp();
        Volatile.Write(ref _highestNumber, Math.Max(_highestNumber, outcome.Number));
        ResumeIfQuiet();
        _wake.Set();
        try
        {
            return _outbox.CompleteAsync(outcome.Sequence, outcome.Number);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException(failure);
        }
    }

    /// <summary>
    /// The second step of a reversal: the original had been taken, so it is undone under a sequence of its own, which answers for the
    /// first step's task. False when there is nothing to undo.
    /// </summary>
    private bool UndoUnderOwnSequence(PendingTransaction pending, Outcome outcome)
    {
        bool stands = outcome.Code == ResultCode.Accepted && outcome.TransactionType != MessageType.Reversal
            && outcome.State is not (PresentState.Reversed or PresentState.Cancelled);
        if (pending.Undo is null || !stands || !FrameFields.TryReadReversal(pending.Frame, out var reversal))
        {
            return false;
        }

        // After a crash between the two steps the second may be in the outbox already.
        foreach (var other in _pending.All)
        {
            if (other.Sequence > pending.Sequence && other.Undo is null && FrameFields.TryReadReversal(other.Frame, out var second)
                && second.OriginalSequence == pending.Sequence)
            {
                other.Undo = pending.Undo;
                return true;
            }
        }

        var (followUp, kept) = AddLocked(FrameFields.EncodeReversal(reversal, 0));
        followUp.Undo = pending.Undo;
        SendWhenKept(kept, followUp, followUp.Frame);
        return true;
    }

    private bool ResumeIfQuiet()
    {
        if (!_flow.IsHalted || _flow.OnWire > 0)
        {
            return false;
        }

        if (_flow.Wait <= TimeSpan.Zero)
        {
            ResumeLocked();
            return true;
        }

        _resumeTimer.Change(_flow.Wait, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void Resume()
    {
        lock (_gate)
        {
            if (!_flow.IsHalted || _flow.OnWire > 0)
            {
                return;
            }

            ResumeLocked();
        }

        _wake.Set();
    }

    private void ResumeLocked()
    {
        _flow.Resume();
        _cursor = _pending.First;
    }

    private void ObserveCompletion(ValueTask completed)
    {
        if (!completed.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(completed);
        }

        async Task ObserveAsync(ValueTask task)
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                _fail(OutboxFault(failure));
            }
        }
    }
}
