using System.Globalization;
using TxCore.LoadTest.Scenarios;
using TxCore.LoadTest.Scenarios.RaceDay;

namespace TxCore.LoadTest.Reports;

/// <summary>Turns what <c>demo</c> and <c>race-day</c> found into the record that every report is made from.</summary>
internal static class RunReportRecord
{
    public static RunRecord Of(RunReport report)
    {
        var detail = report.Detail;
        return new RunRecord
        {
            Name = report.Scenario,
            Scenario = report.Scenario,
            Settings = Settings(report),
            Seed = report.Seed,
            Machine = report.Machine,
            ToolVersion = report.Versions.Tool,
            Target = "private",
            Fdatasync = report.Fdatasync,
            StartedAt = report.StartedAt,
            WarmUpSeconds = report.WarmUpSeconds,
            DurationSeconds = report.DurationSeconds,
            Totals = new RunTotals(
                report.Sent + report.Dropped, report.Sent, report.Accepted, report.Refused, report.Failed, report.Dropped, report.Generator.LateSends,
                report.Generator.Saturated, report.AnsweredPerSecond, report.WarmUp.Sent, report.WarmUp.Failed),
            Refusals = [.. report.RefusalsByCode.OrderByDescending(code => code.Value).Select(code => new ReasonCount(code.Key, code.Value))],
            Faults = [.. report.Faults.OrderByDescending(fault => fault.Value).Select(fault => new ReasonCount(fault.Key, fault.Value))],
            FromPlanned = detail.FromPlanned,
            FromSent = detail.FromSent,
            Lateness = detail.Lateness,
            Seconds = detail.Seconds,
            Stages = [.. report.Stages.Select(stage => StageRecord.Of(stage.Key, stage.Value))],
            Postgres = report.Postgres,
            Checks = report.Checks,
            Findings = report.RaceDay is { } day ? Findings(day) : report.Tickets is { } tickets ? Findings(tickets) : [],
            Outcome = report.Passed ? RunOutcome.Passed : RunOutcome.Failed,
            OutcomeReason = report.Passed ? null : Reason(report),
        };
    }

    private static RunSetting[] Settings(RunReport report) =>
    [
        .. report.Arrivals == "closed"
            ? Array.Empty<RunSetting>()
            :
            [
                new RunSetting("rate", Text($"{report.OfferedPerSecond:0.##} per second")),
                new RunSetting("duration", Units.Time(report.DurationSeconds)),
                new RunSetting("warm-up", Units.Time(report.WarmUpSeconds)),
            ],
        new("arrivals", report.Arrivals),
        new("terminals", Text($"{report.Terminals}")),
        new("frontends", Text($"{report.Frontends}")),
        .. report.RaceDay is { } day ? [new RunSetting("kills", Text($"{day.Kills.Count}"))] : Array.Empty<RunSetting>(),
    ];

    private static RunSetting[] Findings(RaceDayFigures day) =>
    [
        .. day.Channels.SelectMany(channel => (RunSetting[])
        [
            new($"{channel.Channel}: races", Text(
                $"{channel.Races.Run} run, {channel.Races.Cancelled} cancelled, {channel.Races.StoppedByCommand} stopped by command and {channel.Races.StoppedByTime} by time")),
            new($"{channel.Channel}: sold", Text(
                $"{channel.Tickets:N0} tickets for {channel.TakenCents / 100m:N2} EUR, {channel.UndoneCents / 100m:N2} EUR of it taken back")),
            new($"{channel.Channel}: paid", Text($"{channel.PaidTickets:N0} tickets, {channel.PaidCents / 100m:N2} EUR")),
            new($"{channel.Channel}: too late", Text($"{channel.LateRefused:N0} wagers refused after the stop")),
        ]),
        .. Kills(day.Kills),
    ];

    private static RunSetting[] Findings(TicketFigures tickets) =>
    [
        new("seats", Text($"{tickets.SeatsSold:N0} of {tickets.Seats:N0} sold, {tickets.SeatsWanted:N0} wanted")),
        new("taken, p99", Units.Milliseconds(tickets.TakenMicroseconds.P99) + " ms"),
        new("sold out, p99", Units.Milliseconds(tickets.SoldOutMicroseconds.P99) + " ms"),
        new("offers, expiries", Text($"{tickets.Offers:N0}, {tickets.Expiries:N0}")),
        new("memory of the server", Text($"{tickets.ServerMemoryMegabytes:N0} MB at most")),
        .. Kills(tickets.Kills),
    ];

    private static IEnumerable<RunSetting> Kills(IReadOnlyList<KillReport> kills) =>
        kills.Select(kill => new RunSetting(
            Text($"killed at {kill.AtSeconds:0.0} s"), Text($"{kill.What}: ready again after {kill.BackMilliseconds:N0} ms, first answer after {kill.FirstAnswerMilliseconds:N0} ms")));

    private static string Reason(RunReport report)
    {
        (long Count, string What)[] counts =
        [
            (report.Failed + report.WarmUp.Failed, "not answered"), (report.Dropped, "not sent"), (report.StatusQueries.Failed, "questions not answered"),
        ];
        string[] reasons =
        [
            .. report.Checks.Where(check => !check.Holds).Select(check => $"this rule does not hold: {check.Rule}"),
            .. counts.Where(count => count.Count > 0).Select(count => Text($"{count.Count:N0} {count.What}")),
        ];
        return reasons.Length == 0 ? "nothing was sent" : string.Join("; ", reasons);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
