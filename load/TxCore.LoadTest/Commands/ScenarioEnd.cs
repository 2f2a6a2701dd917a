using System.CommandLine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Commands;

/// <summary>Runs a scenario, prints and writes its report, and turns its end into an exit code.</summary>
internal static class ScenarioEnd
{
    /// <param name="run">The run; called when the baseline has been read.</param>
    /// <param name="json">Where its record is written; null for nowhere.</param>
    /// <param name="reports">Where it is reported and what it is compared with.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static async Task<int> RunAsync(
        Func<Task<RunRecord>> run, FileInfo? json, ReportOptions reports, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var baseline = await reports.ReadBaselineAsync(parsed, cancellationToken);
            var record = await run();
            new RunText(Console.Out).Write(record);
            if (json is not null)
            {
                await record.WriteAsync(json.FullName, cancellationToken);
            }

            return await reports.EndAsync(record, baseline, parsed, Console.Out, cancellationToken);
        }
        catch (Exception wrong) when (
            wrong is FormatException or InvalidDataException or DayFileException or TargetRefusedException or PostgresNotFoundException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("interrupted: everything was stopped and removed, nothing was checked");
            return ExitCode.Failed;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"the run failed: {failure}");
            return ExitCode.Failed;
        }
    }
}
