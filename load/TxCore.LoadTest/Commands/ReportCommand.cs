using System.CommandLine;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Commands;

/// <summary><c>report</c>: the reports of a run that is kept as JSON.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var record = new Argument<FileInfo>("run") { Description = "The JSON of a run." }.AcceptExistingOnly();
        var options = new ReportOptions();
        var command = new Command(
            "report",
            "Writes the reports of a run from its JSON, also long after it. Exit code as that of the run.")
        {
            record,
        };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var run = await RunRecord.ReadAsync(parsed.GetValue(record)!.FullName, cancellationToken);
                var baseline = await options.ReadBaselineAsync(parsed, cancellationToken);
                return await options.EndAsync(run, baseline, parsed, Console.Out, cancellationToken);
            }
            catch (Exception wrong) when (wrong is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(wrong.Message);
                return ExitCode.WrongUsage;
            }
        });
        return command;
    }
}
