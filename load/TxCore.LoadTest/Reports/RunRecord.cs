using System.Text.Json;
using System.Text.Json.Serialization;
using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Scenarios;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Reports;

/// <summary>
/// Everything one run found, and under which conditions: what every report is made from and what two runs are compared by. Latencies are
/// microseconds. A record written as JSON reads back as it was, histograms included.
/// </summary>
internal sealed record RunRecord
{
    /// <summary>The format written. A reader refuses others instead of guessing.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new HistogramConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the run is called: the name given, else scenario and preset.</summary>
    public required string Name { get; init; }

    /// <summary>The scenario, as on the command line.</summary>
    public required string Scenario { get; init; }

    /// <summary>The preset, as on the command line; null for none.</summary>
    public string? Preset { get; init; }

    /// <summary>Every setting that made the plan, in the order shown: simulations, sources, target.</summary>
    public required IReadOnlyList<RunSetting> Settings { get; init; }

    /// <summary>The same seed and settings make the same plan.</summary>
    public required int Seed { get; init; }

    public required Machine Machine { get; init; }

    /// <summary>Version of the tool, which is that of the server it starts.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The server driven: private, or host and port.</summary>
    public required string Target { get; init; }

    /// <summary>What the disk of the database does; null when the database is not on this machine.</summary>
    public FdatasyncReport? Fdatasync { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Load before the measured time, sent and checked, in no figure.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>The measured time.</summary>
    public required double DurationSeconds { get; init; }

    public required RunTotals Totals { get; init; }

    /// <summary>Refusals in the measured time by code, the most frequent first.</summary>
    public required IReadOnlyList<ReasonCount> Refusals { get; init; }

    /// <summary>Why transactions were not answered or not sent.</summary>
    public required IReadOnlyList<ReasonCount> Faults { get; init; }

    /// <summary>Planned send to answer: the latency to judge by.</summary>
    public required LongHistogram FromPlanned { get; init; }

    /// <summary>Real send to answer.</summary>
    public required LongHistogram FromSent { get; init; }

    /// <summary>Planned send to real send: how well the generator kept its plan.</summary>
    public required LongHistogram Lateness { get; init; }

    /// <summary>One entry for each second of the run, warm-up included and marked.</summary>
    public required IReadOnlyList<RunSecond> Seconds { get; init; }

    /// <summary>The server's own histograms over the measured time by stage, in the order passed; empty when they could not be had.</summary>
    public IReadOnlyList<StageRecord> Stages { get; init; } = [];

    /// <summary>Of the database; null when it could not be asked.</summary>
    public PostgresFigures? Postgres { get; init; }

    public IReadOnlyList<ThresholdResult> Thresholds { get; init; } = [];

    /// <summary>Every rule checked; empty when the run was not validated.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>What else the scenario found out, such as the rate a breakpoint run ended at and what limited it.</summary>
    public IReadOnlyList<RunSetting> Findings { get; init; } = [];

    /// <summary>Servers and databases killed on purpose during the run, and how long they were away.</summary>
    public IReadOnlyList<KillReport> Kills { get; init; } = [];

    /// <summary>Races and money of a racing day; null for other scenarios.</summary>
    public RaceDayFigures? RaceDay { get; init; }

    /// <summary>Parts, seats and payments of a ticket sale; null for other scenarios.</summary>
    public TicketFigures? Tickets { get; init; }

    /// <summary>The single runs, when this one sums up several: their median and spread are in <see cref="RepeatSummary"/>.</summary>
    public IReadOnlyList<RepeatFigures> Repeats { get; init; } = [];

    /// <summary>Over <see cref="Repeats"/>, a line for each figure.</summary>
    public IReadOnlyList<RepeatSpread> RepeatSummary { get; init; } = [];

    /// <summary>How the run ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Why it ended so, when it did not pass.</summary>
    public string? OutcomeReason { get; init; }

    /// <summary>Writes the record as JSON.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, this, Json, cancellationToken);
    }

    /// <summary>Reads a record that was written before.</summary>
    /// <exception cref="InvalidDataException">The file holds no record of this format.</exception>
    public static async Task<RunRecord> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        try
        {
            return await JsonSerializer.DeserializeAsync<RunRecord>(file, Json, cancellationToken) is { Format: CurrentFormat } record
                ? record
                : throw new InvalidDataException($"{path} holds no run of format {CurrentFormat}.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} holds no run of format {CurrentFormat}: {fault.Message}", fault);
        }
    }
}

/// <summary>How a run ended; the exit codes follow from it.</summary>
internal enum RunOutcome
{
    /// <summary>Everything was answered, validation and thresholds hold.</summary>
    Passed,

