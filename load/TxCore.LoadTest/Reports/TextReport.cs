using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Scenarios;
using TxCore.LoadTest.Scenarios.RaceDay;

namespace TxCore.LoadTest.Reports;

/// <summary>Prints a run for people: plain text, so that it can be pasted anywhere.</summary>
internal sealed class TextReport(TextWriter output)
{
    public void Write(RunReport report)
    {
        WriteCounts(report);
        WriteRaceDay(report.RaceDay);
        WriteTickets(report.Tickets);
        WriteKills(report.RaceDay?.Kills ?? report.Tickets?.Kills ?? []);
        WriteLatencies(report);
        WriteRefusals(report);
        WriteConditions(report);
        WriteChecks(report);
    }

    private void WriteCounts(RunReport report)
    {
        Line();
        string offered = report.OfferedPerSecond > 0 ? $"{report.OfferedPerSecond:N0}/s offered" : "as fast as it is answered,";
        Line($"{report.Scenario}: {offered} for {report.DurationSeconds:0.#} s ({report.Arrivals} arrivals, "
            + $"seed {report.Seed}), {report.Terminals} terminals, {report.Frontends} frontends");
        Line($"  sent {report.Sent:N0}, accepted {report.Accepted:N0}, refused {report.Refused:N0}, failed {report.Failed:N0}, "
            + $"dropped {report.Dropped:N0}; answered {report.AnsweredPerSecond:N0}/s");
        Line($"  outside the measured time: sent {report.WarmUp.Sent:N0}, failed {report.WarmUp.Failed:N0}; "
            + $"status queries {report.StatusQueries.Asked:N0}, failed {report.StatusQueries.Failed:N0}");
        foreach (var (reason, count) in report.Faults)
        {
            Line($"  fault {reason}: {count:N0}");
        }
    }

    private void WriteRaceDay(RaceDayFigures? day)
    {
        foreach (var channel in day?.Channels ?? [])
        {
            var races = channel.Races;
            Line();
            Line($"{channel.Channel}: {races.Run} races run and {races.Cancelled} cancelled, {races.StoppedByCommand} stopped by command and "
                + $"{races.StoppedByTime} by time, {races.Scratched} runners scratched, {races.Published} published");
            Line($"  {channel.Tickets:N0} tickets for {Euro(channel.TakenCents)}, {Euro(channel.UndoneCents)} of it taken back; "
                + $"{channel.PaidTickets:N0} paid {Euro(channel.PaidCents)}, {channel.LostTickets:N0} times lost; "
                + $"{channel.LateRefused:N0} wagers too late; {channel.Reconnects:N0} reconnections");
        }
    }

    private void WriteTickets(TicketFigures? tickets)
    {
        if (tickets is null)
        {
            return;
        }

        Line();
        Line($"{"stage",-26}{"s",10}{"decided",12}{"per second",12}");
        foreach (var stage in tickets.Stages)
        {
            Line($"  {stage.Name,-24}{stage.Seconds,10:0.0}{stage.Count,12:N0}{stage.PerSecond,12:N0}");
        }

        Line();
        Line($"{tickets.Seats:N0} seats, {tickets.SeatsSold:N0} sold, {tickets.SeatsWanted:N0} asked for; {tickets.Entries:N0} entries of the draw, "
            + $"{tickets.RanksInvited:N0} with a slot; {tickets.Offers:N0} offers to who waited, {tickets.Expiries:N0} holds and offers expired");
        Line($"  payment orders: {tickets.Captures:N0} captures, {tickets.Voids:N0} voids, {tickets.Refunds:N0} refunds; "
            + $"{tickets.Reconnects:N0} reconnections");
        Line($"  memory at most: server {tickets.ServerMemoryMegabytes:N0} MB, this tool {tickets.ToolMemoryMegabytes:N0} MB; "
            + $"database {tickets.DatabaseMegabytes:N0} MB");
    }

    private void WriteKills(IReadOnlyList<KillReport> kills)
    {
        if (kills.Count == 0)
        {
            return;
        }

        Line();
        Line($"{"killed",-18}{"at s",8}{"ready again ms",18}{"first answer ms",18}");
        foreach (var kill in kills)
        {
            Line($"  {kill.What,-16}{kill.AtSeconds,8:0.0}{kill.BackMilliseconds,18:N0}{kill.FirstAnswerMilliseconds,18:N0}");
        }
    }

    private static string Euro(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture) + " EUR";

    private void WriteLatencies(RunReport report)
    {
        Line();
        Line($"{"latency, ms",-26}{"p50",10}{"p90",10}{"p99",10}{"p99.9",10}{"p99.99",10}{"max",10}{"count",12}");
        Row("from the planned send", report.LatencyMicroseconds);
        Row("from the real send", report.SendToReplyMicroseconds);
        if (report.Tickets is { } tickets)
        {
            Row("holds taken", tickets.TakenMicroseconds);
            Row("holds refused: sold out", tickets.SoldOutMicroseconds);
        }

        foreach (var (name, stage) in report.Stages)
        {
            Row($"server: {name}", new LatencySummary(stage.Count, stage.P50, stage.P90, stage.P99, stage.P99_9, stage.P99_99, stage.Max));
        }

        if (report.OfferedPerSecond <= 0)
        {
            return;
        }

        Row("lateness of the generator", report.Generator.LatenessMicroseconds);
        Line($"  sends later than 1 ms: {report.Generator.LateSends:N0}"
            + (report.Generator.Saturated ? "  SATURATED: the generator had too little time, and its lateness is part of the latencies" : ""));
    }

    private void WriteRefusals(RunReport report)
    {
        Line();
        Line("refusals by reason");
        foreach (var (code, count) in report.RefusalsByCode)
        {
            Line($"  {code,-24}{count,12:N0}");
        }
    }

    private void WriteConditions(RunReport report)
    {
        var machine = report.Machine;
        Line();
        Line($"machine     {machine.Cores} cores, {machine.Processor}, {machine.MemoryGigabytes:0.#} GB, {machine.OperatingSystem}");
        Line($"software    {machine.Runtime}, PostgreSQL {report.Versions.Postgres}, TxCore {report.Versions.Tool}");
        Line("            client, server and database share the machine");
        Line($"fdatasync   {report.Fdatasync.PerSecond:N0}/s, p50 {report.Fdatasync.P50Microseconds:N0} µs, "
            + $"p99 {report.Fdatasync.P99Microseconds:N0} µs, on the disk of the database");
    }

    private void WriteChecks(RunReport report)
    {
        Line();
        Line($"check against PostgreSQL: {report.RowsInPostgres:N0} rows, {report.TransactionsInPostgres:N0} numbers");
        foreach (var check in report.Checks)
        {
            Line($"  {(check.Holds ? "ok    " : "FAILED")}  {check.Rule}{(check.Holds ? "" : $": {check.Differences:N0} differences")}");
            foreach (string example in check.Examples)
            {
                Line($"            {example}");
            }
        }

        Line();
        Line(report.Passed ? "PASSED: every transaction was answered, and the database holds what was answered" : "FAILED");
    }

    private void Row(string name, LatencySummary latency) => Line(
        $"{"  " + name,-26}{Milliseconds(latency.P50),10}{Milliseconds(latency.P90),10}{Milliseconds(latency.P99),10}{Milliseconds(latency.P99_9),10}"
        + $"{Milliseconds(latency.P99_99),10}{Milliseconds(latency.Max),10}{latency.Count,12:N0}");

    private static string Milliseconds(double microseconds) => (microseconds / 1_000).ToString("0.000", CultureInfo.InvariantCulture);

    private void Line(string text = "") => output.WriteLine(text);
}
