using System.Net;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>A transaction as a terminal keeps it: what it sent, and the first outcome it was given.</summary>
internal sealed class Submission(ulong sequence, MessageType type, byte[] frame)
{
    // Behind the frame header: source (4), sequence (8); the rest is what the server stores as the command.
    private const int CommandAt = Wire.HeaderBytes + 4 + 8;

    private readonly byte[] _original = frame;

    public ulong Sequence { get; } = sequence;

    public MessageType Type { get; } = type;

    /// <summary>What is sent now: the transaction, or the reversal that took its place before it had an outcome.</summary>
    public byte[] Frame { get; private set; } = frame;

    public Outcome? Outcome { get; private set; }

    /// <summary>The server that gave the first outcome.</summary>
    public IPEndPoint? AnsweredBy { get; private set; }

    public int Answers { get; private set; }

    /// <summary>True once it left on some connection: it may be stored from then on.</summary>
    public bool WasSent { get; set; }

    /// <summary>True when a reversal under its own sequence took its place.</summary>
    public bool IsReversed { get; private set; }

    /// <summary>What the server may have stored, with its type: the command behind source and sequence.</summary>
    public IEnumerable<(MessageType Type, byte[] Command)> Sent
    {
        get
        {
            if (WasSent)
            {
                yield return (Type, _original[CommandAt..]);
            }

            if (IsReversed)
            {
                yield return (MessageType.Reversal, Frame[CommandAt..]);
            }
        }
    }

    /// <summary>The customer has left before the outcome came: a reversal under the same sequence is sent from now on.</summary>
    public void Reverse(uint source, long amountCents)
    {
        IsReversed = true;
        Frame = Protocol.Frame.Encode(new Reversal(new TransactionHeader(source, Sequence, 0), 0, 1, Sequence, amountCents, 4021));
    }

    /// <summary>Takes an outcome; returns what is wrong with it, or null. A repeat differs in nothing but its mark and the present state.</summary>
    public string? Take(Outcome outcome, IPEndPoint server)
    {
        Answers++;
        Outcome ??= outcome;
        AnsweredBy ??= server;
        if (outcome.TransactionType != Type && !(IsReversed && outcome.TransactionType == MessageType.Reversal))
        {
            return $"{this} was answered as a {outcome.TransactionType}";
        }

        if (Answers > 1 && !outcome.IsRepeat)
        {
            return $"{this} was decided twice";
        }

        return IsSame(Outcome, outcome) ? null : $"{this} had the outcome {Outcome} and then {outcome}";
    }

    /// <summary>Alike but for the mark of a repeat and the present state, and what is printed, which is there in a printable state only.</summary>
    private static bool IsSame(Outcome first, Outcome later)
    {
        bool isPrinted = first.TicketSerial.Length > 0 && later.TicketSerial.Length > 0;
        var expected = first with
        {
            IsRepeat = later.IsRepeat,
            State = later.State,
            TicketSerial = isPrinted ? first.TicketSerial : later.TicketSerial,
            ControlCode = isPrinted ? first.ControlCode : later.ControlCode,
        };
        bool mayPrint = later.Code == ResultCode.Accepted && later.State is PresentState.Live or PresentState.Confirmed
            && later.TransactionType is MessageType.Wager or MessageType.Confirm;
        return later == expected && (later.TicketSerial.Length > 0) == mayPrint;
    }

    public override string ToString() => $"{Type} {Sequence}";
}
