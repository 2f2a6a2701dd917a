using System.CommandLine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Commands;

/// <summary>Runs a scenario, prints and writes its report, and turns its end into an exit code.</summary>
internal static class ScenarioEnd
{
    public static async Task<int> RunAsync(
        Func<Task<RunReport>> run, string? jsonPath, ReportOptions reports, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var baseline = await reports.ReadBaselineAsync(parsed, cancellationToken);
            var report = await run();
            new TextReport(Console.Out).Write(report);
            if (jsonPath is not null)
            {
                await JsonReport.WriteAsync(report, jsonPath, cancellationToken);
            }

            return await reports.EndAsync(RunReportRecord.Of(report), baseline, parsed, Console.Out, cancellationToken);
        }
        catch (PostgresNotFoundException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return ExitCode.WrongUsage;
        }
        catch (Exception wrong) when (wrong is DayFileException or InvalidDataException)
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
