using System.Text.Json.Serialization;
using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Reports;

/// <summary>The figures of one run, as they are printed and written as JSON. Times end in their unit, percentiles are microseconds.</summary>
internal sealed record RunReport
{
    public required string Scenario { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int Seed { get; init; }

    public required string Arrivals { get; init; }

    public required double OfferedPerSecond { get; init; }

    public required double DurationSeconds { get; init; }

    public required double WarmUpSeconds { get; init; }

    public required int Terminals { get; init; }

    public required int Frontends { get; init; }

    /// <summary>Sent in the measured time. Accepted, refused and failed make up this number.</summary>
    public required long Sent { get; init; }

    public required long Accepted { get; init; }

    public required long Refused { get; init; }

    /// <summary>Sent and not answered in time.</summary>
    public required long Failed { get; init; }

    /// <summary>Planned and not sent.</summary>
    public required long Dropped { get; init; }

    /// <summary>Answers per second of the measured time, or of the time until the last of them came.</summary>
    public required double AnsweredPerSecond { get; init; }

    public required PhaseReport WarmUp { get; init; }

    public required StatusReport StatusQueries { get; init; }

    public required IReadOnlyDictionary<string, long> RefusalsByCode { get; init; }

    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    /// <summary>From the planned send to the answer.</summary>
    public required LatencySummary LatencyMicroseconds { get; init; }

    /// <summary>From the real send to the answer: without the generator's own lateness.</summary>
    public required LatencySummary SendToReplyMicroseconds { get; init; }

    public required GeneratorReport Generator { get; init; }

    /// <summary>As the server measured them, in the measured time.</summary>
    public required IReadOnlyDictionary<string, StageLatency> Stages { get; init; }

    public required long RowsInPostgres { get; init; }

    public required long TransactionsInPostgres { get; init; }

    public required bool Validated { get; init; }

    public required IReadOnlyList<CheckResult> Checks { get; init; }

    public required FdatasyncReport Fdatasync { get; init; }

    public required Machine Machine { get; init; }

    public required VersionReport Versions { get; init; }

    /// <summary>Of a racing day: races, money and kills; null for other scenarios.</summary>
    public RaceDayFigures? RaceDay { get; init; }

    /// <summary>The seconds and histograms, for the reports with plots.</summary>
    [JsonIgnore]
    public required RunDetail Detail { get; init; }

    /// <summary>What the run did to the database; null when there are several or it could not be asked.</summary>
    [JsonIgnore]
    public PostgresFigures? Postgres { get; init; }

    /// <summary>Of a ticket sale: stages, seats, payments, memory; null for other scenarios.</summary>
    public TicketFigures? Tickets { get; init; }

    /// <summary>Everything was sent, answered, and found in the database as it was answered.</summary>
    public bool Passed => Validated && Failed == 0 && WarmUp.Failed == 0 && Dropped == 0 && StatusQueries.Failed == 0 && Sent > 0;
}

/// <summary>What the summaries were made of.</summary>
/// <param name="Seconds">One for each second; empty where a scenario takes none.</param>
internal sealed record RunDetail(LongHistogram FromPlanned, LongHistogram FromSent, LongHistogram Lateness, IReadOnlyList<RunSecond> Seconds)
{
    public static RunDetail Of(RunSampler sampler) => new(sampler.FromPlanned, sampler.FromSent, sampler.Lateness, sampler.Seconds);

    /// <summary>Of a closed load, which has no plan to be late for.</summary>
    public static RunDetail Of(AnswerLatencies latencies) =>
        new(latencies.FromPlanned.CopyTotal(), latencies.FromSent.CopyTotal(), new LongHistogram(1, LatencyRecorder.HighestMicroseconds, 3), []);
}

internal sealed record PhaseReport(long Sent, long Accepted, long Refused, long Failed);

internal sealed record StatusReport(long Asked, long Failed);

/// <summary>How well the generator kept its plan.</summary>
internal sealed record GeneratorReport(LatencySummary LatenessMicroseconds, long LateSends, bool Saturated);

/// <summary>What the disk of the database does, without which no durable figure means anything.</summary>
internal sealed record FdatasyncReport(double PerSecond, double P50Microseconds, double P99Microseconds);

internal sealed record VersionReport(string Tool, string Postgres);
