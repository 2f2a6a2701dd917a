using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using HdrHistogram;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Protocol;

namespace TxCore.Benchmarks.Micro;

/// <summary>
/// What measuring costs a transaction on the reply thread: six stages and its decision, against the library's recorder, which takes two
/// interlocked operations for each of the five stages that were measured with it. Compare with <see cref="DecideBenchmarks"/>.
/// </summary>
[MemoryDiagnoser]
public class MeasureBenchmarks
{
    private const int Events = 4096;
    private const int StagesWithRecorders = 5;
    private readonly TxEvent[] _events = [.. Enumerable.Range(0, Events).Select(static _ => new TxEvent())];
    private readonly ShardFigures _figures = new();
    private readonly Recorder[] _recorders = [.. Enumerable.Range(0, StagesWithRecorders).Select(static _ =>
        HistogramFactory.With64BitBucketSize().WithValuesFrom(1).WithValuesUpTo(60_000_000_000).WithPrecisionOf(2).WithThreadSafeReads().Create())];

    /// <summary>Spreads latencies as they are met: hundreds of microseconds, now and then much more; checks that each is counted.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        foreach (var work in _events)
        {
            long at = 1_000_000_000;
            work.Reset(EventKind.Transaction, 0, at += Step());
            work.ArrivedTicks = at - 20_000;
            work.DecidedTicks = at += Step();
            work.BatchedTicks = at += Step();
            work.CommittedTicks = at + Step();
            (work.IsStored, work.Entry.Kind, work.Entry.Code) = (true, MessageType.Wager, random.Next(20) == 0 ? ResultCode.RaceClosed : ResultCode.Accepted);
        }

        Measured();
        if (_figures.Readers.Take("check").Stages["total"].Count != Events)
        {
            throw new InvalidOperationException("Not timed: not every transaction was measured.");
        }

        long Step() => random.Next(100) == 0 ? random.Next(50_000_000) : random.Next(100_000, 900_000);
    }

    /// <summary>A recorder of the library for each of five stages.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public void Recorders()
    {
        foreach (var work in _events)
        {
            long now = Stopwatch.GetTimestamp();
            Record(0, work.DecidedTicks - work.ReceivedTicks);
            Record(1, work.BatchedTicks - work.DecidedTicks);
            Record(2, work.CommittedTicks - work.BatchedTicks);
            Record(3, now - work.CommittedTicks);
            Record(4, now - work.ReceivedTicks);
        }
    }

    /// <summary>What the reply stage does.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public void Measured()
    {
        foreach (var work in _events)
        {
            _figures.Decisions.Count(work);
            _figures.Latencies.Record(work, Stopwatch.GetTimestamp());
        }
    }

    private void Record(int stage, long nanoseconds) => _recorders[stage].RecordValue(Math.Clamp(nanoseconds, 1, 60_000_000_000));
}
