using TxCore.LoadTest.Reports.Comparing;

namespace TxCore.LoadTest.Reports;

/// <summary>What a report is written from: the run, and its comparison with a baseline when there was one.</summary>
internal sealed record RunDocument(RunRecord Run, RunComparison? Comparison = null)
{
    /// <summary>The end of the run in one sentence, for whoever reads no further.</summary>
    public string Verdict => Run.Outcome switch
    {
        RunOutcome.Passed => $"{Load()} {Wait()} {Validation()}".TrimEnd(),
        RunOutcome.ThresholdFailed => $"{Reason("A threshold does not hold")} {Load()} {Wait()}".TrimEnd(),
        _ => $"{Reason("The run failed")} {Load()}".TrimEnd(),
    };

    /// <summary>The word before it.</summary>
    public string Outcome => Run.Outcome switch
    {
        RunOutcome.Passed => "Passed",
        RunOutcome.ThresholdFailed => "Threshold failed",
        _ => "Failed",
    };

    private string Load() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Run.Totals.AnsweredPerSecond:N0} transactions per second were answered over {Units.Time(Run.DurationSeconds)}.");

    private string Wait() => Run.FromPlanned.TotalCount == 0 ? "" :
        $"From the moment each was due, 99 % waited at most {Units.Milliseconds(Run.FromPlanned.GetValueAtPercentile(99))} ms "
        + $"and the longest {Units.Milliseconds(Run.FromPlanned.GetValueAtPercentile(100))} ms"
        + (Run.Kills.Count == 0 ? "." : $", {Run.Kills.Count} kills of a server or of PostgreSQL included.");

    private string Validation() => Run.Checks.Count == 0
        ? "It was not validated against the database."
        : $"All {Run.Checks.Count} rules checked afterwards hold.";

    private string Reason(string otherwise)
    {
        string reason = string.IsNullOrWhiteSpace(Run.OutcomeReason) ? otherwise : Run.OutcomeReason.Trim();
        return char.ToUpperInvariant(reason[0]) + reason[1..].TrimEnd('.') + ".";
    }
}
