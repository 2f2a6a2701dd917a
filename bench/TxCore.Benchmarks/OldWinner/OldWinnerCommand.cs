using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using TxCore.Client;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Wagering;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>
/// <c>old-winner [--days N] [--rows N] [--payments N] [--verify] [--json FILE]</c>: a winner 59 days and 50 million rows old is paid exactly
/// once when two terminals ask at the same moment, after a restart.
/// </summary>
internal static class OldWinnerCommand
{
    /// <summary>What the history left behind.</summary>
    private sealed record Filled(WinnerSample Winners, long Rows, long Entries, double Seconds, double SettleSeconds, long SnapshotBytes);

    public static async Task<int> RunAsync(string[] args)
    {
        var settings = OldWinnerSettings.Parse(args);
        long now = TimeProvider.System.GetUnixMicroseconds();
        var today = DateTimeOffset.ParseExact(
            new ShardRules().BusinessDayOf(now).ToString(CultureInfo.InvariantCulture), "yyyyMMdd", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal);
        byte[] receiptKey = RandomNumberGenerator.GetBytes(ReceiptKeys.KeyBytes);
        await using var database = await OldWinnerDatabase.CreateAsync(today.AddDays(-settings.Days), settings.Days);
        var filled = await FillAsync(settings, database, receiptKey, today);
        await database.RestartAsync();
        var disk = FdatasyncProbe.Measure(database.Postgres.InstancePath, TimeSpan.FromSeconds(2));
        var report = await PayAsync(settings, database, receiptKey, filled);
        report.Print(database.Postgres.Version, disk);
        await report.WriteAsync(settings.JsonFile);
        bool isWhole = !settings.Verify || await VerifyAsync(database);
        return report.IsPaidOnce && report.IsFast && isWhole ? 0 : 1;
    }

    private static async Task<Filled> FillAsync(OldWinnerSettings settings, OldWinnerDatabase database, byte[] receiptKey, DateTimeOffset today)
    {
        var identity = OldWinnerDatabase.Identity;
        await using var reader = new PostgresShardReader(database.Writer, identity);
        await using var store = new PostgresShardStore(database.Writer, identity);
        var writer = new HistoryWriter(store, identity, await store.OpenAsync(CancellationToken.None));
        var sample = new WinnerSample(settings);
        var history = new History(sample, identity, receiptKey, reader, writer);
        long started = Stopwatch.GetTimestamp();
        await history.StartAsync(today.AddDays(-settings.Days));

        // What the server's upkeep does beside the writer: summaries of the day's pages, look-up indexes for days that are over.
        await using var maintenance = new PostgresMaintenance(
            database.Writer, identity, TimeProvider.System, static fault => Console.Error.WriteLine($"maintenance: {fault.Message}"));
        using var stopping = new CancellationTokenSource();
        var upkeep = maintenance.RunAsync(() => history.BusinessDay, stopping.Token);
        for (int age = settings.Days; age > 0; age--)
        {
            await history.LiveAsync(today.AddDays(-age), age, settings.Rows * (settings.Days - age + 1) / settings.Days);
            if (age % 5 == 1)
            {
                Console.WriteLine(
                    $"{age - 1,3} days left, {writer.Rows,12:N0} rows, {writer.Rows / Stopwatch.GetElapsedTime(started).TotalSeconds,9:N0} rows/s, "
                    + $"settlements {history.Settling.TotalSeconds:F0} s");
            }
        }

        await history.OpenAsync(TimeProvider.System.GetUnixMicroseconds());
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stopping.CancelAsync();
        await ((Task)upkeep).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await maintenance.TurnAsync(history.BusinessDay, CancellationToken.None);
        var snapshot = ShardSnapshot.Save(history.State);
        await reader.WriteSnapshotAsync(history.State.LastNumber, ShardSnapshot.Format, snapshot, CancellationToken.None);
        return new Filled(sample, writer.Rows, history.State.LastNumber, seconds, history.Settling.TotalSeconds, snapshot.Length);
    }

