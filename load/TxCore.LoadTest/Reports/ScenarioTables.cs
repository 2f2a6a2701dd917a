using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Scenarios.RaceDay;

namespace TxCore.LoadTest.Reports;

/// <summary>The tables of what only some scenarios have: kills, a racing day, a ticket sale, findings.</summary>
internal static class ScenarioTables
{
    /// <summary>Those that this run has.</summary>
    public static IReadOnlyList<ReportTable> Of(RunRecord run) =>
        [.. new[] { ReportTables.Settings("Findings", run.Findings), Kills(run), RaceDay(run), Parts(run), Seats(run), Holds(run) }.OfType<ReportTable>()];

    private static ReportTable? Kills(RunRecord run) => run.Kills.Count == 0 ? null : new ReportTable(
        "Killed on purpose",
        ["", "at second", "ready again after ms", "first answer after ms"],
        [.. run.Kills.Select(kill => (string[])
        [
            kill.What, kill.AtSeconds.ToString("0.0", CultureInfo.InvariantCulture), Units.Number(kill.BackMilliseconds),
            kill.FirstAnswerMilliseconds > 0 ? Units.Number(kill.FirstAnswerMilliseconds) : "never",
        ])],
        Note: "SIGKILL, and started again at once. What was sent meanwhile counts its whole wait: the highest latencies are these outages. "
            + "What a server did in the last second before it was killed is in none of the server's stages.");

    private static ReportTable? RaceDay(RunRecord run) => run.RaceDay is not { } day ? null : new ReportTable(
        "The racing day",
        ["", .. day.Channels.Select(channel => channel.Channel)],
        [
            Row(day, "races run", c => Units.Count(c.Races.Run)),
            Row(day, "races cancelled", c => Units.Count(c.Races.Cancelled)),
            Row(day, "stopped by command", c => Units.Count(c.Races.StoppedByCommand)),
            Row(day, "stopped by time", c => Units.Count(c.Races.StoppedByTime)),
            Row(day, "runners scratched during the sale", c => Units.Count(c.Races.Scratched)),
            Row(day, "results published", c => Units.Count(c.Races.Published)),
            Row(day, "tickets sold", c => Units.Count(c.Tickets)),
            Row(day, "stakes, EUR", c => Euro(c.TakenCents)),
            Row(day, "taken back, EUR", c => Euro(c.UndoneCents)),
            Row(day, "tickets paid", c => Units.Count(c.PaidTickets)),
            Row(day, "paid, EUR", c => Euro(c.PaidCents)),
            Row(day, "presented and lost", c => Units.Count(c.LostTickets)),
            Row(day, "wagers too late", c => Units.Count(c.LateRefused)),
            Row(day, "reconnections", c => Units.Count(c.Reconnects)),
        ]);

    private static ReportTable? Parts(RunRecord run) => run.Tickets is not { } tickets ? null : new ReportTable(
        "Parts of the run",
        ["", "seconds", "decided", "per second"],
        [.. tickets.Parts.Select(part => (string[])
        [
            part.Name, part.Seconds.ToString("0.0", CultureInfo.InvariantCulture), part.Count == 0 ? "–" : Units.Count(part.Count),
            part.Count == 0 ? "–" : Units.Number(part.PerSecond),
        ])]);

    private static ReportTable? Seats(RunRecord run) => run.Tickets is not { } tickets ? null : new ReportTable(
        "The sale",
        ["", ""],
        [
            ["seats", $"{Units.Count(tickets.SeatsSold)} of {Units.Count(tickets.Seats)} sold, {Units.Count(tickets.SeatsWanted)} asked for"],
            .. tickets.Entries == 0
                ? Array.Empty<string[]>()
                : [["draw", $"{Units.Count(tickets.Entries)} entries, {Units.Count(tickets.RanksInvited)} with a slot"]],
            ["waiting list", $"{Units.Count(tickets.Offers)} offers"],
            ["holds and offers that expired", Units.Count(tickets.Expiries)],
            ["payment orders", $"{Units.Count(tickets.Captures)} captures, {Units.Count(tickets.Voids)} voids, {Units.Count(tickets.Refunds)} refunds"],
            ["reconnections", Units.Count(tickets.Reconnects)],
            ["memory at most", $"server {Units.Number(tickets.ServerMemoryMegabytes)} MB, this tool {Units.Number(tickets.ToolMemoryMegabytes)} MB"],
            ["database", $"{Units.Number(tickets.DatabaseMegabytes)} MB"],
        ],
        IsText: true);

    private static ReportTable? Holds(RunRecord run) => run.Tickets is not { } tickets ? null : new ReportTable(
        "Holds, latency in milliseconds",
        ["", .. ReportTables.LatencyColumns],
        [ReportTables.Row("taken", tickets.TakenMicroseconds), ReportTables.Row("refused: sold out", tickets.SoldOutMicroseconds)],
        Note: "A refusal is a decision with a number like any other, and should cost no more than an acceptance.");

    private static string[] Row(RaceDayFigures day, string name, Func<ChannelFigures, string> of) => [name, .. day.Channels.Select(of)];

    private static string Euro(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
