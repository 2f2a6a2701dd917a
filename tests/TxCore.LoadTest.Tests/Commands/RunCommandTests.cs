using TxCore.LoadTest.Commands;

namespace TxCore.LoadTest.Tests.Commands;

public class RunCommandTests
{
    [Theory]
    [InlineData("--kills", "2", "is never killed")]
    [InlineData("--channels", "retail", "the one channel of the target's database")]
    [InlineData("--terminals", "5", "does not go with race-day")]
    public async Task A_day_on_a_target_takes_no_kills_no_channels_and_no_plan(string option, string value, string message)
    {
        var (exitCode, output) = await BuiltTool.RunAsync(
            "run", "--scenario", "race-day", "--target", "127.0.0.1:1", "--database", "Host=127.0.0.1", "--enrol", "Host=127.0.0.1", option, value);

        Assert.Equal(ExitCode.WrongUsage, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kills", "2", "goes with the scenario race-day alone")]
    [InlineData("--admin", "http://127.0.0.1:1", "--target, which names it, is missing")]
    public async Task An_option_that_would_do_nothing_is_refused(string option, string value, string message)
    {
        var (exitCode, output) = await BuiltTool.RunAsync("run", "--preset", "smoke", option, value);

        Assert.Equal(ExitCode.WrongUsage, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    /// <summary>Twenty thousand sends planned for 20 ms: no machine keeps that plan, and every server answers them in a while.</summary>
    [Fact]
    public async Task A_saturated_generator_fails_a_run_that_asks_for_its_plan_and_answers_in_time()
    {
        var (exitCode, output) = await BuiltTool.RunAsync(
            "run", "--simulation", "IterationsForInject(rate: 1000000, interval: 1s, iterations: 20000)", "--warm-up", "0s",
            "--threshold", "Lateness: p99 < 1", "--threshold", "OkLatency: p99 < 100");

        Assert.True(exitCode == ExitCode.ThresholdFailed, $"exit code {exitCode}:{Environment.NewLine}{output}");
        Assert.Contains("SATURATED", output, StringComparison.Ordinal);
        Assert.Contains("Lateness: p99 < 1 does not hold", output, StringComparison.Ordinal);
    }
}
