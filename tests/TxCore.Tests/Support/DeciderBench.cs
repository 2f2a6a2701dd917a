using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Testing.Shards;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Support;

/// <summary>Decides one event after the other on this thread, storing rows as the persist stage does: the rules without ring or sessions.</summary>
internal sealed class DeciderBench
{
    private readonly RowBatch _batch = new() { Rows = new RowWriter(TestShard.Identity.Shard) };
    private readonly TxEvent _work = new();
    private readonly AnswerEncoder _encoder = new(TestShard.Identity, TestShard.Keys);
    private readonly long _epoch;

    public DeciderBench(MemoryDatabase? database = null, ShardState? state = null, ShardRules? rules = null, long? now = null)
    {
        Database = database ?? new MemoryDatabase(TestShard.Identity.Shard);
        _epoch = Database.Take().Epoch;
        State = state ?? new ShardState(TestShard.Identity, static _ => 64);
        Decider = new Decider(State, TestShard.Keys);
        Now = now ?? Messages.At(TimeSpan.Zero);
        Start(rules ?? new ShardRules());
    }

    public MemoryDatabase Database { get; }

    public ShardState State { get; }

    public Decider Decider { get; }

    /// <summary>The host's clock, microseconds since 1970-01-01 UTC.</summary>
    public long Now { get; set; }

    /// <summary>The event as last decided.</summary>
    public TxEvent Work => _work;

    public void Wait(TimeSpan time) => Now += time.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Lets time pass; returns the entries that fell due.</summary>
    public MessageType[] Tick()
    {
        _work.Reset(EventKind.Tick, Now, 0);
        return Decide();
    }

    public Outcome Do<T>(T message, uint session = 1)
        where T : IMessage<T> => Do(Frame.Encode(message), session);

    /// <summary>Decides a frame whose source is logged on, and returns the outcome; throws when it was not decided.</summary>
    public Outcome Do(byte[] frame, uint session = 1)
    {
        byte[] answer = Answer(frame, session);
        return new ReceivedFrame(Wire.PeekType(answer), answer[Wire.HeaderBytes..]).As<Outcome>();
    }

    /// <summary>Decides a frame and returns the frame of the answer.</summary>
    public byte[] Answer(byte[] frame, uint session = 1)
    {
        var type = Wire.PeekType(frame);
        Fill(type, frame.AsSpan(Wire.HeaderBytes), session);
        Decide();
        byte[] answer = new byte[AnswerEncoder.FrameBytesMax];
        return answer[.._encoder.Write(_work, answer)];
    }

    /// <summary>Logs a source on.</summary>
    public void LogOn(uint source, uint session = 1)
    {
        _work.Reset(EventKind.Logon, Now, 0);
        (_work.Source, _work.SessionId, _work.Window, _work.LastNumberHeld) = (source, session, 64, 0);
        Decide();
    }

    /// <summary>Defines and opens the race and the sale of <see cref="Messages"/>.</summary>
    public DeciderBench OpenAll(uint holdSeconds = 900, params CellDefinition[] cells)
    {
        LogOn(TestShard.Admin);
        LogOn(1);
        Take(Frame.Encode(Messages.DefineRace(TestShard.Admin, 1)));
        Take(Messages.RaceControl(MessageType.RaceOpen, TestShard.Admin, 2));
        Take(Frame.Encode(Messages.DefineSale(TestShard.Admin, 3, holdSeconds: holdSeconds)));
        Take(Frame.Encode(Messages.DefineCells(TestShard.Admin, 4, cells)));
        Take(Messages.SaleControl(MessageType.SaleOpen, TestShard.Admin, 5));
        return this;
    }

    /// <summary>The next sequence of a source.</summary>
    public long Next(uint source) => State.Source(source).Next;

    /// <summary>Decides what must be accepted.</summary>
    public Outcome Take(byte[] frame)
    {
        var outcome = Do(frame);
        Assert.Equal(ResultCode.Accepted, outcome.Code);
        return outcome;
    }

