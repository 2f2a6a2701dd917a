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
/// <c>ceilings [--json FILE] [--seconds N] [--rounds N] [--single] [--only TEXT]</c>: the layers from raw COPY to the whole server, alternating in one run,
/// durable; with <c>--single</c> one caller who waits for each answer, against a bare commit of one row.
/// Absolute figures drift with the machine; the ratios hold.
/// </summary>
internal static class CeilingsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        double seconds = Number(args, "--seconds", 6);
        int rounds = (int)Number(args, "--rounds", 3);
        await using var postgres = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions { LogFilesAhead = 64 });
        int made = 0;
        var layers = new Layers(() => NewDatabaseAsync(postgres, ++made), TimeSpan.FromSeconds(seconds));
        (string Name, Func<Task<LayerRun>> Run)[] all =
        [
            ("raw COPY, 4,096 rows a commit, 1 connection", () => layers.RawCopyAsync(1)),
            ("raw COPY, 4,096 rows a commit, 2 connections", () => layers.RawCopyAsync(2)),
            ("PostgreSQL store alone", () => layers.StoreAsync()),
            ("whole server, null store", () => layers.ServerAsync(withPostgres: false)),
            ("whole server", () => layers.ServerAsync(withPostgres: true)),
            ("whole server, every wager refused", () => layers.ServerAsync(withPostgres: true, isRefused: true)),
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

        string? part = Text(args, "--only");
        if (part is not null)
        {
            var named = all.Where(layer => layer.Name == part).ToArray();
            all = named.Length > 0 ? named : [.. all.Where(layer => layer.Name.Contains(part, StringComparison.OrdinalIgnoreCase))];
        }

        if (all.Length == 0)
        {
            Console.Error.WriteLine($"No layer has '{part}' in its name.");
            return 2;
        }

        var disk = FdatasyncProbe.Measure(postgres.InstancePath, TimeSpan.FromSeconds(2));
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, PostgreSQL {postgres.Version}, "
            + $"fdatasync {disk.PerSecond:N0}/s p50 {disk.P50Microseconds:N0} us p99 {disk.P99Microseconds:N0} us, {seconds} s x {rounds} rounds, durable");
        var rates = all.ToDictionary(static layer => layer.Name, static _ => new List<LayerRun>());
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

    private static void Print(Dictionary<string, List<LayerRun>> runs)
    {
        double copy = runs.Where(static pair => pair.Key.StartsWith("raw COPY", StringComparison.Ordinal))
            .Select(static pair => Median(pair.Value, static run => run.Rate)).DefaultIfEmpty(double.NaN).Max();
        double single = Median(runs.Last().Value, static run => run.Rate);
        Console.WriteLine(
            $"{"layer",-46} {"median/s",9} {"min",9} {"max",9} {"of COPY",8} {"x INSERT",9} {"us here",8} {"us other",9} {"idle",5}");
        foreach (var (name, values) in runs)
        {
            double median = Median(values, static run => run.Rate);
            Console.WriteLine(
                $"{name,-46} {median,9:N0} {values.Min(static run => run.Rate),9:N0} {values.Max(static run => run.Rate),9:N0} {median / copy,8:F2} "
                + $"{median / single,9:F1} {Median(values, static run => run.OwnMicroseconds),8:F2} "
                + $"{Median(values, static run => run.OtherMicroseconds),9:F2} {Median(values, static run => run.Idle),5:P0}");
        }
    }

    /// <summary>A fresh database of the server's schema.</summary>
    internal static async Task<Database> NewDatabaseAsync(PrivatePostgresServer postgres, int number)
    {
        var identity = new ShardIdentity(1, Channel.Retail);
        int today = new ShardRules().BusinessDayOf(TimeProvider.System.GetUnixMicroseconds());
        string name = $"ceilings_{number}";
        var made = await PostgresProvisioning.CreateAsync(postgres.SuperuserConnectionString("postgres"), identity, name, today, 2);
        return new Database(identity, today, made.WriterConnectionString, postgres.SuperuserConnectionString(name));
    }

    private static double Median(List<LayerRun> runs, Func<LayerRun, double> figure)
    {
        double[] sorted = [.. runs.Select(figure).Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Number(string[] args, string name, double otherwise) =>
        Text(args, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>What stands behind a flag; null without it.</summary>
    internal static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
