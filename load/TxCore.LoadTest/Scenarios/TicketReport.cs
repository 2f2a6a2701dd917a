using System.Diagnostics;
using System.Reflection;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios;

/// <summary>A ticket sale beside the load's own figures.</summary>
/// <param name="Stages">What each part took.</param>
/// <param name="Seats">Seats of all sales.</param>
/// <param name="SeatsSold">Seats sold in the end.</param>
/// <param name="SeatsWanted">Seats that were asked for.</param>
/// <param name="Entries">Entries of the draw; 0 without one.</param>
/// <param name="RanksInvited">Ranks that had a slot.</param>
/// <param name="Offers">Offers made to those who waited.</param>
/// <param name="Expiries">Holds and offers that expired.</param>
/// <param name="Captures">Payment orders: money taken.</param>
/// <param name="Voids">Payment orders: authorisations given back.</param>
/// <param name="Refunds">Payment orders: money given back.</param>
/// <param name="TakenMicroseconds">From the send of a hold to its acceptance.</param>
/// <param name="SoldOutMicroseconds">From the send of a hold to its refusal because it is sold out.</param>
/// <param name="ServerMemoryMegabytes">Most memory the server had.</param>
/// <param name="ToolMemoryMegabytes">Most memory this tool had.</param>
/// <param name="DatabaseMegabytes">Size of the database.</param>
/// <param name="Reconnects">How often clients connected again.</param>
/// <param name="Kills">The kills.</param>
internal sealed record TicketFigures(
    IReadOnlyList<StageTime> Stages, long Seats, long SeatsSold, long SeatsWanted, int Entries, int RanksInvited, long Offers, long Expiries, long Captures,
    long Voids, long Refunds, LatencySummary TakenMicroseconds, LatencySummary SoldOutMicroseconds, double ServerMemoryMegabytes,
    double ToolMemoryMegabytes, double DatabaseMegabytes, long Reconnects, IReadOnlyList<KillReport> Kills);

/// <summary>Puts the counts, latencies and findings of a ticket sale together.</summary>
internal static class TicketReport
{
    private const double Megabyte = 1024 * 1024;

    public static RunReport Build(string scenario, int seed, TicketStage stage, TicketResult result, long seatsWanted, int ranksInvited, int kills)
    {
        var measured = stage.Tally.Measured;
        var killed = stage.Killer.Done;
        string[] unanswered = [.. killed.Where(kill => kill.FirstAnswerMilliseconds <= 0).Select(kill => $"{kill.What} at {kill.AtSeconds} s")];
        CheckResult[] checks =
        [
            .. result.Validation.Checks,
            new CheckResult($"all {kills} kills were survived: answers came again", unanswered.Length + kills - killed.Count, unanswered),
        ];
        var duration = TimeSpan.FromSeconds(stage.Times.Where(time => time.Count > 0).Sum(time => time.Seconds));
        return new RunReport
        {
            Scenario = scenario,
            StartedAt = stage.StartedAt,
            Seed = seed,
            Arrivals = "closed",
            OfferedPerSecond = 0,
            DurationSeconds = Math.Round(duration.TotalSeconds, 1),
            WarmUpSeconds = 0,
            Terminals = 0,
            Frontends = stage.Desk.Frontends,
            Sent = measured.Sent,
            Accepted = measured.Accepted,
            Refused = measured.Refused,
            Failed = measured.Failed + measured.InFlight,
            Dropped = stage.Tally.Dropped,
            AnsweredPerSecond = Math.Round(measured.Answered / Math.Max(duration.TotalSeconds, 0.001), 1),
            WarmUp = new PhaseReport(0, 0, 0, 0),
            StatusQueries = new StatusReport(0, 0),
            RefusalsByCode = measured.Refusals.ToDictionary(refusal => refusal.Key.ToString(), refusal => refusal.Value),
            Faults = stage.Tally.Faults,
            LatencyMicroseconds = stage.Latencies.FromPlanned.TakeTotal(),
            SendToReplyMicroseconds = stage.Latencies.FromSent.TakeTotal(),
            Generator = new GeneratorReport(new LatencySummary(0, 0, 0, 0, 0, 0, 0), 0, false),
            Stages = new Dictionary<string, StageLatency>(),
            RowsInPostgres = result.Validation.Rows,
            TransactionsInPostgres = result.Validation.Transactions,
            Validated = checks.All(check => check.Holds),
            Checks = checks,
            Fdatasync = stage.Fdatasync,
            Machine = Machine.Describe(),
            Detail = RunDetail.Of(stage.Latencies),
            Versions = new VersionReport(ToolVersion(), result.Validation.PostgresVersion),
            Tickets = Figures(stage, result, seatsWanted, ranksInvited),
        };
    }

    private static TicketFigures Figures(TicketStage stage, TicketResult result, long seatsWanted, int ranksInvited)
    {
        var rules = result.Replay.Rules;
        var cells = rules.Sales.Values.SelectMany(sale => sale.Cells.Values).ToList();
        using var tool = Process.GetCurrentProcess();
        return new TicketFigures(
            stage.Times, cells.Sum(cell => cell.Capacity), cells.Sum(cell => cell.Sold), seatsWanted, rules.Lottery.Count, ranksInvited, result.Replay.Offers,
            result.Replay.Expiries, Payments(PaymentKind.Capture), Payments(PaymentKind.Void), Payments(PaymentKind.Refund),
            stage.Desk.Taken.TakeTotal(), stage.Desk.SoldOut.TakeTotal(), Megabytes(stage.Shard.ServerMemoryBytesMax), Megabytes(tool.PeakWorkingSet64),
            Megabytes(result.DatabaseBytes), stage.Shard.Reconnects, stage.Killer.Done);

        long Payments(PaymentKind kind) => rules.Payments.Orders.LongCount(order => order.Kind == kind);
    }

    private static double Megabytes(long bytes) => Math.Round(bytes / Megabyte, 1);

    private static string ToolVersion() =>
        typeof(TicketReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
