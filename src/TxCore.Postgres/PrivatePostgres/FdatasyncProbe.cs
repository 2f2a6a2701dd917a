using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>What one disk does with a stream of small durable writes, which bounds the commits per second of one writer.</summary>
/// <param name="PerSecond">Writes of 8 KiB made durable per second, one after the other.</param>
/// <param name="P50Microseconds">The median time of one.</param>
/// <param name="P99Microseconds">The time that 99 of 100 stay within.</param>
public readonly record struct FdatasyncRate(double PerSecond, double P50Microseconds, double P99Microseconds);

/// <summary>Measures <see cref="FdatasyncRate"/>, as context for every reported throughput.</summary>
public static partial class FdatasyncProbe
{
    private const int BlockBytes = 8 * 1024;

    // As PostgreSQL does with its log: the file has its length before it is written, so that a sync moves data and no file size.
    private const int FileBytes = 16 * 1024 * 1024;

    /// <summary>Writes and syncs in a file of its own for the given time, on the calling thread; the file is removed.</summary>
    /// <param name="directory">A directory on the disk in question.</param>
    /// <param name="duration">How long to measure; at least one write is made.</param>
    public static FdatasyncRate Measure(string directory, TimeSpan duration)
    {
        string path = Path.Combine(directory, $"fdatasync-{Guid.NewGuid():N}");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, new byte[FileBytes], fileOffset: 0);
        RandomAccess.FlushToDisk(file);

        List<double> microseconds = WriteFor(file, duration);
        double totalMicroseconds = microseconds.Sum();
        microseconds.Sort();
        return new FdatasyncRate(
            microseconds.Count / totalMicroseconds * 1e6, Quantile(microseconds, 0.50), Quantile(microseconds, 0.99));
    }

    private static List<double> WriteFor(SafeFileHandle file, TimeSpan duration)
    {
        byte[] block = new byte[BlockBytes];
        var microseconds = new List<double>();
        long offset = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, offset);
            Sync(file);
            microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            offset = (offset + BlockBytes) % FileBytes;
        }
        while (Stopwatch.GetElapsedTime(begin) < duration);
        return microseconds;
    }

    /// <summary>PostgreSQL on Linux syncs its log with fdatasync; .NET offers only fsync, which also writes the file's times.</summary>
    private static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (Fdatasync(file) != 0)
        {
            throw new IOException($"fdatasync failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private static double Quantile(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);
}
