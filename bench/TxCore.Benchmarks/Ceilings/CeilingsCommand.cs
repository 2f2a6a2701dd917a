using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>A fresh database of the private PostgreSQL.</summary>
internal sealed record Database(ShardIdentity Identity, int BusinessDay, string Writer, string Superuser);

/// <summary>
/// <c>ceilings [--json FILE] [--seconds N] [--rounds N] [--single]</c>: the layers from raw COPY to the whole server, alternating in one run,
/// durable; with <c>--single</c> one caller who waits for each answer, against a bare commit of one row.
/// Absolute figures drift with the machine; the ratios hold.
/// </summary>
internal static class CeilingsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        double seconds = Number(args, "--seconds", 6);
        int rounds = (int)Number(args, "--rounds", 3);
        await using var postgres = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions());
        int made = 0;
        var layers = new Layers(() => NewDatabaseAsync(postgres, ++made), TimeSpan.FromSeconds(seconds));
        (string Name, Func<Task<double>> Run)[] all =
        [
            ("raw COPY, 4,096 rows a commit, 1 connection", () => layers.RawCopyAsync(1)),
            ("raw COPY, 4,096 rows a commit, 2 connections", () => layers.RawCopyAsync(2)),
            ("PostgreSQL store alone", () => layers.StoreAsync()),
            ("whole server, null store", () => layers.ServerAsync(withPostgres: false)),
            ("whole server", () => layers.ServerAsync(withPostgres: true)),
            ("multi-row INSERT, 1,000 rows", layers.MultiRowInsertAsync),
            ("one INSERT per transaction, 64 connections", () => layers.SingleInsertAsync()),
        ];
        if (args.Contains("--single"))
        {
            all =
            [
                ("PostgreSQL store alone, batches of one row", () => layers.StoreAsync(1)),
                ("PostgreSQL store alone, batches of 20 rows", () => layers.StoreAsync(20)),
                ("whole server, null store, one caller", () => layers.ServerAsync(withPostgres: false, 1, 1)),
                ("whole server, one caller", () => layers.ServerAsync(withPostgres: true, 1, 1)),
                ("bare commit of one row, one connection", () => layers.SingleInsertAsync(1)),
            ];
        }

        var disk = FdatasyncProbe.Measure(postgres.InstancePath, TimeSpan.FromSeconds(2));
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, PostgreSQL {postgres.Version}, "
            + $"fdatasync {disk.PerSecond:N0}/s p50 {disk.P50Microseconds:N0} us p99 {disk.P99Microseconds:N0} us, {seconds} s x {rounds} rounds, durable");
        var rates = all.ToDictionary(static layer => layer.Name, static _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (var (name, run) in all)
            {
                rates[name].Add(await run());
            }
        }

        Print(rates);
        if (Text(args, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rates));
        }

        return 0;
    }

    private static void Print(Dictionary<string, List<double>> rates)
    {
        double copy = rates.Where(static pair => pair.Key.StartsWith("raw COPY", StringComparison.Ordinal))
            .Select(static pair => Median(pair.Value)).DefaultIfEmpty(double.NaN).Max();
        double single = Median(rates.Last().Value);
        Console.WriteLine($"{"layer",-50} {"median/s",12} {"min",12} {"max",12} {"of COPY",8} {"x INSERT",9}");
        foreach (var (name, values) in rates)
        {
            double median = Median(values);
            Console.WriteLine($"{name,-50} {median,12:N0} {values.Min(),12:N0} {values.Max(),12:N0} {median / copy,8:F2} {median / single,9:F1}");
        }
    }

    private static async Task<Database> NewDatabaseAsync(PrivatePostgresServer postgres, int number)
    {
        var identity = new ShardIdentity(1, Channel.Retail);
        int today = new ShardRules().BusinessDayOf(TimeProvider.System.GetUnixMicroseconds());
        string name = $"ceilings_{number}";
        var made = await PostgresProvisioning.CreateAsync(postgres.SuperuserConnectionString("postgres"), identity, name, today, 2);
        return new Database(identity, today, made.WriterConnectionString, postgres.SuperuserConnectionString(name));
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Number(string[] args, string name, double otherwise) =>
        Text(args, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
