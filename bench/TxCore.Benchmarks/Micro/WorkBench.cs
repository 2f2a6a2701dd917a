using TxCore.Benchmarks.Ceilings;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Benchmarks.Micro;

/// <summary>A decider with one open race, and events ready to be decided.</summary>
internal sealed class WorkBench
{
    private static readonly ControlHeader Control = new(1, 0, 1);
    private long _adminSequence;

    public WorkBench(PoolDefinition[]? pools = null)
    {
        Keys = new ReceiptKeys(new Dictionary<ushort, byte[]> { [1] = new byte[ReceiptKeys.KeyBytes] });
        State = new ShardState(Identity, static _ => 64);
        Decider = new Decider(State, Keys);
        Start();
        long later = Now + 86_400_000_000;
        pools ??= [new((ushort)BetType.Win, 200, 3_000_000, 0, [], [])];
        Submit(Frame.Encode(new RaceDefine(Header(), Control, WagerFrames.Race, later, later, 16, pools)));
        Submit(new RaceControl(Header(), Control, WagerFrames.Race, 0, 0).Encode(MessageType.RaceOpen));
    }

    public static ShardIdentity Identity { get; } = new(1, Channel.Retail);

    public static long Now => 1_767_225_600_000_000;

    public ReceiptKeys Keys { get; }

    public ShardState State { get; }

    public Decider Decider { get; }

    /// <summary>Fills an event from a frame as a session does.</summary>
    public static void Fill(TxEvent work, ReadOnlySpan<byte> frame)
    {
        var type = Wire.PeekType(frame);
        var reader = new WireReader(frame[Wire.HeaderBytes..]);
        work.Reset(EventKind.Transaction, Now, 0);
        work.Type = type;
        work.Source = reader.UInt32();
        work.Sequence = reader.Int64();
        var body = frame[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..];
        work.ReserveCommand(sizeof(long) + body.Length);
        work.Command.AsSpan(0, sizeof(long)).Clear();
        int length = CanonicalBody.Copy(type, body, work.Command.AsSpan(sizeof(long)));
        work.CommandBytes = sizeof(long) + length;
        work.Fingerprint = Fingerprint.Of(type, work.Body);
    }

    private TransactionHeader Header() => new(1, (ulong)++_adminSequence, 0);

    private void Start()
    {
        var work = new TxEvent();
        work.Reset(EventKind.Start, Now, 0);
        work.Type = MessageType.Started;
        work.Command.AsSpan(0, sizeof(long)).Clear();
        work.CommandBytes = sizeof(long) + new ShardRules().Write(work.Command.AsSpan(sizeof(long)));
        Decider.Decide(work);
    }

    private void Submit(byte[] frame)
    {
        var work = new TxEvent();
        Fill(work, frame);
        Decider.Decide(work);
        if (work.Entry.Code != ResultCode.Accepted)
        {
            throw new InvalidOperationException($"The bench was not set up: {work.Type} is {work.Entry.Code}.");
        }
    }
}
