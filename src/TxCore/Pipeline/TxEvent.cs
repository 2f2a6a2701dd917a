using System.Runtime.CompilerServices;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Pipeline;

/// <summary>What an event asks of the decide stage.</summary>
public enum EventKind : byte
{
    /// <summary>Lets time pass.</summary>
    Tick,

    /// <summary>The writer started.</summary>
    Start,

    /// <summary>A source logs on.</summary>
    Logon,

    /// <summary>A transaction or control.</summary>
    Transaction,

    /// <summary>A status query.</summary>
    Status,

    /// <summary>A question about a person.</summary>
    Person,
}

/// <summary>What the reply stage sends.</summary>
public enum AnswerKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The decision, new or repeated.</summary>
    Outcome,

    /// <summary>It was not decided.</summary>
    NotDecided,

    /// <summary>The logon's reply.</summary>
    Logon,

    /// <summary>The status.</summary>
    Status,

    /// <summary>Where a person stands.</summary>
    Person,
}

/// <summary>An entry that fell due before the event's own.</summary>
public struct DueEntry
{
    /// <summary>The entry.</summary>
    public Entry Entry;

    /// <summary>The race, sale, draw, day, hold or waiting list entry.</summary>
    public long Subject;

    /// <summary>What is stored behind the subject; null for nothing.</summary>
    public byte[]? Addendum;

    /// <summary>The change to announce; version 0 when there is none.</summary>
    public StateChange Change;
}

/// <summary>Combinations per line of a wager.</summary>
[InlineArray(Wire.LinesMax)]
public struct LineCombinations
{
    private int _first;
}

/// <summary>The one preallocated event of the ring. Fields are grouped by the stage that fills them.</summary>
public sealed class TxEvent
{
    private const int CommandBytesKept = 1024;

    // --- filled by the session (or the ticker) ---

    /// <summary>What is asked.</summary>
    public EventKind Kind;

    /// <summary>Message type of a transaction.</summary>
    public MessageType Type;

    /// <summary>The source.</summary>
    public uint Source;

    /// <summary>The sequence sent, or asked about.</summary>
    public long Sequence;

    /// <summary>The host's clock when the bytes had arrived, microseconds since 1970-01-01 UTC.</summary>
    public long ReceivedAt;

    /// <summary>Stopwatch ticks at the same moment.</summary>
    public long ReceivedTicks;

    /// <summary>Where the answer goes; null for events of the shard.</summary>
    public ISessionPeer? Session;

    /// <summary>The connection, to tell an older one of the same source.</summary>
    public ulong SessionId;

    /// <summary>The source's outlet.</summary>
    public int Outlet;

    /// <summary>Logon: the source's window. Status and transactions do not use it.</summary>
    public int Window;

    /// <summary>Logon: the highest number the client holds; below 0 when it is above any that can be.</summary>
    public long LastNumberHeld;

    /// <summary>
    /// Deadline (8) and canonical body, or the raw body when it could not be read. Decide puts its addendum behind it
    /// (<see cref="Addendum"/>).
    /// </summary>
    public byte[] Command = new byte[256];

    /// <summary>Bytes of <see cref="Command"/> in use.</summary>
    public int CommandBytes;

    /// <summary>False when the body could not be read.</summary>
    public bool BodyReadable;

    /// <summary>Fingerprint of type and body.</summary>
    public long Fingerprint;

    /// <summary>The old row a rule needs, looked up beside the ring; null when there is none.</summary>
    public FetchedRow? Carried;

    /// <summary>The settlement of a publication, counted beside the ring (<see cref="Wagering.Settlement.SettlementAnswer"/>); null when there is none.</summary>
    public byte[]? Settlement;

    /// <summary>The list of a draw that is frozen, worked out beside the ring; null when there is none.</summary>
    public PreparedList? List;

    /// <summary>The order of a draw that is run, worked out beside the ring; null when there is none.</summary>
    public PreparedOrder? Order;

    /// <summary>Replay: expiries already taken at this event's time; 0 otherwise.</summary>
    public int ExpiriesTaken;

    // --- filled by decide ---

    /// <summary>What to answer.</summary>
    public AnswerKind Answer;

    /// <summary>The decision to store and answer, or the earlier one that is repeated.</summary>
    public Entry Entry;

    /// <summary>Key epoch of that decision.</summary>
    public ushort KeyEpoch;

    /// <summary>True when <see cref="Entry"/> is new and must be stored.</summary>
    public bool IsStored;

    /// <summary>True when the answer repeats an earlier decision.</summary>
    public bool IsRepeat;

    /// <summary>Present state told with the outcome.</summary>
    public PresentState State;

    /// <summary>Code of a logon or of what was not decided.</summary>
    public ResultCode AnswerCode;

