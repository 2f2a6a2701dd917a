using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>Sums up several runs of the same plan: one run alone cannot tell a change from chance.</summary>
internal static class RepeatedRuns
{
    /// <summary>
    /// The run whose p99 is the median, with the figures of all runs and their spread. Its end is the worst of their ends.
    /// </summary>
    public static RunRecord SumUp(IReadOnlyList<RunRecord> runs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count);
        var middle = runs.OrderBy(run => run.FromPlanned.TotalCount == 0 ? 0 : run.FromPlanned.GetValueAtPercentile(99)).ElementAt((runs.Count - 1) / 2);
        var worst = runs.MaxBy(run => run.Outcome)!;
        return middle with
        {
            Repeats = [.. runs.Select((run, i) => new RepeatFigures(
                i + 1, run.Seed, run.Totals.AnsweredPerSecond, run.Totals.Failed, LatencySummary.Of(run.FromPlanned), run.Totals.Saturated, run.Outcome))],
            RepeatSummary = [.. Spreads(runs)],
            Outcome = worst.Outcome,
            OutcomeReason = worst.OutcomeReason,
        };
    }

    private static IEnumerable<RepeatSpread> Spreads(IReadOnlyList<RunRecord> runs)
    {
        foreach (var figure in RunFigures.All)
        {
            double[] values = [.. runs.Select(figure.Of).OfType<double>().Order()];
            if (values.Length == runs.Count)
            {
                double median = (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
                double range = values[^1] - values[0];
                yield return new RepeatSpread(figure.Name, median, values[0], values[^1], range == 0 ? 0 : median == 0 ? double.PositiveInfinity : range / median);
            }
        }
    }
}
