using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Tests.Support;

namespace TxCore.Tests.Diagnostics;

/// <summary>
/// Bytes that each step of a transaction's way allocates, against the gates of <c>bench/allocations.json</c>. Time drifts with the machine
/// and is not gated; bytes do not.
/// </summary>
public sealed class AllocationTests
{
    private const int WarmUp = 10_000;
    private const int Operations = 20_000;
    private const uint Draw = 7;
    private static readonly Dictionary<string, double> Gates =
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "allocations.json")))!;

    private readonly RowWriter _rows = new(TestShard.Identity.Shard);
    private readonly AnswerEncoder _encoder = new(TestShard.Identity, TestShard.Keys);
    private readonly byte[] _answer = new byte[AnswerEncoder.FrameBytesMax];
    private readonly DeciderBench _bench = new DeciderBench().OpenAll(900, new CellDefinition(1, 1, 100, 1_000_000, 0, 6), new CellDefinition(2, 1, 100, 0, 0, 6));
    private long _sequence;

    public static TheoryData<string> Steps => [.. Gates.Keys];

    [Fact]
    public void Every_gate_has_its_step()
    {
        string[] steps =
        [
            "parse a frame", "copy a canonical body", "wager", "wager of three lines", "wager refused", "hold", "hold sold out", "register",
            "register again, refused",
        ];
        Assert.Equal(steps.Order(), Gates.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_allocates_no_more_than_its_gate_allows(string step)
    {
        var run = Prepare(step);
        for (int i = 0; i < WarmUp; i++)
        {
            run(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = WarmUp; i < WarmUp + Operations; i++)
        {
            run(i);
        }

        double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations;
        TestContext.Current.TestOutputHelper!.WriteLine($"{step}: {bytes:F1} bytes");
        Assert.True(bytes <= Gates[step], $"'{step}' allocates {bytes:F1} bytes an operation, its gate is {Gates[step]}.");
    }

    private Action<int> Prepare(string step)
    {
        switch (step)
        {
            case "parse a frame":
                byte[] wager = Frame.Encode(Messages.Wager(1, 1));
                return _ => Parse(wager);
            case "copy a canonical body":
                byte[] frame = Frame.Encode(Messages.Wager(1, 1));
                byte[] canonical = new byte[frame.Length];
                return _ => Assert.True(CanonicalBody.Copy(MessageType.Wager, frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes), canonical) > 0);
            case "wager":
                return Submit(Frame.Encode(Messages.Wager(1, 1)), ResultCode.Accepted);
            case "wager of three lines":
                return Submit(Frame.Encode(Messages.Wager(1, 1, Messages.Line(), Messages.Line(), Messages.Line())), ResultCode.Accepted);
            case "wager refused":
                return Submit(Frame.Encode(Messages.Wager(1, 1, Messages.Line(stake: 1_000_000_000))), null);
            case "hold":
                return Submit(Frame.Encode(Messages.Hold(1, 1, new HoldLine(1, 1, 1, 0))), ResultCode.Accepted);
            case "hold sold out":
                return Submit(Frame.Encode(Messages.Hold(1, 1, new HoldLine(2, 1, 1, 0))), ResultCode.SoldOut);
            default:
                return Register(step == "register");
        }
    }

    private static void Parse(byte[] frame)
    {
        var buffer = new ReadOnlySequence<byte>(frame);
        if (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out _, out _, out _) != FrameResult.Frame)
        {
            throw new InvalidOperationException("The frame was not parsed.");
        }
    }

    private Action<int> Register(bool isNew)
    {
        var define = new DrawDefine(
            Messages.Name(TestShard.Admin, 6), Messages.Control(), Draw, [.. "D"u8], _bench.Now + 1_000_000_000, WarmUp + Operations, 0, 0);
        _bench.Take(Frame.Encode(define));
        _bench.Take(new DrawControl(Messages.Name(TestShard.Admin, 7), Messages.Control(), Draw).Encode(MessageType.DrawOpen));
        byte[] frame = Frame.Encode(new DrawRegister(Messages.Name(1, 1), 1, Draw, new byte[32], 0));
        var submit = Submit(frame, isNew ? ResultCode.Accepted : null);
        return i =>
        {
            const int PersonAt = Wire.HeaderBytes + Wire.TransactionHeaderBytes + 8 + 4;
            BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(PersonAt), isNew ? (ulong)i * 0x9E3779B97F4A7C15 : 1);
            submit(i);
        };
    }

    /// <summary>Decides, encodes the rows and the answer: what the deciding, the persisting and the replying thread do for it.</summary>
    private Action<int> Submit(byte[] frame, ResultCode? expected)
    {
        var type = Wire.PeekType(frame);
        var work = _bench.Work;
        return _ =>
        {
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(Wire.HeaderBytes + 4), ++_sequence);
            _bench.Fill(type, frame.AsSpan(Wire.HeaderBytes), 1);
            _bench.Decider.Decide(work);
            _rows.Clear();
            RowEncoder.Append(_rows, work);
            int length = _encoder.Write(work, _answer);
            if (length == 0 || !work.IsStored || (expected is { } code && work.Entry.Code != code))
            {
                throw new InvalidOperationException($"Decided {work.Entry.Code}, {work.AnswerCode}, answer of {length} bytes.");
            }

            work.Release();
        };
    }
}
