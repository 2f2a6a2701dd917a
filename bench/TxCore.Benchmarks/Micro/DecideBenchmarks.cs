using BenchmarkDotNet.Attributes;
using TxCore.Benchmarks.Ceilings;
using TxCore.Pipeline;
using TxCore.Protocol;

namespace TxCore.Benchmarks.Micro;

/// <summary>The decide stage with all rules on a mix of wagers: sequence, player, every line, totals, outcome, state. One core.</summary>
/// <remarks>An iteration is a few milliseconds, and the code is compiled in tiers: it takes many before the figure stands.</remarks>
[MemoryDiagnoser]
[WarmupCount(150)]
[IterationCount(60)]
public class DecideBenchmarks
{
    private const int Events = 20_000;
    private const int Sources = 500;
    private readonly TxEvent[] _events = [.. Enumerable.Range(0, Events).Select(static _ => new TxEvent())];
    private readonly long[] _sequences = new long[Sources];
    private WorkBench _bench = null!;
    private byte[][] _frames = [];
    private int _refused;

    /// <summary>Opens the race and checks the answers of one round.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _bench = new WorkBench(WagerMix.Pools());
        (_frames, _refused) = WagerMix.Make();
        Array.Clear(_sequences);
        Fill();
        DecideMix();
        int refused = _events.Count(static work => work.Entry.Code != ResultCode.Accepted);
        if (refused != Events / _frames.Length * _refused)
        {
            var faults = string.Join(", ", _events.Select(static work => work.Entry.Code).Distinct());
            throw new InvalidOperationException($"Not timed: {refused} of {Events} wagers were refused ({faults}).");
        }
    }

    /// <summary>Fills the events anew, as sessions do; not timed.</summary>
    [IterationSetup]
    public void Fill()
    {
        for (int i = 0; i < Events; i++)
        {
            byte[] frame = _frames[i % _frames.Length];
            int source = i % Sources;
            WagerFrames.Patch(frame, (uint)(100 + source), ++_sequences[source]);
            WorkBench.Fill(_events[i], frame);
        }
    }

    /// <summary>Decides a wager of the mix.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public long DecideMix()
    {
        foreach (var work in _events)
        {
            _bench.Decider.Decide(work);
        }

        return _bench.State.LastNumber;
    }
}
