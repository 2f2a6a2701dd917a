using System.Reflection;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>Puts the counts, latencies and findings of a demo together.</summary>
internal sealed class DemoReport(DemoSettings settings, Tally tally, StatusProbe status, AnswerLatencies latencies, OpenLoop loop)
{
    public RunReport Build(
        DateTimeOffset startedAt, IReadOnlyDictionary<string, StageLatency> stages, ValidationResult validation, FdatasyncReport fdatasync,
        RunSampler sampler, PostgresFigures postgres)
    {
        var measured = tally.Measured;
        var warmUp = tally.WarmUp;
        return new RunReport
        {
            Scenario = "demo",
            StartedAt = startedAt,
            Seed = settings.Seed,
            Arrivals = settings.IsPoisson ? "poisson" : "constant",
            OfferedPerSecond = settings.RatePerSecond,
            DurationSeconds = settings.Duration.TotalSeconds,
            WarmUpSeconds = settings.WarmUp.TotalSeconds,
            Terminals = settings.Terminals,
            Frontends = settings.Frontends,
            Sent = measured.Sent,
            Accepted = measured.Accepted,
            Refused = measured.Refused,
            Failed = measured.Failed + measured.InFlight,
            Dropped = tally.Dropped,
            AnsweredPerSecond = measured.AnsweredPerSecond(settings.Duration),
            WarmUp = new PhaseReport(warmUp.Sent, warmUp.Accepted, warmUp.Refused, warmUp.Failed + warmUp.InFlight),
            StatusQueries = new StatusReport(status.Asked, status.Failed + status.Open),
            RefusalsByCode = measured.Refusals.ToDictionary(refusal => refusal.Key.ToString(), refusal => refusal.Value),
            Faults = tally.Faults,
            LatencyMicroseconds = latencies.FromPlanned.TakeTotal(),
            SendToReplyMicroseconds = latencies.FromSent.TakeTotal(),
            Generator = new GeneratorReport(loop.Lateness.Summarise(), loop.Lateness.LateCount, loop.Lateness.IsSaturated || tally.Dropped > 0),
            Stages = stages,
            RowsInPostgres = validation.Rows,
            TransactionsInPostgres = validation.Transactions,
            Validated = validation.Holds,
            Checks = validation.Checks,
            Fdatasync = fdatasync,
            Machine = Machine.Describe(),
            Detail = RunDetail.Of(sampler),
            Postgres = postgres,
            Versions = new VersionReport(ToolVersion(), validation.PostgresVersion),
        };
    }

    private static string ToolVersion() =>
        typeof(DemoReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
