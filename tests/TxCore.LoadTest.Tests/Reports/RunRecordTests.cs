using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Tests.Reports;

public class RunRecordTests
{
    [Fact]
    public async Task A_record_reads_back_as_it_was_written()
    {
        using var directory = new TxCore.LoadTest.Hosting.TemporaryDirectory();
        string path = Path.Combine(directory.FullPath, "run.json");
        var record = SampleRecord.Create();
        await record.WriteAsync(path, TestContext.Current.CancellationToken);
        var read = await RunRecord.ReadAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(LatencySummary.Of(record.FromPlanned), LatencySummary.Of(read.FromPlanned));
        Assert.Equal(99_000, read.FromPlanned.GetValueAtPercentile(99), 99.0);
        Assert.Equal(record.Totals, read.Totals);
        Assert.Equal(record.Seconds[0].PlannedToAnswer, read.Seconds[0].PlannedToAnswer);
        Assert.Equal(record.Seconds[0].FromPlanned, read.Seconds[0].FromPlanned);
        Assert.Equal(LatencySummary.Of(record.FromPlanned), LatencySummary.Of(HistogramConverter.Decode(read.Seconds[0].FromPlanned!)));
        Assert.Equal(record.Thresholds, read.Thresholds);
        Assert.Equal(record.Machine, read.Machine);
        Assert.Equal(record.Outcome, read.Outcome);
    }

    [Fact]
    public async Task A_file_of_another_format_is_refused()
    {
        using var directory = new TxCore.LoadTest.Hosting.TemporaryDirectory();
        string path = Path.Combine(directory.FullPath, "run.json");
        await (SampleRecord.Create() with { Format = 99 }).WriteAsync(path, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(() => RunRecord.ReadAsync(path, TestContext.Current.CancellationToken));
    }
}

/// <summary>A small record with every part filled.</summary>
internal static class SampleRecord
{
    public static RunRecord Create()
    {
        var latency = new LongHistogram(1, LatencyRecorder.HighestMicroseconds, 3);
        for (int i = 1; i <= 1_000; i++)
        {
            latency.RecordValue(i * 100);
        }

        var second = new RunSecond(
            1, true, 1_000, 1_000, 990, 9, 1, 0, 2, 0, LatencySummary.Of(latency), LatencySummary.Of(latency), 90, 1_200,
            HistogramConverter.Encode(latency),
            [new StageRecord("decided", LatencySummary.Of(latency))]);
        return new RunRecord
        {
            Name = "sample",
            Scenario = "steady",
            Preset = "smoke",
            Settings = [new RunSetting("simulation", "Inject(rate: 1000, interval: 1s, during: 1s)")],
            Seed = 7,
            Machine = Machine.Describe(),
            ToolVersion = "0.1.0",
            Target = "private",
            Fdatasync = new FdatasyncReport(2_000, 400, 900),
            StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            WarmUpSeconds = 0,
            DurationSeconds = 1,
            Totals = new RunTotals(1_000, 1_000, 990, 9, 1, 0, 2, false, 999, 0, 0),
            Refusals = [new ReasonCount("SoldOut", 9)],
            Faults = [new ReasonCount("AnswerTimeout", 1)],
            FromPlanned = latency,
            FromSent = latency,
            Lateness = latency,
            Seconds = [second],
            Stages = [new StageRecord("decided", LatencySummary.Of(latency))],
            Postgres = new PostgresFigures("17.0", 20, 999, 1_500, 400_000, 400, 210, [new RunSetting("fsync", "on")]),
            Thresholds = [new ThresholdResult("OkLatency: p99 < 10", 99, false, 1, false)],
            Checks = [],
            Outcome = RunOutcome.Failed,
            OutcomeReason = "1 not answered",
        };
    }
}
