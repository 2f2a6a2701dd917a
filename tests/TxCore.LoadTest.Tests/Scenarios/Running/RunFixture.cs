using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Library;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

/// <summary>Small runs against a server of their own.</summary>
internal static class SmallRun
{
    private static readonly ScenarioSizes Sizes = new(Terminals: 12, Frontends: 2, Idle: 60, StormEvery: TimeSpan.FromSeconds(1));

    public static RunSettings Settings(string scenario, params string[] simulations) => new()
    {
        Name = scenario,
        Scenarios = ScenarioLibrary.Parse(scenario, Sizes),
        Simulations = [.. simulations.Select(SimulationForm.Parse)],
        Seed = 20_251_105,
        WarmUp = TimeSpan.FromSeconds(1),
        AnswerTimeout = TimeSpan.FromSeconds(20),
        FdatasyncTime = TimeSpan.FromMilliseconds(50),
    };

    public static Task<RunRecord> RunAsync(RunSettings settings)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {settings.Seed}");
        return new ScenarioRun(settings, TimeProvider.System, TextWriter.Null).RunAsync(TestContext.Current.CancellationToken);
    }

    public static void MustPass(RunRecord record)
    {
        Assert.True(record.Outcome == RunOutcome.Passed, Describe(record));
    }

    public static string Describe(RunRecord record)
    {
        var text = new StringWriter();
        new RunText(text).Write(record);
        return text.ToString();
    }
}
