using System.Text.Json;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>The figures of a run.</summary>
internal sealed record OldWinnerReport
{
    public required int Days { get; init; }

    public required long Rows { get; init; }

    public required long Entries { get; init; }

    public required long DatabaseBytes { get; init; }

    public required double FillSeconds { get; init; }

    public required double SettleSeconds { get; init; }

    public required long SnapshotBytes { get; init; }

    public required double[] StartSeconds { get; init; }

    public required long ResidentBytes { get; init; }

    public required long PeakBytes { get; init; }

    public required int Payments { get; init; }

    public required int PaidOnce { get; init; }

    public required int StayedPaid { get; init; }

    public required int KilledPairs { get; init; }

    public required string Expired { get; init; }

    public required double P50Milliseconds { get; init; }

    public required double P99Milliseconds { get; init; }

    public required double P999Milliseconds { get; init; }

    public required double MaxMilliseconds { get; init; }

    public required long PaidTwiceInAllDays { get; init; }

    public required string[] Faults { get; init; }

    /// <summary>Every ticket was paid to exactly one, as told to the terminals and as stored.</summary>
    public bool IsPaidOnce => Faults.Length == 0 && PaidOnce == Payments && PaidTwiceInAllDays == 0;

    public bool IsFast => P99Milliseconds < OldWinnerSettings.P99MillisecondsMax;

    public void Print(Version postgres, FdatasyncRate disk)
    {
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}, "
            + $"PostgreSQL {postgres}, "
            + $"fdatasync {disk.PerSecond:N0}/s p50 {disk.P50Microseconds:N0} us p99 {disk.P99Microseconds:N0} us");
        Line("history", $"{Rows:N0} rows, {Entries:N0} entries, {Days} days, {DatabaseBytes / 1e9:F1} GB");
        Line("filling", $"{FillSeconds:F0} s, {Rows / FillSeconds:N0} rows/s, settlements {SettleSeconds:F0} s of it");
        Line("snapshot of the state", $"{SnapshotBytes / 1e6:F1} MB");
        Line("start to READY", string.Join(", ", StartSeconds.Select(static seconds => $"{seconds:F2} s")));
        Line("server memory", $"{ResidentBytes / 1e6:F0} MB resident at the end, {PeakBytes / 1e6:F0} MB at most");
        Line("payments", $"{Payments:N0} tickets, two requests each; server killed under {KilledPairs} of them; {StayedPaid} asked again and refused");
        Line("latency", $"p50 {P50Milliseconds:F2} ms, p99 {P99Milliseconds:F2} ms, p99.9 {P999Milliseconds:F2} ms, max {MaxMilliseconds:F2} ms");
        Line("paid twice", $"{PaidTwiceInAllDays} in all days; paid once {PaidOnce:N0} of {Payments:N0}");
        Line("expired ticket", Expired);
        foreach (string fault in Faults.Take(10))
        {
            Line("fault", fault);
        }

        Line("paid exactly once", IsPaidOnce ? "PASS" : "FAIL");
        Line($"p99 < {OldWinnerSettings.P99MillisecondsMax} ms", IsFast ? "PASS" : "FAIL");
    }

    public Task WriteAsync(string? file) => file is null ? Task.CompletedTask : File.WriteAllTextAsync(file, JsonSerializer.Serialize(this));

    private static void Line(string name, string value) => Console.WriteLine($"{name,-24}{value}");
}
