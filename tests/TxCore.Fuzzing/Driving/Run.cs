using System.Diagnostics;

namespace TxCore.Fuzzing.Driving;

/// <summary>What a run came to.</summary>
/// <param name="Inputs">Inputs played.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="MemoryBefore">Memory of the process after the first inputs, in bytes.</param>
/// <param name="MemoryAfter">The same after the last one.</param>
public sealed record RunReport(long Inputs, TimeSpan Elapsed, long MemoryBefore, long MemoryAfter)
{
    public override string ToString() =>
        $"{Inputs} inputs in {Elapsed.TotalSeconds:F1} s ({Inputs / Elapsed.TotalSeconds:F0}/s), memory {MemoryBefore >> 20} MB at the beginning, {MemoryAfter >> 20} MB at the end";
}

/// <summary>Plays inputs to a target in this process.</summary>
public static class Run
{
    /// <summary>Plays every input of a corpus.</summary>
    public static RunReport Replay(IFuzzTarget target, byte[][] corpus) => Play(target, corpus, TimeSpan.MaxValue);

    /// <summary>Plays changed inputs of a corpus, so many or for so long.</summary>
    public static RunReport Mutated(IFuzzTarget target, byte[][] corpus, long inputs, TimeSpan limit, int seed) =>
        Play(target, Mutations(new Mutator(corpus, seed), inputs), limit);

    private static IEnumerable<byte[]> Mutations(Mutator mutator, long inputs)
    {
        for (long i = 0; i < inputs; i++)
        {
            yield return mutator.Next();
        }
    }

    private static RunReport Play(IFuzzTarget target, IEnumerable<byte[]> inputs, TimeSpan limit)
    {
        const int WarmUp = 1000;
        long started = Stopwatch.GetTimestamp();
        long memoryBefore = 0;
        long count = 0;
        foreach (byte[] input in inputs)
        {
            PlayOne(target, input);
            if (++count is 1 or WarmUp)
            {
                memoryBefore = Process.GetCurrentProcess().WorkingSet64;
            }

            if (Stopwatch.GetElapsedTime(started) >= limit)
            {
                break;
            }
        }

        target.Finish();
        return new RunReport(count, Stopwatch.GetElapsedTime(started), memoryBefore, Process.GetCurrentProcess().WorkingSet64);
    }

    private static void PlayOne(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception fault)
        {
            throw new FuzzFailureException($"{fault.Message} Input of {target.Name}: {Convert.ToHexStringLower(input)}", fault);
        }
    }
}