    /// <summary>Status answered.</summary>
    public TransactionStatus Status;

    /// <summary>Next sequence expected of the source.</summary>
    public long NextSequence;

    /// <summary>Logon: counts the logons of the source.</summary>
    public ulong SessionEpoch;

    /// <summary>Logon: the source's state, for the session to look at.</summary>
    public SourceState? SourceState;

    /// <summary>Sequence time, definitions version, highest number and business day after this event.</summary>
    public long Time, DefinitionsVersion, HighestNumber, BusinessDay;

    /// <summary>Combinations per line of an accepted wager.</summary>
    public LineCombinations Combinations;

    /// <summary>The runners that the host picked, as an outcome tells them; null when it picked none.</summary>
    public byte[]? Picks;

    /// <summary>The change to announce; version 0 when there is none.</summary>
    public StateChange Change;

    /// <summary>Entries that fell due before this one, in order.</summary>
    public List<DueEntry> Due = new(0);

    /// <summary>Cells whose counters changed, with the counters after.</summary>
    public List<(InventoryCell Cell, CellCounts Counts)> Cells = new(0);

    /// <summary>Waves whose counters changed, with the counters after.</summary>
    public List<(Wave Wave, WaveState State)> Waves = new(0);

    /// <summary>The draw that changed, with its entries and struck entries after; null for none.</summary>
    public Draw? Draw;

    /// <summary>Entries of <see cref="Draw"/>, and struck ones of them.</summary>
    public int DrawEntries, DrawStruck;

    /// <summary>Where a person stands, for a question about one.</summary>
    public PersonState? Person;

    /// <summary>Stopwatch ticks when decided.</summary>
    public long DecidedTicks;

    // --- filled by persist ---

    /// <summary>Stopwatch ticks when its batch was encoded.</summary>
    public long BatchedTicks;

    /// <summary>Stopwatch ticks when its batch was durable.</summary>
    public long CommittedTicks;

    // --- filled by reply ---

    /// <summary>The first 64 bits of the HMAC of its receipt, when <see cref="IsSealed"/>.</summary>
    public ulong Seal;

    /// <summary>True when the receipt was sealed together with others.</summary>
    public bool IsSealed;

    /// <summary>The command in use.</summary>
    public ReadOnlySpan<byte> CommandSpan => Command.AsSpan(0, CommandBytes);

    /// <summary>The body behind the deadline.</summary>
    public ReadOnlySpan<byte> Body => Command.AsSpan(SystemCommand.DeadlineBytes, CommandBytes - SystemCommand.DeadlineBytes);

    /// <summary>Makes <paramref name="bytes"/> of room behind the command and counts them as part of it.</summary>
    public Span<byte> ExtendCommand(int bytes)
    {
        if (Command.Length < CommandBytes + bytes)
        {
            Array.Resize(ref Command, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(CommandBytes + bytes)));
        }

        CommandBytes += bytes;
        return Command.AsSpan(CommandBytes - bytes, bytes);
    }

    /// <summary>Makes room for a command of <paramref name="bytes"/>; called by the session before it fills <see cref="Command"/>.</summary>
    public void ReserveCommand(int bytes)
    {
        if (Command.Length < bytes)
        {
            Command = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes)];
        }
    }

    /// <summary>Clears what an earlier use left; the first thing a producer does with a claimed slot.</summary>
    public void Reset(EventKind kind, long receivedAt, long receivedTicks)
    {
        Kind = kind;
        Type = MessageType.None;
        Source = 0;
        Sequence = 0;
        ReceivedAt = receivedAt;
        ReceivedTicks = receivedTicks;
        SessionId = 0;
        Outlet = 0;
        CommandBytes = 0;
        BodyReadable = true;
        Fingerprint = 0;
        ExpiriesTaken = 0;
        Answer = AnswerKind.None;
        IsStored = false;
        IsRepeat = false;
        IsSealed = false;
        State = PresentState.None;
        AnswerCode = ResultCode.Accepted;
        Change = default;
    }

    /// <summary>Lets go of everything on the heap once answered, so that the ring keeps no connection, row or large body alive.</summary>
    public void Release()
    {
        Session = null;
        Carried = null;
        Settlement = null;
        List = null;
        Order = null;
        Draw = null;
        Person = null;
        Waves.Clear();
        SourceState = null;
        Picks = null;
        if (Due.Count > 0)
        {
            Due.Clear();
            Due.Capacity = Math.Min(Due.Capacity, 16);
        }

        if (Cells.Count > 0)
        {
            Cells.Clear();
            Cells.Capacity = Math.Min(Cells.Capacity, 32);
        }

        if (Command.Length > CommandBytesKept)
        {
            Command = new byte[256];
        }
    }
}
