using System.CommandLine;
using System.CommandLine.Parsing;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Comparing;

namespace TxCore.LoadTest.Commands;

/// <summary>Where a run is reported and what it is compared with: the options of every command that has a record in the end.</summary>
internal sealed class ReportOptions
{
    private readonly Option<DirectoryInfo?> _directory = new("--report-dir")
    {
        HelpName = "DIR",
        Description = "Writes the reports there, under a name made of the run's and its time.",
    };

    private readonly Option<ReportFormat[]> _formats = new("--formats")
    {
        HelpName = "html,md,…",
        Description = $"Which reports: {FormatNames}. [default: all]",
        CustomParser = ParseFormats,
    };

    private readonly Option<FileInfo?> _baseline = ExistingFile("--baseline", "Compares with this run's JSON; exit code 99 when worse than the tolerances.");

    private readonly Option<Tolerances> _tolerance = ToleranceOption();

    private readonly Option<bool> _force = new("--force") { Description = "Compares runs of different scenarios or settings all the same." };

    private static string FormatNames => string.Join(", ", Enum.GetNames<ReportFormat>()).ToLowerInvariant();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_directory, _formats, _baseline, _tolerance, _force])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the baseline, before the run: a wrong file is worth no run. Null when none was given.</summary>
    /// <exception cref="InvalidDataException">The file holds no run.</exception>
    public async Task<RunRecord?> ReadBaselineAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(_baseline) is { } file ? await RunRecord.ReadAsync(file.FullName, cancellationToken) : null;

    /// <summary>Writes the reports, prints the comparison, and gives the exit code of the run.</summary>
    public async Task<int> EndAsync(RunRecord run, RunRecord? baseline, ParseResult parsed, TextWriter output, CancellationToken cancellationToken)
    {
        var comparison = baseline is null ? null : RunComparison.Of(baseline, run, parsed.GetValue(_tolerance)!);
        bool isJudged = comparison is not null && (comparison.IsComparable || parsed.GetValue(_force));
        if (comparison is not null)
        {
            ComparisonText.Write(comparison, isJudged, output);
        }

        if (parsed.GetValue(_directory) is { } directory)
        {
            var formats = parsed.GetValue(_formats) is { Length: > 0 } given ? given : Enum.GetValues<ReportFormat>();
            var document = new RunDocument(run, isJudged ? comparison : null);
            foreach (string file in await ReportFiles.WriteAsync(document, directory.FullName, formats, cancellationToken))
            {
                await output.WriteLineAsync($"wrote {file}");
            }
        }

        int code = RunCommand.CodeOf(run.Outcome);
        return code == ExitCode.Failed || comparison is null ? code
            : !isJudged ? ExitCode.WrongUsage
            : comparison.IsWorse ? ExitCode.ThresholdFailed : code;
    }

    /// <summary>How much worse than the baseline is still good.</summary>
    public static Option<Tolerances> ToleranceOption() => new("--tolerance")
    {
        HelpName = "p99=10%,…",
        Description = $"By how much a figure may be worse than the baseline. [default: {Tolerances.Default}]",
        DefaultValueFactory = _ => Tolerances.Parse(null),
        CustomParser = result =>
        {
            try
            {
                return Tolerances.Parse(result.Tokens.Single().Value);
            }
            catch (FormatException wrong)
            {
                result.AddError($"--tolerance: {wrong.Message}");
                return Tolerances.Parse(null);
            }
        },
    };

    private static ReportFormat[] ParseFormats(ArgumentResult result)
    {
        var formats = new List<ReportFormat>();
        foreach (string name in result.Tokens.Single().Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (name.Length > 0 && char.IsAsciiLetter(name[0]) && Enum.TryParse(name, ignoreCase: true, out ReportFormat format))
            {
                formats.Add(format);
            }
            else
            {
                result.AddError($"--formats has \"{name}\"; it must be some of {FormatNames}.");
            }
        }

        return [.. formats];
    }

    private static Option<FileInfo?> ExistingFile(string name, string description)
    {
        var option = new Option<FileInfo?>(name) { HelpName = "FILE", Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Exists: false } file)
            {
                result.AddError($"{name} names {file.FullName}, which does not exist.");
            }
        });
        return option;
    }
}
