using System.Reflection;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>What a channel's day came to.</summary>
internal sealed record ChannelFigures(
    string Channel, RaceCounts Races, long Tickets, long TakenCents, long UndoneCents, long PaidTickets, long PaidCents, long LostTickets,
    long LateRefused, long Reconnects);

/// <summary>The racing day beside the load's own figures.</summary>
internal sealed record RaceDayFigures(IReadOnlyList<ChannelFigures> Channels, IReadOnlyList<KillReport> Kills);

/// <summary>Puts the counts, latencies and findings of a racing day together.</summary>
internal sealed class RaceDayReport(RaceDaySettings settings, Tally tally, StatusProbe status, AnswerLatencies latencies, OpenLoop loop)
{
    public RunReport Build(
        DateTimeOffset startedAt, IReadOnlyList<ChannelStage> stages, IReadOnlyList<(ValidationResult Result, DayReplay Replay)> results,
        IReadOnlyList<KillReport> kills, FdatasyncReport fdatasync, RunSampler sampler)
    {
        var measured = tally.Measured;
        var rest = tally.WarmUp;
        CheckResult[] checks = [.. results.SelectMany(result => result.Result.Checks), status.Check(), Killed(kills)];
        return new RunReport
        {
            Scenario = "race-day",
            StartedAt = startedAt,
            Seed = settings.Seed,
            Arrivals = "constant",
            OfferedPerSecond = settings.RatePerSecond,
            DurationSeconds = settings.Duration.TotalSeconds,
            WarmUpSeconds = 0,
            Terminals = stages.Where(stage => stage.Identity.Channel == Channel.Retail).Sum(stage => stage.Sellers),
            Frontends = stages.Where(stage => stage.Identity.Channel == Channel.Online).Sum(stage => stage.Sellers),
            Sent = measured.Sent,
            Accepted = measured.Accepted,
            Refused = measured.Refused,
            Failed = measured.Failed + measured.InFlight,
            Dropped = tally.Dropped,
            AnsweredPerSecond = measured.AnsweredPerSecond(settings.Duration),
            WarmUp = new PhaseReport(rest.Sent, rest.Accepted, rest.Refused, rest.Failed + rest.InFlight),
            StatusQueries = new StatusReport(status.Asked, status.Failed + status.Open),
            RefusalsByCode = measured.Refusals.ToDictionary(refusal => refusal.Key.ToString(), refusal => refusal.Value),
            Faults = tally.Faults,
            LatencyMicroseconds = latencies.FromPlanned.TakeTotal(),
            SendToReplyMicroseconds = latencies.FromSent.TakeTotal(),
            Generator = new GeneratorReport(loop.Lateness.Summarise(), loop.Lateness.LateCount, loop.Lateness.IsSaturated || tally.Dropped > 0),
            Stages = new Dictionary<string, StageLatency>(),
            RowsInPostgres = results.Sum(result => result.Result.Rows),
            TransactionsInPostgres = results.Sum(result => result.Result.Transactions),
            Validated = checks.All(check => check.Holds),
            Checks = checks,
            Fdatasync = fdatasync,
            Machine = Machine.Describe(),
            Detail = RunDetail.Of(sampler),
            Versions = new VersionReport(ToolVersion(), results[0].Result.PostgresVersion),
            RaceDay = new RaceDayFigures([.. stages.Select((stage, i) => Figures(stage, results[i].Replay))], kills),
        };
    }

    private CheckResult Killed(IReadOnlyList<KillReport> kills)
    {
        string[] unanswered = [.. kills.Where(kill => kill.FirstAnswerMilliseconds <= 0).Select(kill => $"{kill.What} at {kill.AtSeconds} s")];
        return new CheckResult(
            $"all {settings.Kills} kills were survived: answers came again", unanswered.Length + settings.Kills - kills.Count, unanswered);
    }

    private static ChannelFigures Figures(ChannelStage stage, DayReplay replay)
    {
        var journal = stage.Journal.Journal;
        long lost = 0;
        for (int i = 0; i < journal.Count; i++)
        {
            lost += journal[i] is { Kind: MessageType.Pay, Code: ResultCode.TicketLost, Progress: Progress.Answered } ? 1 : 0;
        }

        return new ChannelFigures(
            stage.Identity.Channel.ToString().ToLowerInvariant(), stage.Director.Counts, replay.Tickets, replay.Pools.Values.Sum(pool => pool.TakenCents),
            replay.Pools.Values.Sum(pool => pool.UndoneCents), replay.Held.Values.LongCount(ticket => ticket.State == PresentState.Paid), replay.PaidCents,
            lost, replay.Late, stage.Reconnects);
    }

    private static string ToolVersion() =>
        typeof(RaceDayReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
