using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>
/// The rules of the sequence: which connection may speak for a source, what is next, what is a repeat, a conflict or a gap. What it
/// refuses here decides nothing and leaves the next expected sequence as it was.
/// </summary>
internal sealed class SequenceRules(ShardState state)
{
    /// <summary>Decides a logon: the newest connection of a source speaks for it, unless the client holds a number that this database lacks.</summary>
    public void Logon(TxEvent work)
    {
        work.Answer = AnswerKind.Logon;
        if (work.LastNumberHeld < 0 || work.LastNumberHeld > state.LastNumber)
        {
            work.AnswerCode = ResultCode.RestoredTooOld;
            work.NextSequence = 0;
            return;
        }

        var source = state.Source(work.Source);
        source.AllowWindow(work.Window);
        source.SessionId = work.SessionId;
        source.SessionEpoch++;
        work.SessionEpoch = source.SessionEpoch;
        work.SourceState = source;
        work.NextSequence = source.Next;
    }

    /// <summary>True when the event carries the next sequence of its source; otherwise the answer is set.</summary>
    public bool TryTakeNext(TxEvent work, out SourceState source)
    {
        source = state.Source(work.Source);
        if (source.SessionId != work.SessionId)
        {
            NotDecided(work, source, ResultCode.Fenced);
            return false;
        }

        if (work.Sequence == source.Next)
        {
            return true;
        }

        if (work.Sequence > source.Next)
        {
            NotDecided(work, source, ResultCode.SequenceGap);
        }
        else
        {
            Repeat(work, source);
        }

        return false;
    }

    /// <summary>Answers what became of a sequence.</summary>
    public void Status(TxEvent work)
    {
        var source = state.Source(work.Source);
        if (source.SessionId != work.SessionId)
        {
            NotDecided(work, source, ResultCode.Fenced);
            return;
        }

        work.Answer = AnswerKind.Status;
        work.NextSequence = source.Next;
        if (work.Sequence >= source.Next || work.Sequence < 1)
        {
            work.Status = TransactionStatus.Unknown;
        }
        else if (TryFind(work, source, out var record))
        {
            work.Status = TransactionStatus.Decided;
            TakeRecord(work, in record);
        }
        else
        {
            work.Status = TransactionStatus.Pending;
        }
    }

    public static void NotDecided(TxEvent work, SourceState source, ResultCode code)
    {
        work.Answer = AnswerKind.NotDecided;
        work.AnswerCode = code;
        work.NextSequence = source.Next;
    }

    private void Repeat(TxEvent work, SourceState source)
    {
        if (work.Sequence < 1)
        {
            NotDecided(work, source, ResultCode.SequenceConflict);
            return;
        }

        if (!TryFind(work, source, out var record))
        {
            NotDecided(work, source, ResultCode.Busy);
            return;
        }

        bool isLateOriginal = record.Entry.Code == ResultCode.ReversedBeforeArrival;
        if (record.Entry.Fingerprint != work.Fingerprint && !isLateOriginal && !ReversesItself(work))
        {
            NotDecided(work, source, ResultCode.SequenceConflict);
            return;
        }

        work.Answer = AnswerKind.Outcome;
        work.IsRepeat = true;
        TakeRecord(work, in record);
        work.NextSequence = source.Next;
    }

    private void TakeRecord(TxEvent work, in OutcomeRecord record)
    {
        work.Entry = record.Entry;
        work.KeyEpoch = record.KeyEpoch;
        work.Picks = record.Picks;
        work.State = state.PresentStateOf(in record.Entry);
    }

    private bool TryFind(TxEvent work, SourceState source, out OutcomeRecord record)
    {
        if (source.TryFindRecent(work.Sequence, out record))
        {
            return true;
        }

        if (work.Carried is { } carried && carried.Entry.Sequence == work.Sequence && carried.Entry.Source == work.Source)
        {
            record = new OutcomeRecord { Entry = carried.Entry, KeyEpoch = state.KeyEpochOf(carried.Entry.Number), Picks = ShardState.PicksOf(carried.Entry, carried.Command) };
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>A reversal under the sequence it reverses: the sender does not know whether the original arrived.</summary>
    public static bool ReversesItself(TxEvent work) =>
        work.Type == MessageType.Reversal && work.BodyReadable && ReversalFields.Read(work.Body).OriginalSequence == work.Sequence;
}
