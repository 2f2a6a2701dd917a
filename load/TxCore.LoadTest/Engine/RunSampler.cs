using System.Diagnostics;
using HdrHistogram;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Engine;

/// <summary>Takes a look at counts and latencies each second, and keeps them. Used by one thread, but for the stages.</summary>
internal sealed class RunSampler(Tally tally, AnswerLatencies latencies, ISendPlan generator)
{
    private const double P99 = 99;

    /// <summary>How soon the stages' measured time begins with the generator's.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly List<RunSecond> _seconds = [];
    private Counts _before = new();
    private IReadOnlyList<StageRecord>? _stages;

    /// <summary>The seconds so far, with the planned sends of each as far as they are known.</summary>
    public IReadOnlyList<RunSecond> Seconds => [.. _seconds.Select(second => second with { Planned = generator.PlannedInSecond(second.Second) ?? second.Sent })];

    /// <summary>From the planned send, over the measured time so far.</summary>
    public LongHistogram FromPlanned { get; } = NewHistogram();

    /// <summary>From the real send, over the measured time so far.</summary>
    public LongHistogram FromSent { get; } = NewHistogram();

    /// <summary>Of the generator, over the measured time so far.</summary>
    public LongHistogram Lateness { get; } = NewHistogram();

    /// <summary>Takes what came since the last call as a second of the run.</summary>
    public RunSecond Take(int second)
    {
        var planned = Interval(latencies.FromPlanned, FromPlanned);
        var sent = Interval(latencies.FromSent, FromSent);
        var late = Interval(generator.Lateness.Recorder, Lateness);
        var now = Counts.Of(tally, generator);
        var taken = new RunSecond(
            second,
            generator.IsMeasuring,
            generator.PlannedInSecond(second) ?? now.Sent - _before.Sent,
            now.Sent - _before.Sent,
            now.Accepted - _before.Accepted,
            now.Refused - _before.Refused,
            now.Failed - _before.Failed,
            now.Dropped - _before.Dropped,
            now.Late - _before.Late,
            tally.InFlight,
            LatencySummary.Of(planned),
            LatencySummary.Of(sent),
            late.TotalCount == 0 ? 0 : late.GetValueAtPercentile(P99),
            late.TotalCount == 0 ? 0 : late.GetValueAtPercentile(100),
            planned.TotalCount == 0 ? null : HistogramConverter.Encode(planned),
            Interlocked.Exchange(ref _stages, null),
            Refusals(tally.Measured));
        _before = now;
        _seconds.Add(taken);
        return taken;
    }

    /// <summary>Asks the servers for their stages each second, beginning with the load, until it is cancelled; what came before the measured time is in no total.</summary>
    public async Task FollowStagesAsync(ServerStages? servers, CancellationToken ended)
    {
        if (servers is null)
        {
            return;
        }

        try
        {
            bool isMeasured = false;

            // In the middle between two looks at the counts, so that each of those finds one answer.
            long next = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
            while (true)
            {
                await Task.Delay(Look, ended);
                bool begins = !isMeasured && generator.IsMeasuring;
                if (!begins && Stopwatch.GetTimestamp() < next)
                {
                    continue;
                }

                // What comes when the measured time is over is its last answers.
                var stages = await servers.TakeAsync(isMeasured, ended);
                isMeasured |= begins;
                Volatile.Write(ref _stages, stages.Count == 0 ? null : stages);
                next += Stopwatch.GetTimestamp() < next ? 0 : Stopwatch.Frequency;
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    /// <summary>What came after the last whole second.</summary>
    public async Task TakeLastStagesAsync(ServerStages? servers, CancellationToken cancellationToken)
    {
        var stages = servers is null ? [] : await servers.TakeAsync(isMeasured: true, cancellationToken);
        Volatile.Write(ref _stages, stages.Count == 0 ? null : stages);
    }

    /// <summary>Refusals by code, the most frequent first.</summary>
    public static IReadOnlyList<ReasonCount> Refusals(PhaseTally phase) =>
        [.. phase.Refusals.Select(refusal => new ReasonCount(refusal.Key.ToString(), refusal.Value))];

    private static HistogramBase Interval(LatencyRecorder recorder, LongHistogram total)
    {
        var interval = recorder.TakeInterval();
        total.Add(interval);
        return interval;
    }

    private static LongHistogram NewHistogram() => new(1, LatencyRecorder.HighestMicroseconds, 3);

    private sealed class Counts
    {
        public long Sent { get; private set; }

        public long Accepted { get; private set; }

        public long Refused { get; private set; }

        public long Failed { get; private set; }

        public long Dropped { get; private set; }

        public long Late { get; private set; }

        public static Counts Of(Tally tally, ISendPlan generator) => new()
        {
            Sent = tally.WarmUp.Sent + tally.Measured.Sent,
            Accepted = tally.WarmUp.Accepted + tally.Measured.Accepted,
            Refused = tally.WarmUp.Refused + tally.Measured.Refused,
            Failed = tally.WarmUp.Failed + tally.Measured.Failed,
            Dropped = tally.Dropped,
            Late = generator.Lateness.LateCount,
        };
    }
}
