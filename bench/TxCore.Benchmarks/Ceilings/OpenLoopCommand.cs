using System.Globalization;
using System.Runtime.InteropServices;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>
/// <c>open-loop [--rates 10000,100000,200000] [--seconds N] [--slow-disk]</c>: the whole server in an open loop, latency from the planned send.
/// <c>--slow-disk</c> lets every commit wait 2 ms more (<c>commit_delay</c>). The sender wakes once a millisecond: up to that much is its own.
/// </summary>
internal static class OpenLoopCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        double[] rates;
        double seconds;
        try
        {
            rates = [.. (CeilingsCommand.Text(args, "--rates") ?? "10000,100000,200000").Split(',').Select(static rate => double.Parse(rate, CultureInfo.InvariantCulture))];
            seconds = double.Parse(CeilingsCommand.Text(args, "--seconds") ?? "10", CultureInfo.InvariantCulture);
        }
        catch (FormatException exception)
        {
            Console.Error.WriteLine($"--rates takes numbers separated by commas, --seconds a number: {exception.Message}");
            return 2;
        }

        bool isSlow = args.Contains("--slow-disk");
        var settings = isSlow
            ? new Dictionary<string, string> { ["commit_delay"] = "2000", ["commit_siblings"] = "0" }
            : new Dictionary<string, string>();
        await using var postgres = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions { LogFilesAhead = 64, ExtraSettings = settings });
        int made = 0;
        var layers = new Layers(() => CeilingsCommand.NewDatabaseAsync(postgres, ++made), TimeSpan.FromSeconds(seconds));
        var disk = FdatasyncProbe.Measure(postgres.InstancePath, TimeSpan.FromSeconds(2));
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, PostgreSQL {postgres.Version}, "
            + $"fdatasync {disk.PerSecond:N0}/s p50 {disk.P50Microseconds:N0} us p99 {disk.P99Microseconds:N0} us, {seconds} s each, durable"
            + (isSlow ? ", commit_delay 2,000 us" : ""));
        Console.WriteLine($"{"planned/s",10} {"answered/s",11} {"p50 ms",8} {"p99 ms",8} {"p99.9 ms",9} {"max ms",8} {"late p99",9} {"not decided",12}");
        foreach (double rate in rates)
        {
            var run = await layers.PacedAsync(rate);
            Console.WriteLine(
                $"{run.Rate,10:N0} {run.AnsweredPerSecond,11:N0} {Milliseconds(run, 50),8:F2} {Milliseconds(run, 99),8:F2} {Milliseconds(run, 99.9),9:F2} "
                + $"{Milliseconds(run, 100),8:F2} {run.Lateness.GetValueAtPercentile(99) / 1000.0,9:F2} {run.NotDecided,12:N0}");
        }

        return 0;
    }

    private static double Milliseconds(PacedRun run, double percentile) => run.Latency.GetValueAtPercentile(percentile) / 1000.0;
}
