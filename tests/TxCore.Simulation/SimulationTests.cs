using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;
using TxCore.Simulation.Storage;

namespace TxCore.Simulation;

/// <summary>The core under faults, seed by seed. A seed that fails says how it is run again.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int FailuresToldMax = 5;

    /// <summary>From so many seeds on everything that must be seen is seen.</summary>
    private const int SeedsForAllSights = 1000;

    [Fact]
    public void Every_seed_holds()
    {
        var settings = SimSettings.Read();
        var results = new ConcurrentBag<SeedResult>();
        var started = Stopwatch.StartNew();
        SeedRunner.Run(settings.Seeds, settings.Limit, seed =>
        {
            var world = new World(seed, PlantedBug.None, settings.TraceFile is not null);
            results.Add(world.Run());
            if (settings.TraceFile is { } file)
            {
                File.WriteAllLines(file, world.Trace.Text!);
            }
        });

        output.WriteLine(Describe(results, settings, started.Elapsed));
        string[] failures = [.. results.Where(static result => Fault(result) is not null).OrderBy(static result => result.Seed).Take(FailuresToldMax).Select(static result =>
            $"Seed {result.Seed}: {Fault(result)}{Environment.NewLine}Replay: {SimSettings.SeedsName}={result.Seed} dotnet test --project tests/TxCore.Simulation")];
        Assert.True(failures.Length == 0, string.Join(Environment.NewLine, failures));
        Assert.True(results.Count >= Math.Min(settings.Seeds.Count, settings.SeedsLeast), $"Only {results.Count} seeds in {started.Elapsed.TotalSeconds:0} s.");
        if (results.Count >= SeedsForAllSights)
        {
            Assert.All(Enum.GetValues<Sight>(), sight => Assert.True(results.Sum(result => (long)result.Sights[(int)sight]) > 0, $"{sight} was never seen."));
            string[] storeFaults = [.. Enum.GetNames<StoreFault>(), .. Enum.GetNames<AheadFault>()];
            Assert.All(
                storeFaults.Where(static name => name != nameof(StoreFault.None)),
                name => Assert.True(results.Any(result => result.Faults.ContainsKey(name)), $"{name} never took effect."));
        }
    }

    [Fact]
    public void The_same_seed_comes_to_the_same_trace_again()
    {
        const int Seeds = 40;
        var first = new ConcurrentDictionary<ulong, SeedResult>();
        var second = new ConcurrentDictionary<ulong, SeedResult>();
        foreach (var results in new[] { first, second })
        {
            SeedRunner.Run([.. Enumerable.Range(1, Seeds).Select(static seed => (ulong)seed)], Timeout.InfiniteTimeSpan, seed => results[seed] = new World(seed, PlantedBug.None, false).Run());
        }

        Assert.Equal(Seeds, first.Values.Select(static result => result.TraceHash).Distinct().Count());
        Assert.All(first.Values, result => Assert.Equal((result.TraceHash, result.Steps, result.Answers), (second[result.Seed].TraceHash, second[result.Seed].Steps, second[result.Seed].Answers)));
    }

    private static string? Fault(SeedResult result) =>
        result.Violation
        ?? (result.Transactions < World.Transactions ? $"only {result.Transactions} transactions"
            : result.FaultCount < FaultPlan.FaultsLeast ? $"only {result.FaultCount} faults"
            : null);

    private static string Describe(ConcurrentBag<SeedResult> results, SimSettings settings, TimeSpan time)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{results.Count} of {settings.Seeds.Count} seeds in {time.TotalSeconds:0.0} s, {results.Count / time.TotalSeconds:0} a second");
        text.AppendLine(CultureInfo.InvariantCulture, $"transactions {results.Sum(static r => (long)r.Transactions)}, faults {results.Sum(static r => (long)r.FaultCount)}, steps {results.Sum(static r => r.Steps)}, answers compared {results.Sum(static r => r.Answers)}");
        var faults = results.SelectMany(static r => r.Faults).GroupBy(static fault => fault.Key).OrderBy(static kind => kind.Key, StringComparer.Ordinal);
        text.AppendLine("faults: " + string.Join(", ", faults.Select(static kind => $"{kind.Key} {kind.Sum(static one => (long)one.Value)}")));
        text.AppendLine("seen: " + string.Join(", ", Enum.GetValues<Sight>().Select(sight => $"{sight} {results.Sum(result => (long)result.Sights[(int)sight])}")));
        return text.ToString();
    }
}