    /// <summary>Fills the event as a session does, without deciding it.</summary>
    public void Fill(MessageType type, ReadOnlySpan<byte> payload, uint session)
    {
        _work.Reset(EventKind.Transaction, Now, 0);
        _work.Type = type;
        _work.Source = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        _work.Sequence = BinaryPrimitives.ReadInt64LittleEndian(payload[4..]);
        _work.SessionId = session;
        _work.Outlet = (int)(_work.Source / 10);
        var body = payload[Wire.TransactionHeaderBytes..];
        _work.ReserveCommand(8 + body.Length);
        payload.Slice(12, 8).CopyTo(_work.Command);
        int length = CanonicalBody.Copy(type, body, _work.Command.AsSpan(8));
        _work.BodyReadable = length >= 0;
        if (length < 0)
        {
            body.CopyTo(_work.Command.AsSpan(8));
            length = body.Length;
        }

        _work.CommandBytes = 8 + length;
        _work.Fingerprint = Fingerprint.Of(type, _work.Body);
        _work.Carried = Carry(type, body);
        _work.Settlement = Settle(type, payload);
        (_work.List, _work.Order) = Prepare(type, payload);
    }

    /// <summary>Works the list or the order of a draw out as the server does, beside the ring.</summary>
    private (PreparedList? List, PreparedOrder? Order) Prepare(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (type == MessageType.DrawFreeze && Frame.TryDecode<DrawFreeze>(payload, out var freeze))
        {
            bool isClosed = State.Draws.TryGetValue(freeze.Draw, out var closed) && closed.Status == DrawStatus.Closed;
            return (isClosed ? DrawWork.List(closed!) : null, null);
        }

        if (type == MessageType.DrawRun && Frame.TryDecode<DrawRun>(payload, out var run))
        {
            bool isFrozen = State.Draws.TryGetValue(run.Draw, out var frozen) && frozen.Status == DrawStatus.Frozen;
            return (null, isFrozen ? DrawWork.Order(frozen!, DrawWork.List(frozen!).Sorted, run.Secret, run.Randomness) : null);
        }

        return default;
    }

    /// <summary>Counts a race as the server does, beside the ring.</summary>
    private byte[]? Settle(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (type != MessageType.RacePublish || !Frame.TryDecode<RacePublish>(payload, out var publish))
        {
            return null;
        }

        var board = new DefinitionsBoard(TimeProvider.System);
        board.Load(State);
        return new RaceSettler(TestShard.Identity, new MemoryReader(Database), board, NullLogger.Instance).SettleAsync(publish, default).AsTask().GetAwaiter().GetResult();
    }

    private FetchedRow? Carry(MessageType type, ReadOnlySpan<byte> body)
    {
        if (_work.Sequence < State.Source(_work.Source).Next)
        {
            return Database.Find(_work.Source, _work.Sequence);
        }

        bool isResolve = type == MessageType.SupervisorResolve;
        if (!(isResolve || type is MessageType.Cancel or MessageType.Pay or MessageType.Reversal or MessageType.VoucherRedeem or MessageType.TicketReturn) || body.Length < (isResolve ? 18 : 20))
        {
            return null;
        }

        long wanted = BinaryPrimitives.ReadInt64LittleEndian(body[(isResolve ? 10 : type == MessageType.TicketReturn ? 8 : 12)..]);
        return type == MessageType.Reversal ? Database.Find(_work.Source, wanted) : Database.Find(wanted);
    }

    private void Start(ShardRules rules)
    {
        _work.Reset(EventKind.Start, Now, 0);
        _work.Type = MessageType.Started;
        _work.Command.AsSpan(0, 8).Clear();
        _work.CommandBytes = 8 + rules.Write(_work.Command.AsSpan(8));
        Decide();
    }

    private MessageType[] Decide()
    {
        _work.Due.Clear();
        _work.Cells.Clear();
        _work.Waves.Clear();
        _work.Picks = null;
        Decider.Decide(_work);
        Store();
        return [.. _work.Due.Select(static due => due.Entry.Kind)];
    }

    private void Store()
    {
        var rows = _batch.Rows;
        rows.Clear();
        foreach (var due in _work.Due)
        {
            RowEncoder.AppendDue(rows, in due);
        }

        if (_work.IsStored)
        {
            RowEncoder.Append(rows, _work);
        }

        if (rows.RowCount == 0)
        {
            return;
        }

        var head = Database.Head;
        (_batch.Batch, _batch.FirstNumber, _batch.LastNumber) = (head.Batch + 1, head.Number + 1, State.LastNumber);
        _batch.SequencedAt = _work.IsStored ? _work.Entry.SequencedAt : _work.Due[^1].Entry.SequencedAt;
        head.Hash.CopyTo(_batch.PreviousHash, 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ChainHash.Begin(
            hash, head.Hash, TestShard.Identity.Shard, RowFormat.Version, _batch.Batch, _batch.FirstNumber, _batch.LastNumber, rows.RowCount);
        hash.AppendData(rows.Bytes.Span);
        hash.GetHashAndReset(_batch.Hash);
        Database.Append(_epoch, _batch);
    }
}
