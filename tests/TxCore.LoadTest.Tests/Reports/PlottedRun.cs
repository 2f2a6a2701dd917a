using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Tests.Reports;

/// <summary>A minute at 2,000/s as a run records it, with a pause of the database in the middle, so that every plot has something to show.</summary>
internal static class PlottedRun
{
    private const int WarmUp = 5;
    private const int Measured = 60;
    private const int Rate = 2_000;
    private static readonly (string Stage, double Share)[] ServerStages =
        [("decided", 0.02), ("batched", 0.3), ("committed", 0.55), ("replied", 0.01), ("total", 0.9), ("commit", 0.5)];

    public static RunRecord Create(int seed = 20)
    {
        var random = new Random(seed);
        var planned = NewHistogram();
        var sent = NewHistogram();
        var lateness = NewHistogram();
        List<RunSecond> seconds = [];
        long refused = 0;
        for (int i = 1; i <= WarmUp + Measured; i++)
        {
            bool isMeasured = i > WarmUp;
            var interval = NewHistogram();
            var late = NewHistogram();
            for (int n = 0; n < Rate; n++)
            {
                long latency = (long)((i is >= 30 and < 32 ? 60_000 : 1_500) * Math.Pow(random.NextDouble() + 0.02, -0.35));
                long lateBy = 5 + (long)Math.Pow(random.NextDouble(), -1.0);
                interval.RecordValue(latency + lateBy);
                late.RecordValue(Math.Min(lateBy, 5_000));
                if (isMeasured)
                {
                    sent.RecordValue(latency);
                }
            }

            if (isMeasured)
            {
                planned.Add(interval);
                lateness.Add(late);
                refused += 36 + random.Next(9);
            }

            seconds.Add(new RunSecond(
                i, isMeasured, Rate, Rate, Rate - 40, 40, 0, 0, 1, 8 + random.Next(9), LatencySummary.Of(interval), LatencySummary.Of(interval),
                late.GetValueAtPercentile(99), late.GetValueAtPercentile(100), HistogramConverter.Encode(interval), Stages(interval),
                isMeasured ? [new ReasonCount("SoldOut", refused * 3 / 4), new ReasonCount("RunnerScratched", refused / 4)] : null));
        }

        return Record(seed, planned, sent, lateness, seconds, refused);
    }

    private static RunRecord Record(
        int seed, LongHistogram planned, LongHistogram sent, LongHistogram lateness, List<RunSecond> seconds, long refused) => new()
        {
            Name = "steady load",
            Scenario = "steady",
            Preset = "load",
            Settings =
            [
                new RunSetting("simulation", "Inject(rate: 2000, interval: 1s, during: 60s)"), new RunSetting("terminals", "200"),
                new RunSetting("frontends", "4"),
            ],
            Seed = seed,
            Machine = new Machine(8, "A processor", 32, "Linux x64", ".NET 10"),
            ToolVersion = "0.1.0",
            Target = "private",
            Fdatasync = new FdatasyncReport(2_450, 390, 910),
            StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            WarmUpSeconds = WarmUp,
            DurationSeconds = Measured,
            Totals = new RunTotals(
                Rate * Measured, Rate * Measured, (Rate * Measured) - refused, refused, 0, 0, 61, false, Rate, Rate * WarmUp, 0),
            Refusals = [new ReasonCount("SoldOut", refused * 3 / 4), new ReasonCount("RunnerScratched", refused / 4)],
            Faults = [],
            FromPlanned = planned,
            FromSent = sent,
            Lateness = lateness,
            Seconds = seconds,
            Stages = Stages(planned),
            Postgres = new PostgresFigures(
                "18.4", 30_112, 120_000, 168_400, 61_000_000, 508, 231,
                [new RunSetting("fsync", "on"), new RunSetting("synchronous_commit", "on")]),
            Thresholds = [new ThresholdResult("OkLatency: p99 < 100", 60.1, true, 0, false), new ThresholdResult("FailRequest: Percent < 0.1", 0, true, 0, false)],
            Checks =
            [
                new CheckResult("every acknowledged transaction is stored exactly once", 0, []),
                new CheckResult("nothing is stored that was not sent", 0, []),
                new CheckResult("pool totals are the sum of their wagers", 0, []),
            ],
            Outcome = RunOutcome.Passed,
        };

    private static LongHistogram NewHistogram() => new(1, LatencyRecorder.HighestMicroseconds, 3);

    private static StageRecord[] Stages(LongHistogram histogram) =>
        [.. ServerStages.Select(stage => new StageRecord(stage.Stage, Scaled(LatencySummary.Of(histogram), stage.Share)))];

    private static LatencySummary Scaled(LatencySummary l, double share) =>
        new(l.Count, l.P50 * share, l.P90 * share, l.P99 * share, l.P99_9 * share, l.P99_99 * share, l.Max * share);
}