    /// <summary>The run itself is sound; a threshold does not hold.</summary>
    ThresholdFailed,

    /// <summary>Something was not answered or not sent, validation found a difference, or the run broke.</summary>
    Failed,
}

/// <summary>What the disk of the database does, without which no durable figure means anything.</summary>
internal sealed record FdatasyncReport(double PerSecond, double P50Microseconds, double P99Microseconds);

/// <summary>A name and a value, as they are shown.</summary>
internal sealed record RunSetting(string Name, string Value);

/// <summary>How often one reason came.</summary>
internal sealed record ReasonCount(string Reason, long Count);

/// <summary>Counts of the measured time; the warm-up apart.</summary>
/// <param name="Planned">Sends planned.</param>
/// <param name="Sent">Sent. Accepted, refused and failed make up this number.</param>
/// <param name="Failed">Sent and not answered in time.</param>
/// <param name="Dropped">Planned and not sent, because too many were without an answer.</param>
/// <param name="Late">Sent more than 1 ms after the plan.</param>
/// <param name="Saturated">The generator could not keep its plan: the figures are of this machine, not of the server.</param>
/// <param name="AnsweredPerSecond">Answers per second of the measured time, or of the time until the last of them came.</param>
/// <param name="Events">Events received by listeners, in scenarios that have them; else 0.</param>
internal sealed record RunTotals(
    long Planned, long Sent, long Accepted, long Refused, long Failed, long Dropped, long Late, bool Saturated, double AnsweredPerSecond,
    long WarmUpSent, long WarmUpFailed, long Events = 0);

/// <summary>One second of the run. Latencies are of the answers that came in it; null percentiles when none came.</summary>
/// <param name="Second">Seconds since the start of the load, from 1.</param>
/// <param name="IsMeasured">False in the warm-up and after the end.</param>
/// <param name="InFlight">Without an answer at the end of the second.</param>
/// <param name="FromPlanned">The answers of this second, for the interval log: a histogram in its compressed form, as base64; null when none came.</param>
/// <param name="LatenessP99">Of the sends of this second, microseconds.</param>
/// <param name="LatenessMax">Of the sends of this second, microseconds.</param>
/// <param name="Stages">The server's stages in this second; null when it was not asked.</param>
/// <param name="Refusals">Refusals by code since the start of the measured time.</param>
internal sealed record RunSecond(
    int Second, bool IsMeasured, long Planned, long Sent, long Accepted, long Refused, long Failed, long Dropped, long Late, long InFlight,
    LatencySummary PlannedToAnswer, LatencySummary SentToAnswer, double LatenessP99, double LatenessMax, string? FromPlanned = null,
    IReadOnlyList<StageRecord>? Stages = null, IReadOnlyList<ReasonCount>? Refusals = null);

/// <summary>One stage of the server, or PostgreSQL's commit of a batch, by the server's own measure.</summary>
internal sealed record StageRecord(string Stage, LatencySummary Latency);

/// <summary>What the run did to the database.</summary>
/// <param name="Version">Of PostgreSQL.</param>
/// <param name="Batches">Commits of the server during the run.</param>
/// <param name="Transactions">Numbers written during the run.</param>
/// <param name="Rows">Rows of txcore.transaction written during the run.</param>
/// <param name="WalBytes">Write-ahead log written during the run.</param>
/// <param name="WalBytesPerTransaction">The same for one number.</param>
/// <param name="BytesPerRow">Size of txcore.transaction with its indexes, divided by its rows.</param>
internal sealed record PostgresFigures(
    string Version, long Batches, long Transactions, long Rows, long WalBytes,
    double WalBytesPerTransaction, double BytesPerRow, IReadOnlyList<RunSetting> Settings);

/// <summary>A condition the run had to meet.</summary>
/// <param name="Text">As it was given, such as <c>OkLatency: p99 &lt; 10</c>.</param>
/// <param name="Value">What was measured, in the unit of the threshold; null when nothing was.</param>
/// <param name="ErrorCount">How many of the looks during the run found it broken.</param>
/// <param name="Aborted">The run was ended because of it.</param>
internal sealed record ThresholdResult(string Text, double? Value, bool Holds, int ErrorCount, bool Aborted);

/// <summary>The figures of one of several runs.</summary>
internal sealed record RepeatFigures(
    int Run, int Seed, double AnsweredPerSecond, long Failed, LatencySummary FromPlanned, bool Saturated, RunOutcome Outcome);

/// <summary>One figure over several runs.</summary>
/// <param name="Spread">Highest less lowest, as a share of the median.</param>
internal sealed record RepeatSpread(string Figure, double Median, double Lowest, double Highest, double Spread);
