using System.Collections.Concurrent;

namespace TxCore.LoadTest.Chaos;

/// <summary>What was done, how often, and what was found. Thread-safe.</summary>
internal sealed class ChaosCounts
{
    private const int FindingsMax = 100;
    private readonly ConcurrentDictionary<string, long> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _cuts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ChaosFinding> _findings = new();

    /// <summary>Faults by name.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    /// <summary>Connections to PostgreSQL cut, by the step of the batch.</summary>
    public IReadOnlyDictionary<string, long> Cuts => _cuts;

    public IReadOnlyCollection<ChaosFinding> Findings => _findings;

    public void CountFault(string name) => _faults.AddOrUpdate(name, 1, static (_, before) => before + 1);

    public void CountCut(string step) => _cuts.AddOrUpdate(step, 1, static (_, before) => before + 1);

    public void Find(Faults.Fleet.Harm harm, string what)
    {
        if (_findings.Count < FindingsMax)
        {
            _findings.Enqueue(new ChaosFinding(harm, what));
        }
    }
}

/// <summary>Something that must never be.</summary>
internal sealed record ChaosFinding(Faults.Fleet.Harm Harm, string What);
