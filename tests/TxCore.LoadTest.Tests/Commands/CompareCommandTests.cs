using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Tests.Reports;

namespace TxCore.LoadTest.Tests.Commands;

public class CompareCommandTests
{
    [Fact]
    public async Task The_exit_code_tells_within_tolerance_worse_and_not_comparable()
    {
        using var directory = new TemporaryDirectory();
        var run = PlottedRun.Create();
        string before = await WriteAsync(directory, "before.json", run);
        string slower = await WriteAsync(directory, "slower.json", run with { Totals = run.Totals with { AnsweredPerSecond = 1_000 } });
        string other = await WriteAsync(directory, "other.json", run with { Scenario = "race-day" });
        string none = Path.Combine(directory.FullPath, "none.json");
        await File.WriteAllTextAsync(none, "{}", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Passed, await CompareAsync(before, before));
        Assert.Equal(ExitCode.ThresholdFailed, await CompareAsync(before, slower));
        Assert.Equal(ExitCode.Passed, await CompareAsync(before, slower, "--tolerance", "rate=60%"));
        Assert.Equal(ExitCode.WrongUsage, await CompareAsync(before, other));
        Assert.Equal(ExitCode.Passed, await CompareAsync(before, other, "--force"));
        Assert.Equal(ExitCode.WrongUsage, await CompareAsync(before, none));
    }

    [Fact]
    public async Task A_kept_run_is_reported_again_and_held_against_a_baseline()
    {
        using var directory = new TemporaryDirectory();
        var run = PlottedRun.Create();
        string before = await WriteAsync(directory, "before.json", run);
        string slower = await WriteAsync(directory, "slower.json", run with { Totals = run.Totals with { AnsweredPerSecond = 1_000 } });
        string reports = Path.Combine(directory.FullPath, "reports");

        int code = await ReportCommand.Create().Parse([slower, "--report-dir", reports, "--formats", "md,junit", "--baseline", before])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.ThresholdFailed, code);
        Assert.Equal(2, Directory.GetFiles(reports).Length);
        string markdown = await File.ReadAllTextAsync(Directory.GetFiles(reports, "*.md").Single(), TestContext.Current.CancellationToken);
        Assert.Contains("Worse than the baseline: rate 1,000 instead of 2,000", markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--formats", "html,pdf")]
    [InlineData("--tolerance", "p99")]
    [InlineData("--baseline", "not-there.json")]
    public void Options_that_make_no_sense_are_refused(string option, string value)
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.FullPath, "run.json");
        File.WriteAllText(file, "{}");
        Assert.NotEmpty(ReportCommand.Create().Parse([file, option, value]).Errors);
    }

    private static Task<int> CompareAsync(params string[] arguments) =>
        CompareCommand.Create().Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<string> WriteAsync(TemporaryDirectory directory, string name, RunRecord run)
    {
        string path = Path.Combine(directory.FullPath, name);
        await run.WriteAsync(path, TestContext.Current.CancellationToken);
        return path;
    }
}
