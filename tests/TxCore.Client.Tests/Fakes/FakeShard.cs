using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Fakes;

/// <summary>What a script lets happen to a transaction that reached the fake server.</summary>
public enum Verdict
{
    /// <summary>By the rules: decide, repeat, gap or conflict.</summary>
    Decide,

    /// <summary>Busy.</summary>
    Busy,

    /// <summary>The connection is lost before it is decided.</summary>
    LoseBefore,

    /// <summary>It is decided, then the connection is lost with the answer.</summary>
    LoseAfter,

    /// <summary>It is decided, and the answer waits for <see cref="FakeServer.ReleaseAnswers"/>.</summary>
    HoldAnswer,

    /// <summary>It never reaches the decision and nobody answers.</summary>
    Swallow,
}

/// <summary>The rules of the sequence for one source, as plain as possible: the server's memory, which outlives its connections.</summary>
internal sealed class FakeShard
{
    private readonly Dictionary<ulong, (byte[] Content, Outcome Outcome)> _decided = [];
    private readonly Dictionary<ulong, PresentState> _states = [];

    public ulong NextSequence { get; set; } = 1;

    public ulong NextNumber { get; set; } = 1;

    /// <summary>Set to refuse transactions of a sequence.</summary>
    public Dictionary<ulong, ResultCode> Refusals { get; } = [];

    /// <summary>Sequences decided, in the order of their decision, with the type that decided them.</summary>
    public List<(ulong Sequence, MessageType Type)> Decisions { get; } = [];

    public void CancelTicket(ulong sequence) => _states[sequence] = PresentState.Cancelled;

    public Outcome? Find(ulong sequence) => _decided.TryGetValue(sequence, out var entry) ? Present(sequence, entry.Outcome, isRepeat: true) : null;

    /// <summary>Decides a frame or says why not.</summary>
    public (Outcome? Outcome, NotDecided? NotDecided) Decide(MessageType type, byte[] payload)
    {
        uint source = BitConverter.ToUInt32(payload);
        ulong sequence = BitConverter.ToUInt64(payload, 4);
        var reversal = type == MessageType.Reversal && Frame.TryDecode<Reversal>(payload, out var message) ? message : default;
        bool isOwnReversal = type == MessageType.Reversal && reversal.OriginalSequence == sequence;
        if (sequence < NextSequence)
        {
            var known = _decided[sequence];
            bool isSame = isOwnReversal || known.Outcome.Code == ResultCode.ReversedBeforeArrival || known.Content.SequenceEqual(Content(type, payload));
            return isSame
                ? (Present(sequence, known.Outcome, isRepeat: true), null)
                : (null, new NotDecided(source, sequence, ResultCode.SequenceConflict, NextSequence, 0));
        }

        if (sequence > NextSequence)
        {
            return (null, new NotDecided(source, sequence, ResultCode.SequenceGap, NextSequence, 0));
        }

        var code = Refusals.GetValueOrDefault(sequence, isOwnReversal ? ResultCode.ReversedBeforeArrival : ResultCode.Accepted);
        var state = code != ResultCode.Accepted ? PresentState.None : type is MessageType.Wager or MessageType.VoucherIssue ? PresentState.Live : PresentState.None;
        if (type == MessageType.Reversal && !isOwnReversal && code == ResultCode.Accepted)
        {
            if (_states.GetValueOrDefault(reversal.OriginalSequence) == PresentState.Live)
            {
                _states[reversal.OriginalSequence] = PresentState.Reversed;
            }
            else
            {
                code = ResultCode.NothingToReverse;
            }
        }

        var outcome = new Outcome(
            source, sequence, type, code, false, state, NextNumber++, 1, 20260101, 200, 0, 0, 0, BodyField.None,
            state == PresentState.Live ? "TICKET000000001" : "", state == PresentState.Live ? "CONTROL1" : "", []);
        _states[sequence] = state;
        _decided[sequence] = (Content(type, payload), outcome);
        Decisions.Add((sequence, type));
        NextSequence++;
        return (outcome, null);
    }

    /// <summary>Content is everything but the deadline.</summary>
    private static byte[] Content(MessageType type, byte[] payload) => [(byte)type, (byte)((ushort)type >> 8), .. payload[..12], .. payload[20..]];

    private Outcome Present(ulong sequence, Outcome outcome, bool isRepeat) => outcome with { IsRepeat = isRepeat, State = _states[sequence] };
}
