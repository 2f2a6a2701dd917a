using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>The same run several times, each on a database of its own, and what their figures have in common.</summary>
internal static class RepeatedRun
{
    /// <summary>Runs and sums up: the record of the run in the middle, with the figures of all.</summary>
    /// <param name="repeats">How many, 1 or more.</param>
    /// <param name="run">One run, from its number, from 1.</param>
    public static async Task<RunRecord> RunAsync(int repeats, Func<int, Task<RunRecord>> run)
    {
        var records = new List<RunRecord>(repeats);
        for (int i = 1; i <= repeats; i++)
        {
            records.Add(await run(i));
        }

        return repeats == 1 ? records[0] : SumUp(records);
    }

    /// <summary>The record in the middle by p99, with the figures, the medians and the spread of all, and the worst outcome.</summary>
    public static RunRecord SumUp(IReadOnlyList<RunRecord> records)
    {
        RepeatFigures[] repeats =
        [
            .. records.Select((record, index) => new RepeatFigures(
                index + 1, record.Seed, record.Totals.AnsweredPerSecond, record.Totals.Failed, LatencySummary.Of(record.FromPlanned),
                record.Totals.Saturated, record.Outcome)),
        ];
        var middle = records.OrderBy(record => record.FromPlanned.GetValueAtPercentile(99)).ElementAt((records.Count - 1) / 2);
        var worst = records.MaxBy(record => record.Outcome)!;
        return middle with
        {
            Repeats = repeats,
            RepeatSummary =
            [
                Spread("answered per second", repeats, repeat => repeat.AnsweredPerSecond),
                Spread("p50 microseconds", repeats, repeat => repeat.FromPlanned.P50),
                Spread("p99 microseconds", repeats, repeat => repeat.FromPlanned.P99),
                Spread("p99.9 microseconds", repeats, repeat => repeat.FromPlanned.P99_9),
                Spread("max microseconds", repeats, repeat => repeat.FromPlanned.Max),
            ],
            Outcome = worst.Outcome,
            OutcomeReason = worst.OutcomeReason,
        };
    }

    private static RepeatSpread Spread(string figure, RepeatFigures[] repeats, Func<RepeatFigures, double> value)
    {
        double[] sorted = [.. repeats.Select(value).Order()];
        double median = sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        return new RepeatSpread(figure, median, sorted[0], sorted[^1], median == 0 ? 0 : Math.Round((sorted[^1] - sorted[0]) / median, 4));
    }
}
