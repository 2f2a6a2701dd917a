using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace TxCore.Simulation.Engine;

/// <summary>Runs seeds side by side, one for each processor, each on one thread from beginning to end.</summary>
internal static class SeedRunner
{
    /// <summary>Begins no further seed once the time is over.</summary>
    public static void Run(IReadOnlyList<ulong> seeds, TimeSpan limit, Action<ulong> run)
    {
        int next = -1;
        var started = Stopwatch.StartNew();
        Exception? fault = null;
        var threads = new Thread[Math.Min(Environment.ProcessorCount, seeds.Count)];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true };
            threads[i].Start();
        }

        Array.ForEach(threads, static thread => thread.Join());
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        void Work()
        {
            try
            {
                for (int index; (limit == Timeout.InfiniteTimeSpan || started.Elapsed < limit) && (index = Interlocked.Increment(ref next)) < seeds.Count;)
                {
                    run(seeds[index]);
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref fault, exception, null);
            }
        }
    }
}
