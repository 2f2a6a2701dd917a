using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TxCore.LoadTest.Engine;

/// <summary>
/// Waits until a stopwatch reading. On Unix it sleeps by the kernel's high-resolution timer, which wakes about 60 µs late and costs
/// nothing meanwhile: the server under test shares the cores, so spinning would slow down what is being measured. How late each send
/// really was is recorded by the loop.
/// </summary>
internal static partial class Pacer
{
    /// <summary>The longest sleep at once, so that a cancelled run ends soon.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromMilliseconds(100);

    /// <summary>False when the wait was cancelled.</summary>
    public static bool WaitUntil(long timestamp, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            long remainingTicks = timestamp - Stopwatch.GetTimestamp();
            if (remainingTicks <= 0)
            {
                return true;
            }

            var remaining = Stopwatch.GetElapsedTime(0, remainingTicks);
            Sleep(remaining < SleepMax ? remaining : SleepMax);
        }

        return false;
    }

    private static void Sleep(TimeSpan time)
    {
        if (!OperatingSystem.IsWindows())
        {
            var request = new TimeSpec { Nanoseconds = (nint)time.TotalNanoseconds };

            // The runtime's own signals may end it early; the caller looks at the clock again.
            _ = NanoSleep(in request, IntPtr.Zero);
        }
        else if (time > TimeSpan.FromMilliseconds(2))
        {
            Thread.Sleep(time - TimeSpan.FromMilliseconds(1));
        }
        else
        {
            Thread.Yield();
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, IntPtr remaining);
}
