using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Engine.Thresholds;

/// <summary>Holds the thresholds of a run against its figures, each second and at the end.</summary>
internal sealed class ThresholdWatch(IReadOnlyList<Threshold> thresholds)
{
    private readonly int[] _errors = new int[thresholds.Count];

    /// <summary>The threshold that ended the run; null when none did.</summary>
    public Threshold? Aborting { get; private set; }

    /// <summary>Looks during the run; true when it must end.</summary>
    public bool Look(ThresholdFigures figures)
    {
        for (int i = 0; i < thresholds.Count; i++)
        {
            var threshold = thresholds[i];
            if (figures.Seconds < threshold.StartCheckAfter.TotalSeconds || threshold.ValueOf(figures) is not { } value || threshold.Holds(value))
            {
                continue;
            }

            _errors[i]++;
            if (threshold.AbortWhenErrorCount > 0 && _errors[i] >= threshold.AbortWhenErrorCount)
            {
                Aborting ??= threshold;
            }
        }

        return Aborting is not null;
    }

    /// <summary>What became of each threshold.</summary>
    public IReadOnlyList<ThresholdResult> Results(ThresholdFigures figures) =>
    [
        .. thresholds.Select((threshold, index) =>
        {
            double? value = threshold.ValueOf(figures);
            bool isAborting = ReferenceEquals(threshold, Aborting);
            return new ThresholdResult(threshold.Text, value, threshold.Holds(value) && !isAborting, _errors[index], isAborting);
        }),
    ];
}
