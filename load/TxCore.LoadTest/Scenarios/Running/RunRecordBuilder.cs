using System.Globalization;
using System.Reflection;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>What a run was asked for.</summary>
/// <param name="Name">As reports call it.</param>
/// <param name="Scenario">As on the command line.</param>
/// <param name="Preset">As on the command line; null for none.</param>
/// <param name="Settings">Everything that made the plan.</param>
/// <param name="Seed">Decided everything random.</param>
/// <param name="WarmUp">Load before the measured time.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Target">The server driven.</param>
internal sealed record RunHead(
    string Name, string Scenario, string? Preset, IReadOnlyList<RunSetting> Settings, int Seed, TimeSpan WarmUp, DateTimeOffset StartedAt, string Target);

/// <summary>What is known of a run when it is over.</summary>
/// <param name="Fdatasync">The disk of the database; null when it is elsewhere.</param>
/// <param name="Stages">The servers' stages over the measured time.</param>
/// <param name="Postgres">What it did to the database.</param>
/// <param name="Checks">Every rule checked.</param>
/// <param name="Thresholds">Conditions, and what was measured.</param>
/// <param name="QuestionsUnanswered">Questions about tickets that had no answer.</param>
internal sealed record RunEnd(
    FdatasyncReport? Fdatasync, IReadOnlyList<StageRecord> Stages, PostgresFigures? Postgres, IReadOnlyList<CheckResult> Checks,
    IReadOnlyList<ThresholdResult> Thresholds, long QuestionsUnanswered);

/// <summary>Puts the counts, latencies and findings of a run together: the same for every scenario.</summary>
internal sealed class RunRecordBuilder(Tally tally, RunSampler sampler, ISendPlan plan)
{
    public RunRecord Build(RunHead head, RunEnd end)
    {
        var totals = Totals();
        (var outcome, string? reason) = Outcome(totals, end);
        return new RunRecord
        {
            Name = head.Name,
            Scenario = head.Scenario,
            Preset = head.Preset,
            Settings = head.Settings,
            Seed = head.Seed,
            Machine = Machine.Describe(),
            ToolVersion = ToolVersion(),
            Target = head.Target,
            Fdatasync = end.Fdatasync,
            StartedAt = head.StartedAt,
            WarmUpSeconds = head.WarmUp.TotalSeconds,
            DurationSeconds = Math.Round(plan.Measured.TotalSeconds, 3),
            Totals = totals,
            Refusals = RunSampler.Refusals(tally.Measured),
            Faults = [.. tally.Faults.OrderByDescending(fault => fault.Value).Select(fault => new ReasonCount(fault.Key, fault.Value))],
            FromPlanned = sampler.FromPlanned,
            FromSent = sampler.FromSent,
            Lateness = sampler.Lateness,
            Seconds = sampler.Seconds,
            Stages = end.Stages,
            Postgres = end.Postgres,
            Thresholds = end.Thresholds,
            Checks = end.Checks,
            Outcome = outcome,
            OutcomeReason = reason,
        };
    }

    /// <summary>What thresholds are held against.</summary>
    public ThresholdFigures Figures()
    {
        var measured = tally.Measured;
        return new ThresholdFigures(
            sampler.FromPlanned, sampler.FromSent, sampler.Lateness, plan.Planned, measured.Answered, measured.Refused, measured.Failed,
            tally.Dropped, plan.Lateness.LateCount, plan.Measured.TotalSeconds);
    }

    private RunTotals Totals()
    {
        var measured = tally.Measured;
        return new RunTotals(
            plan.Planned, measured.Sent, measured.Accepted, measured.Refused, measured.Failed + measured.InFlight, tally.Dropped,
            plan.Lateness.LateCount, plan.Lateness.IsSaturated || tally.Dropped > 0, measured.AnsweredPerSecond(plan.Measured),
            tally.WarmUp.Sent, tally.WarmUp.Failed + tally.WarmUp.InFlight);
    }

    private static (RunOutcome Outcome, string? Reason) Outcome(RunTotals totals, RunEnd end)
    {
        string[] broken =
        [
            .. end.Checks.Where(check => !check.Holds).Select(check => $"this rule does not hold: {check.Rule}"),
            .. Counted(totals.Failed + totals.WarmUpFailed, "not answered"),
            .. Counted(totals.Dropped, "not sent"),
            .. Counted(end.QuestionsUnanswered, "questions not answered"),
            .. totals.Sent == 0 ? ["nothing was sent"] : Array.Empty<string>(),
        ];
        if (broken.Length > 0)
        {
            return (RunOutcome.Failed, string.Join("; ", broken));
        }

        string[] missed = [.. end.Thresholds.Where(threshold => !threshold.Holds).Select(Missed)];
        return missed.Length > 0 ? (RunOutcome.ThresholdFailed, string.Join("; ", missed)) : (RunOutcome.Passed, null);
    }

    private static string Missed(ThresholdResult threshold) => threshold.Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{threshold.Text} does not hold: it was {Units.Number(value)}")
        : $"{threshold.Text} does not hold: nothing was measured";

    private static string[] Counted(long count, string what) =>
        count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}")];

    private static string ToolVersion() =>
        typeof(RunRecordBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
