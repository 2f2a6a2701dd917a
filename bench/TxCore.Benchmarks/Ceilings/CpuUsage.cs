using System.Globalization;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>What a layer came to.</summary>
/// <param name="Rate">Transactions per second.</param>
/// <param name="OwnMicroseconds">CPU time of this process (generator, and server where there is one) for a transaction, in microseconds.</param>
/// <param name="OtherMicroseconds">CPU time of everything else on the machine, PostgreSQL above all, for a transaction, in microseconds; NaN where it cannot be read.</param>
/// <param name="Idle">Part of the machine's CPU time that nobody used, 0..1; NaN where it cannot be read.</param>
internal sealed record LayerRun(double Rate, double OwnMicroseconds, double OtherMicroseconds, double Idle)
{
    public static LayerRun Of(long transactions, TimeSpan elapsed, CpuUsage used) => new(
        transactions / elapsed.TotalSeconds,
        used.Own.TotalMicroseconds / transactions,
        (used.Busy - used.Own.TotalSeconds) * 1e6 / transactions,
        1 - (used.Busy / (elapsed.TotalSeconds * Environment.ProcessorCount)));
}

/// <summary>CPU time used up to a moment.</summary>
/// <param name="Own">By this process.</param>
/// <param name="Busy">By everything on the machine, in seconds; NaN where it cannot be read.</param>
internal readonly record struct CpuUsage(TimeSpan Own, double Busy)
{
    private const string Statistics = "/proc/stat";

    /// <summary>Of Linux: user and system times are told in hundredths of a second.</summary>
    private const double TicksPerSecond = 100;

    public static CpuUsage Now() => new(Environment.CpuUsage.TotalTime, ReadBusy());

    public static CpuUsage operator -(CpuUsage later, CpuUsage earlier) => new(later.Own - earlier.Own, later.Busy - earlier.Busy);

    private static double ReadBusy()
    {
        if (!File.Exists(Statistics))
        {
            return double.NaN;
        }

        // cpu user nice system idle iowait irq softirq steal: all but idle and iowait.
        string[] fields = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[1..9].Where(static (_, i) => i is not (3 or 4)).Sum(static field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
