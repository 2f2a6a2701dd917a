using System.Buffers;
using BenchmarkDotNet.Attributes;
using TxCore.Benchmarks.Ceilings;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Benchmarks.Micro;

/// <summary>What every wager goes through on the server's side, step by step. Each benchmark checks its answer before it is timed.</summary>
[MemoryDiagnoser]
public class HotPathBenchmarks
{
    private readonly TxEvent _work = new();
    private readonly RowWriter _rows = new(1);
    private readonly byte[] _answer = new byte[AnswerEncoder.FrameBytesMax];
    private byte[] _frame = [];
    private byte[] _canonical = [];
    private WorkBench _bench = null!;
    private AnswerEncoder _encoder = null!;
    private long _sequence;

    /// <summary>Sets the bench up and checks every answer once.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _bench = new WorkBench();
        _encoder = new AnswerEncoder(WorkBench.Identity, _bench.Keys);
        _frame = WagerFrames.Template();
        _canonical = new byte[_frame.Length];
        Require(ParseFrame() == 1, "the frame was not parsed");
        Require(CopyCanonical() == _frame.Length - Wire.HeaderBytes - Wire.TransactionHeaderBytes, "the canonical body differs");
        Require(Decide() == ResultCode.Accepted, "the wager was refused");
        Require(EncodeRow() == 1, "there is no row");
        Require(EncodeAnswer() > 80, "the answer is too short");
    }

    /// <summary>Cuts a frame off a buffer.</summary>
    [Benchmark]
    public int ParseFrame()
    {
        var buffer = new ReadOnlySequence<byte>(_frame);
        int frames = 0;
        while (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out _, out _, out _) == FrameResult.Frame)
        {
            frames++;
        }

        return frames;
    }

    /// <summary>Writes the canonical body.</summary>
    [Benchmark]
    public int CopyCanonical() =>
        CanonicalBody.Copy(MessageType.Wager, _frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes), _canonical);

    /// <summary>Fills an event from a frame and decides it.</summary>
    [Benchmark]
    public ResultCode Decide()
    {
        WagerFrames.Patch(_frame, 100, ++_sequence);
        WorkBench.Fill(_work, _frame);
        _bench.Decider.Decide(_work);
        return _work.Entry.Code;
    }

    /// <summary>Encodes the row of the last decision.</summary>
    [Benchmark]
    public int EncodeRow()
    {
        _rows.Clear();
        var detail = new RowDetail { Line = 1, AmountCents = 400, Race = WagerFrames.Race.Value, Pool = 1, Combinations = 1 };
        _rows.Append(in _work.Entry, in detail, _work.CommandSpan);
        return _rows.RowCount;
    }

    /// <summary>Encodes the outcome of the last decision, receipt included.</summary>
    [Benchmark]
    public int EncodeAnswer() => _encoder.Write(_work, _answer);

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not timed: {what}.");
        }
    }
}
