using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Clients;
using TxCore.Simulation.Engine;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Simulation.Checks;

/// <summary>Answers, in the moment they leave a server.</summary>
internal sealed partial class Checker
{
    private const int MayPrintBytes = Receipt.SerialChars + Receipt.ControlCodeChars;

    /// <summary>The connection that speaks for a source, and from which sequence on.</summary>
    private readonly Dictionary<uint, (int Link, long Next)> _speaking = [];

    /// <summary>Answers that were compared with what is stored.</summary>
    public long AnswersSeen { get; private set; }

    public void Answered(SimLink link, MessageType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case MessageType.Outcome:
                CheckOutcome(link, payload);
                break;
            case MessageType.NotDecided:
                Frame.TryDecode<NotDecided>(payload, out var refusal);
                CheckNext(link, (long)refusal.NextSequence, refusal.NextSequence == 0 ? -1 : 0);
                SeeRefusal(refusal);
                break;
            case MessageType.StatusReply:
                CheckStatus(link, payload);
                break;
            case MessageType.LogonReply:
                Frame.TryDecode<LogonReply>(payload, out var logon);
                CheckLogon(link, logon);
                break;
            case MessageType.StateChange:
                Frame.TryDecode<StateChange>(payload, out var change);
                CheckChange(link, in change);
                break;
            case MessageType.Heartbeat:
                Frame.TryDecode<Heartbeat>(payload, out var beat);
                CheckStored((long)beat.Number, "a heartbeat");
                break;
            case MessageType.PoolTotals:
                Frame.TryDecode<PoolTotals>(payload, out var totals);
                CheckStored((long)totals.Number, "pool totals");
                _world.Saw(Sight.TotalsCompared);
                _ledger.CheckTotals(totals);
                break;
            case MessageType.Error:
                Frame.TryDecode<ErrorMessage>(payload, out var error);
                CheckError(link, error);
                break;
        }
    }

    private void SeeRefusal(NotDecided refusal)
    {
        Sight? sight = refusal.Code switch
        {
            ResultCode.Busy => refusal.NextSequence == 0 ? Sight.Busy : Sight.BusyInRing,
            ResultCode.SequenceGap => Sight.Gap,
            ResultCode.SequenceConflict => Sight.Conflict,
            ResultCode.Fenced => Sight.Fenced,
            _ => null,
        };
        if (sight is { } seen)
        {
            _world.Saw(seen);
        }
    }

    /// <summary>A client that keeps to the protocol is closed only for what happened around it.</summary>
    private void CheckError(SimLink link, ErrorMessage error)
    {
        if (error.Code is not (ResultCode.Fenced or ResultCode.ShuttingDown or ResultCode.LogonTimeout or ResultCode.IdleTimeout))
        {
            _world.Violate($"source {link.Client.Source} is closed with {error.Code}: {error.Text}");
        }
    }

    private void CheckOutcome(SimLink link, ReadOnlySpan<byte> payload)
    {
        AnswersSeen++;
        var answer = OutcomeBytes.Read(payload);
        if (answer.Source != link.Client.Source)
        {
            _world.Violate($"source {link.Client.Source} is told about source {answer.Source}");
            return;
        }

        var numbers = _numbers.GetValueOrDefault(answer.Source);
        if (numbers is null || answer.Sequence > numbers.Count || answer.Sequence < 1)
        {
            _world.Violate($"source {answer.Source} gets an answer to {answer.Sequence}, which is not stored");
            return;
        }

        var entry = _entries[(int)numbers[(int)answer.Sequence - 1] - 1];
        var stored = new OutcomeBytes(
            entry.Source, entry.Sequence, entry.Kind, entry.Code, answer.IsRepeat, answer.State, entry.Number, entry.SequencedAt, entry.BusinessDay,
            entry.AmountCents, entry.ExpiresAt, entry.Reference, entry.FaultLine, entry.FaultField);
        if (stored != answer)
        {
            _world.Violate($"source {answer.Source} is told {answer}, stored is {stored}");
        }

        CheckPrinted(in entry, payload);
        if (answer.IsRepeat)
        {
            _world.Saw(Sight.Repeat);
        }

        if (!answer.IsRepeat)
        {
            if ((ulong)answer.Number <= link.LastNumber)
            {
                _world.Violate($"connection {link.Id}: number {answer.Number} is answered after {link.LastNumber}");
            }

            link.LastNumber = (ulong)answer.Number;
        }
    }

    /// <summary>What may be printed is what the keys make of the stored decision.</summary>
    private void CheckPrinted(in Entry entry, ReadOnlySpan<byte> payload)
    {
        if (OutcomeBytes.ControlCode(payload) is not { } printed)
        {
            return;
        }

        Span<byte> expected = stackalloc byte[MayPrintBytes];
        Receipt.WriteSerial(entry.Number, expected);
        Receipt.WriteControlCode(Setup.Keys[1], Setup.Identity.Shard, in entry, expected[Receipt.SerialChars..]);
        if (!expected.SequenceEqual(printed))
        {
            _world.Violate($"number {entry.Number} is printed with another control code than the keys make of it");
        }
    }

    private void CheckStatus(SimLink link, ReadOnlySpan<byte> payload)
    {
        Frame.TryDecode<StatusReply>(payload, out var status);
        long sequence = (long)status.Sequence;
        if (status.Outcome is { } outcome)
        {
            CheckOutcome(link, Frame.Encode(outcome).AsSpan(Wire.HeaderBytes));
        }

        _world.Saw(status.Status == TransactionStatus.Pending ? Sight.StatusPending : status.Status == TransactionStatus.Decided ? Sight.StatusDecided : Sight.StatusUnknown);
        if (status.Status != TransactionStatus.Pending)
        {
            CheckNext(link, (long)status.NextSequence, link.Asked.GetValueOrDefault(sequence, -1));
            bool isUnknown = status.Status == TransactionStatus.Unknown;
            if (isUnknown && sequence >= 1 && sequence <= link.Asked.GetValueOrDefault(sequence, -1))
            {
                _world.Violate($"source {link.Client.Source} is told that {sequence} is unknown, which was stored when it asked");
            }
        }
    }

    /// <summary>A next sequence tells that everything before it is decided: it must be stored, and at least what was stored when it was asked for.</summary>
    private void CheckNext(SimLink link, long next, long storedBefore)
    {
        long stored = DecidedOf(link.Client.Source);
        if (next > stored + 1)
        {
            _world.Violate($"source {link.Client.Source} is told that {next} is next, stored are {stored}");
        }

        if (storedBefore >= 0 && next <= storedBefore)
        {
            _world.Violate($"source {link.Client.Source} is told that {next} is next, although {storedBefore} were stored when it asked");
        }
    }

    private void CheckLogon(SimLink link, LogonReply logon)
    {
        if (logon.Code != ResultCode.Accepted)
        {
            return;
        }

        CheckNext(link, (long)logon.NextSequence, link.DecidedAtLogon);
        CheckStored((long)logon.HighestNumber, "a logon");
        _speaking[link.Client.Source] = (link.Id, (long)logon.NextSequence);
    }

    private void CheckChange(SimLink link, in StateChange change)
    {
        CheckStored((long)change.Number, "a broadcast");
        if (change.Version <= link.LastChange)
        {
            _world.Violate($"connection {link.Id} is told of change {change.Version} after {link.LastChange}");
        }

        link.LastChange = change.Version;
        if ((long)change.Number <= _entries.Count && _entries[(int)change.Number - 1].Kind != change.Change)
        {
            _world.Violate($"number {change.Number} is told to be a {change.Change}");
        }
    }

    private void CheckStored(long number, string where)
    {
        if (number > _entries.Count)
        {
            _world.Violate($"{where} tells number {number}, stored are {_entries.Count}");
        }
    }
}
