using System.Diagnostics;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation;

public sealed class SimulationTests
{
    [Fact]
    public void Seeds_hold()
    {
        var (first, count) = (1UL, ulong.Parse(Environment.GetEnvironmentVariable("SIM_N") ?? "20"));
        if (Environment.GetEnvironmentVariable("TXCORE_SIM_SEEDS") is { } one)
        {
            (first, count) = (ulong.Parse(one), 1);
        }

        var sights = new long[Enum.GetValues<Sight>().Length];
        var started = Stopwatch.StartNew();
        for (ulong seed = first; seed < first + count; seed++)
        {
            long before = started.ElapsedMilliseconds;
            var world = new World(seed, PlantedBug.None, count == 1);
            var result = world.Run();
            for (int i = 0; i < sights.Length; i++)
            {
                sights[i] += result.Sights[i];
            }

            if (result.Violation is not null || count <= 20 || result.FaultCount < 3 || result.Transactions < 500)
            {
                Console.WriteLine($"{seed}: {result.Violation} tx {result.Transactions} faults {result.FaultCount} steps {result.Steps} answers {result.Answers} {started.ElapsedMilliseconds} ms {string.Join(",", result.Faults)}");
            }

            if (count == 1)
            {
                File.WriteAllLines("/tmp/sim-trace.txt", world.Trace.Text!);
            }
        }

        Console.WriteLine($"{count} seeds in {started.ElapsedMilliseconds} ms");
        Console.WriteLine(string.Join(", ", sights.Select((n, i) => $"{(Sight)i} {n}")));
    }

    [Fact]
    public void Bugs_are_found()
    {
        foreach (var bug in Enum.GetValues<PlantedBug>().Skip(1))
        {
            ulong seed = 1;
            SeedResult result;
            while ((result = new World(seed, bug, false).Run()).Violation is null && seed < 150)
            {
                seed++;
            }

            Console.WriteLine($"BUG {bug}: {seed} {result.Violation}");
        }
    }
}
