using System.Diagnostics;
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

        var started = Stopwatch.StartNew();
        for (ulong seed = first; seed < first + count; seed++)
        {
            var world = new World(seed, PlantedBug.None, count == 1);
            var result = world.Run();
            if (result.Violation is not null || count <= 20)
            {
                Console.WriteLine($"{seed}: {result.Violation} tx {result.Transactions} faults {result.FaultCount} steps {result.Steps} answers {result.Answers} {started.ElapsedMilliseconds} ms {string.Join(",", result.Faults)}");
            }

            if (count == 1)
            {
                File.WriteAllLines("/tmp/sim-trace.txt", world.Trace.Text!);
            }
        }

        Console.WriteLine($"{count} seeds in {started.ElapsedMilliseconds} ms");
    }
}
