using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>
/// Decides events against the state: lets time pass, checks the sequence, applies the rules, gives numbers. Pure: no clock, no I/O, no
/// randomness, one thread. <c>verify --replay</c> runs the same class over stored commands.
/// </summary>
public sealed class Decider(ShardState state, ReceiptKeys keys)
{
    private readonly SequenceRules _sequence = new(state);
    private readonly TransactionRules _rules = new(state, keys);
    private readonly TimeRules _time = new(state);
    private readonly PersonAnswers _persons = new(state);

    /// <summary>True while a forward step of the clock waits to be confirmed: no transaction is taken.</summary>
    public bool IsTimeHeld => _time.IsHeld;

    /// <summary>Decides an event and applies the decision to the state.</summary>
    public void Decide(TxEvent work)
    {
        _time.Advance(work);
        switch (work.Kind)
        {
            case EventKind.Transaction:
                Transaction(work);
                break;
            case EventKind.Logon:
                _sequence.Logon(work);
                break;
            case EventKind.Status:
                _sequence.Status(work);
                break;
            case EventKind.Person:
                _persons.Answer(work);
                break;
            case EventKind.Start:
                Start(work);
                break;
        }

        work.Time = state.Time;
        work.DefinitionsVersion = state.DefinitionsVersion;
        work.HighestNumber = state.LastNumber;
        work.BusinessDay = state.BusinessDay;
        CollectTouched(work);
    }

    private void Start(TxEvent work)
    {
        var source = state.Source(0);
        work.Entry = new Entry
        {
            Number = state.LastNumber + 1,
            BusinessDay = state.BusinessDay == 0 ? ShardRules.Read(work.Body).BusinessDayOf(state.Time) : state.BusinessDay,
            Sequence = source.Next,
            Previous = source.LastNumber,
            Kind = MessageType.Started,
            SequencedAt = state.Time,
            ReceivedAt = work.ReceivedAt,
        };
        Store(work);
    }

    private void Transaction(TxEvent work)
    {
        if (!_sequence.TryTakeNext(work, out var source))
        {
            return;
        }

        if (IsTimeHeld && !work.Type.IsControl())
        {
            SequenceRules.NotDecided(work, source, ResultCode.Busy);
            return;
        }

        if (!_rules.HasRow(work))
        {
            SequenceRules.NotDecided(work, source, ResultCode.Busy);
            return;
        }

        long now = state.Time;
        work.Entry = new Entry
        {
            Number = state.LastNumber + 1,
            BusinessDay = state.BusinessDay,
            Source = work.Source,
            Sequence = work.Sequence,
            Previous = source.LastNumber,
            Kind = work.Type,
            SequencedAt = now,
            ReceivedAt = work.ReceivedAt,
            Fingerprint = work.Fingerprint,
            Outlet = work.Outlet,
        };
        bool confirms = work.Type == MessageType.TimeConfirm && work.BodyReadable && !TransactionRules.IsLate(work, now);
        var verdict = confirms ? _time.Confirm(work) : _rules.Check(work, ref work.Entry, now);
        work.Entry.SequencedAt = state.Time;
        work.Entry.Code = verdict.Code;
        work.Entry.FaultLine = verdict.Line;
        work.Entry.FaultField = verdict.Field;
        Store(work);
        work.Answer = AnswerKind.Outcome;
        work.State = state.PresentStateOf(in work.Entry);
        work.NextSequence = source.Next;
    }

    private void Store(TxEvent work)
    {
        long version = state.DefinitionsVersion;
        state.PreparedOrder = work.Order;
        state.Apply(in work.Entry, work.CommandSpan);
        state.PreparedOrder = null;
        work.IsStored = true;
        work.KeyEpoch = state.Rules.KeyEpoch;
        if (state.DefinitionsVersion != version)
        {
            work.Change = state.LastChange;
        }
    }

    private void CollectTouched(TxEvent work)
    {
        foreach (var cell in state.TouchedCells)
        {
            work.Cells.Add((cell, cell.Counts));
        }

        foreach (var wave in state.TouchedWaves)
        {
            work.Waves.Add((wave, wave.State));
        }

        if (state.TouchedDraw is { } draw)
        {
            (work.Draw, work.DrawEntries, work.DrawStruck) = (draw, draw.Entries.Count, draw.Entries.StruckCount);
        }

        state.ClearTouched();
    }
}
