using System.Globalization;

namespace TxCore.Simulation.Engine;

/// <summary>Which seeds are run, from the environment.</summary>
/// <param name="Seeds">The seeds.</param>
/// <param name="Limit">No further seed begins after this time.</param>
/// <param name="SeedsLeast">Fewest of the seeds that must have been run all the same.</param>
/// <param name="TraceFile">Where what happened is written as text; null for nowhere. For one seed.</param>
internal sealed record SimSettings(IReadOnlyList<ulong> Seeds, TimeSpan Limit, int SeedsLeast, string? TraceFile)
{
    /// <summary>Seeds to run instead of the usual ones, such as <c>123</c>, <c>1-500</c> or <c>7,9,20-30</c>; without a limit of time.</summary>
    public const string SeedsName = "TXCORE_SIM_SEEDS";

    /// <summary>File for the text of what happened.</summary>
    public const string TraceName = "TXCORE_SIM_TRACE";

    private const int UsualSeeds = 10_000;
    private const int UsualSeedsLeast = 300;
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(45);

    public static SimSettings Read()
    {
        string? trace = Environment.GetEnvironmentVariable(TraceName);
        return Environment.GetEnvironmentVariable(SeedsName) is { Length: > 0 } text
            ? new SimSettings([.. text.Split(',').SelectMany(Range)], Timeout.InfiniteTimeSpan, int.MaxValue, trace)
            : new SimSettings([.. Range($"1-{UsualSeeds}")], UsualLimit, UsualSeedsLeast, trace);
    }

    private static IEnumerable<ulong> Range(string text)
    {
        ulong[] ends = [.. text.Split('-').Select(static part => ulong.Parse(part, CultureInfo.InvariantCulture))];
        for (ulong seed = ends[0]; seed <= ends[^1]; seed++)
        {
            yield return seed;
        }
    }
}
