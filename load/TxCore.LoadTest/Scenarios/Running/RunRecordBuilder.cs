using System.Globalization;
using System.Reflection;
using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>Puts the counts, latencies and findings of a run together.</summary>
internal sealed class RunRecordBuilder(
    RunSettings settings, LoadPlan plan, Tally tally, RunSampler sampler, LoadGenerator generator, ThresholdWatch thresholds)
{
    public RunRecord Build(
        DateTimeOffset startedAt, string target, int sources, FdatasyncReport? fdatasync, IReadOnlyList<StageRecord> stages,
        PostgresFigures? postgres, IReadOnlyList<CheckResult> checks, StatusProbe status)
    {
        var measured = tally.Measured;
        var results = thresholds.Results(Figures(tally, sampler, generator));
        var totals = Totals(measured);
        (var outcome, string? reason) = Outcome(totals, checks, results, status);
        return new RunRecord
        {
            Name = settings.Name,
            Scenario = settings.ScenarioText,
            Preset = settings.Preset,
            Settings = Settings(sources),
            Seed = settings.Seed,
            Machine = Machine.Describe(),
            ToolVersion = ToolVersion(),
            Target = target,
            Fdatasync = fdatasync,
            StartedAt = startedAt,
            WarmUpSeconds = settings.EffectiveWarmUp.TotalSeconds,
            DurationSeconds = Math.Round(generator.Measured.TotalSeconds, 3),
            Totals = totals,
            Refusals = RunSampler.Refusals(measured),
            Faults = [.. tally.Faults.OrderByDescending(fault => fault.Value).Select(fault => new ReasonCount(fault.Key, fault.Value))],
            FromPlanned = sampler.FromPlanned,
            FromSent = sampler.FromSent,
            Lateness = sampler.Lateness,
            Seconds = sampler.Seconds,
            Stages = stages,
            Postgres = postgres,
            Thresholds = results,
            Checks = checks,
            Findings = [.. settings.Scenarios.SelectMany(item => item.Scenario.Findings)],
            Outcome = outcome,
            OutcomeReason = reason,
        };
    }

    /// <summary>What thresholds are held against.</summary>
    public static ThresholdFigures Figures(Tally tally, RunSampler sampler, LoadGenerator generator)
    {
        var measured = tally.Measured;
        return new ThresholdFigures(
            sampler.FromPlanned, sampler.FromSent, sampler.Lateness, generator.Planned, measured.Answered, measured.Refused, measured.Failed,
            tally.Dropped, generator.Lateness.LateCount, generator.Measured.TotalSeconds);
    }

    public static StageRecord Stage(string name, StageLatency stage) =>
        new(name, new LatencySummary(stage.Count, stage.P50, stage.P90, stage.P99, stage.P99_9, stage.P99_99, stage.Max));

    private RunTotals Totals(PhaseTally measured) => new(
        generator.Planned, measured.Sent, measured.Accepted, measured.Refused, measured.Failed + measured.InFlight, tally.Dropped,
        generator.Lateness.LateCount, generator.Lateness.IsSaturated || tally.Dropped > 0, measured.AnsweredPerSecond(generator.Measured),
        tally.WarmUp.Sent, tally.WarmUp.Failed + tally.WarmUp.InFlight);

    private static (RunOutcome Outcome, string? Reason) Outcome(
        RunTotals totals, IReadOnlyList<CheckResult> checks, IReadOnlyList<ThresholdResult> thresholds, StatusProbe status)
    {
        string[] broken =
        [
            .. checks.Where(check => !check.Holds).Select(check => check.Rule),
            .. Counted(totals.Failed + totals.WarmUpFailed, "not answered"),
            .. Counted(totals.Dropped, "not sent"),
            .. Counted(status.Failed + status.Open, "questions not answered"),
            .. totals.Sent == 0 ? ["nothing was sent"] : Array.Empty<string>(),
        ];
        if (broken.Length > 0)
        {
            return (RunOutcome.Failed, string.Join("; ", broken));
        }

        string[] missed = [.. thresholds.Where(threshold => !threshold.Holds).Select(threshold => threshold.Text)];
        return missed.Length > 0 ? (RunOutcome.ThresholdFailed, string.Join("; ", missed)) : (RunOutcome.Passed, null);
    }

    private static string[] Counted(long count, string what) =>
        count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}")];

    private List<RunSetting> Settings(int sources)
    {
        var list = new List<RunSetting> { new("scenario", settings.ScenarioText) };
        if (settings.Preset is { } preset)
        {
            list.Add(new RunSetting("preset", preset));
        }

        list.AddRange(plan.Simulations.Select(simulation => new RunSetting("simulation", SimulationForm.Format(simulation))));
        list.Add(new RunSetting("arrivals", plan.IsPoisson ? "poisson" : "constant"));
        list.Add(new RunSetting("warm-up", DurationText.Format(settings.EffectiveWarmUp)));
        list.Add(new RunSetting("sources", sources.ToString(CultureInfo.InvariantCulture)));
        list.Add(new RunSetting("answer timeout", DurationText.Format(settings.AnswerTimeout)));
        list.AddRange(settings.Thresholds.Select(threshold => new RunSetting("threshold", threshold.Text)));
        return list;
    }

    private static string ToolVersion() =>
        typeof(RunRecordBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
