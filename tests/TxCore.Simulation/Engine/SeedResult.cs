namespace TxCore.Simulation.Engine;

/// <summary>What a seed came to.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Violation">What was violated; null when nothing was.</param>
/// <param name="TraceHash">Hash of everything that happened.</param>
/// <param name="Transactions">Transactions of clients that were decided.</param>
/// <param name="Faults">Faults that took effect, by kind.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Answers">Answers that were compared with what is stored.</param>
/// <param name="Sights">How often each <see cref="Sight"/> was seen.</param>
internal sealed record SeedResult(ulong Seed, string? Violation, ulong TraceHash, int Transactions, IReadOnlyDictionary<string, int> Faults, long Steps, long Answers,
    IReadOnlyList<int> Sights)
{
    public int FaultCount => Faults.Values.Sum();
}
