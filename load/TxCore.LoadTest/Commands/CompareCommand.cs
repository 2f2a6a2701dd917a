using System.CommandLine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Comparing;

namespace TxCore.LoadTest.Commands;

/// <summary><c>compare</c>: two runs, figure by figure, with a verdict a script can use.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var baseline = new Argument<FileInfo>("baseline") { Description = "The JSON of the run to compare with." }.AcceptExistingOnly();
        var current = new Argument<FileInfo>("current") { Description = "The JSON of the run that is judged." }.AcceptExistingOnly();
        var tolerance = ReportOptions.ToleranceOption();
        var force = new Option<bool>("--force") { Description = "Compares runs of different scenarios or settings all the same." };
        var command = new Command(
            "compare",
            "Compares two runs figure by figure and says what differs in settings and conditions. Exit code 0: within the tolerances; 99: worse; "
            + "2: the files hold no runs, or runs of different things.")
        {
            baseline, current, tolerance, force,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(baseline)!.FullName, parsed.GetValue(current)!.FullName, parsed.GetValue(tolerance)!, parsed.GetValue(force),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string baselinePath, string currentPath, Tolerances tolerances, bool isForced, CancellationToken cancellationToken)
    {
        RunComparison comparison;
        try
        {
            var baseline = await RunRecord.ReadAsync(baselinePath, cancellationToken);
            var current = await RunRecord.ReadAsync(currentPath, cancellationToken);
            comparison = RunComparison.Of(baseline, current, tolerances);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCode.WrongUsage;
        }

        bool isJudged = comparison.IsComparable || isForced;
        ComparisonText.Write(comparison, isJudged, Console.Out);
        return !isJudged ? ExitCode.WrongUsage : comparison.IsWorse ? ExitCode.ThresholdFailed : ExitCode.Passed;
    }
}