    private static async Task<OldWinnerReport> PayAsync(
        OldWinnerSettings settings, OldWinnerDatabase database, byte[] receiptKey, Filled filled)
    {
        string data = Directory.CreateTempSubdirectory("txcore-old-winner-").FullName;
        try
        {
            string keyFile = Path.Combine(data, $"receipt-key-{OldWinnerDatabase.Identity.Shard}-1.hex");
            await File.WriteAllTextAsync(keyFile, Convert.ToHexString(receiptKey));
            await using var server = new ServerUnderTest(OldWinnerDatabase.Identity, database.Writer, data);
            await server.StartAsync();
            await server.KillAsync();
            await server.StartAsync();
            var terminals = await OldWinnerDatabase.ConnectAsync(server.Port);
            try
            {
                return await PayAsync(settings, database, filled, server, terminals);
            }
            finally
            {
                await server.KillAsync();
                await Task.WhenAll(terminals.Select(static terminal => terminal.DisposeAsync().AsTask()));
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<OldWinnerReport> PayAsync(
        OldWinnerSettings settings, OldWinnerDatabase database, Filled filled, ServerUnderTest server, TxCoreClient[] terminals)
    {
        var payments = new Payments(server, terminals);
        OldTicket[] tickets = Spread(filled.Winners.Payable, settings.Payments);
        Console.WriteLine($"{tickets.Length:N0} tickets, {tickets.Min(static ticket => ticket.AgeDays)} to {tickets.Max(static ticket => ticket.AgeDays)} days old");
        await payments.RunAsync(tickets);
        string expired = await AskExpiredAsync(payments, filled.Winners.Expired);
        server.Measure();
        int fromDay = new ShardRules().BusinessDayOf(TimeProvider.System.GetUnixMicroseconds() - 86_400_000_000);
        long stored = await database.PaidOnceAsync(tickets.Select(static ticket => ticket.Number), fromDay);
        long paidSince = await database.PaymentsAfterAsync(filled.Entries, fromDay);
        if (stored != tickets.Length || paidSince != tickets.Length)
        {
            payments.Faults.Add($"The rows hold {paidSince} payments, and {stored} of {tickets.Length} tickets paid exactly once.");
        }

        return new OldWinnerReport
        {
            Days = settings.Days,
            Rows = filled.Rows,
            Entries = filled.Entries,
            DatabaseBytes = await database.SizeAsync(),
            FillSeconds = filled.Seconds,
            SettleSeconds = filled.SettleSeconds,
            SnapshotBytes = filled.SnapshotBytes,
            StartSeconds = [.. server.Starts.Select(static start => start.TotalSeconds)],
            ResidentBytes = server.ResidentBytes,
            PeakBytes = server.PeakBytes,
            Payments = tickets.Length,
            PaidOnce = payments.PaidOnce,
            StayedPaid = payments.StayedPaid,
            KilledPairs = payments.KilledPairs,
            Expired = expired,
            P50Milliseconds = payments.Latency.GetValueAtPercentile(50) / 1000.0,
            P99Milliseconds = payments.Latency.GetValueAtPercentile(99) / 1000.0,
            P999Milliseconds = payments.Latency.GetValueAtPercentile(99.9) / 1000.0,
            MaxMilliseconds = payments.Latency.GetValueAtPercentile(100) / 1000.0,
            PaidTwiceInAllDays = await database.PaidTwiceAsync(),
            Faults = [.. payments.Faults],
        };
    }

    /// <summary>So many of the tickets, in an order that jumps between the days, so that no page is asked for twice in a row.</summary>
    private static OldTicket[] Spread(List<OldTicket> tickets, int count)
    {
        var shuffled = tickets.ToArray();
        new Random(59).Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }

    private static async Task<string> AskExpiredAsync(Payments payments, List<OldTicket> expired)
    {
        if (expired.Count == 0)
        {
            return "none that old";
        }

        var code = await payments.AskAsync(expired[0]);
        if (code != ResultCode.TicketExpired)
        {
            payments.Faults.Add($"Ticket {expired[0].Number}, {expired[0].AgeDays} days old, is {code}.");
        }

        return $"{expired[0].AgeDays} days old: {code}";
    }

    private static async Task<bool> VerifyAsync(OldWinnerDatabase database)
    {
        var verified = await ChainVerifier.VerifyAsync(database.Writer, OldWinnerDatabase.Identity, new VerifyOptions(), CancellationToken.None);
        Console.WriteLine($"{"verify",-24}{verified.Entries:N0} entries, {verified.Batches:N0} batches: {verified.Fault?.ToString() ?? "whole"}");
        return verified.Fault is null;
    }
}
