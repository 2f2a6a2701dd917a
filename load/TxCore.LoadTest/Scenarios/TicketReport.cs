using System.Diagnostics;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios;

/// <summary>A ticket sale beside the load's own figures.</summary>
/// <param name="Parts">What each part took.</param>
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
internal sealed record TicketFigures(
    IReadOnlyList<PartTime> Parts, long Seats, long SeatsSold, long SeatsWanted, int Entries, int RanksInvited, long Offers, long Expiries, long Captures,
    long Voids, long Refunds, LatencySummary TakenMicroseconds, LatencySummary SoldOutMicroseconds, double ServerMemoryMegabytes,
    double ToolMemoryMegabytes, double DatabaseMegabytes, long Reconnects);

/// <summary>Puts the counts, latencies and findings of a ticket sale together.</summary>
internal static class TicketReport
{
    private const double Megabyte = 1024 * 1024;

    /// <param name="scenario">As on the command line.</param>
    /// <param name="settings">What it was run with.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="stage">Where it took place.</param>
    /// <param name="result">What the checks came to.</param>
    /// <param name="seatsWanted">Seats asked for.</param>
    /// <param name="ranksInvited">Ranks that had a slot.</param>
    /// <param name="kills">Kills that were planned.</param>
    public static RunRecord Build(
        string scenario, IReadOnlyList<RunSetting> settings, int seed, TicketStage stage, TicketResult result, long seatsWanted, int ranksInvited, int kills)
    {
        var head = new RunHead(
            scenario, scenario, Preset: null, [.. settings, new("arrivals", "closed: each person waits for its answer"), new("frontends", $"{stage.Desk.Frontends}")],
            seed, TimeSpan.Zero, stage.StartedAt, "private");
        var end = new RunEnd(
            stage.Fdatasync, stage.Load.Stages, result.Postgres, [.. result.Validation.Checks, stage.Killer.Check(kills)], Thresholds: [], QuestionsUnanswered: 0);
        return stage.Load.Build(head, end) with
        {
            Kills = stage.Killer.Done,
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
            Megabytes(result.DatabaseBytes), stage.Shard.Reconnects);

        long Payments(PaymentKind kind) => rules.Payments.Orders.LongCount(order => order.Kind == kind);
    }

    private static double Megabytes(long bytes) => Math.Round(bytes / Megabyte, 1);
}
