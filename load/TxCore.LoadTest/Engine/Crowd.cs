using System.Diagnostics;

namespace TxCore.LoadTest.Engine;

/// <summary>Lets a limited number of persons in at once, as a frontend's waiting room does; the others wait outside.</summary>
internal static class Crowd
{
    /// <summary>Everybody comes at once; returns when the last has left.</summary>
    /// <param name="persons">How many.</param>
    /// <param name="atOnce">Most that are served at once.</param>
    /// <param name="serve">Serves a person by index, at a frontend's number, who came at a stopwatch reading.</param>
    public static Task ComeAsync(int persons, int atOnce, Func<int, int, long, Task> serve)
    {
        long cameAt = Stopwatch.GetTimestamp();
        int next = 0;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(persons, atOnce)).Select(worker => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) - 1 is var person && person < persons)
            {
                await serve(person, worker, cameAt).ConfigureAwait(false);
            }
        })));
    }
}
