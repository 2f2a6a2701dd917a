using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>Checks the database during a long run and after every run.</summary>
internal sealed class RunningValidation(RunSettings settings, ILoadHost host, Journal journal)
{
    private readonly List<CheckResult> _broken = [];

    /// <summary>Rules that did not hold when they were looked at during the run, and when that was.</summary>
    public IReadOnlyList<CheckResult> Broken => _broken;

    /// <summary>Checks each time the interval has passed, until the load has ended.</summary>
    public async Task RunAsync(ILiveView view, CancellationToken loadEnded)
    {
        if (settings.ValidateEvery is not { } every || !settings.Validates || host.CheckConnectionString is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(every);
        try
        {
            for (int look = 1; await timer.WaitForNextTickAsync(loadEnded); look++)
            {
                var result = await CheckAsync(isRunning: true, loadEnded);
                var broken = result.Checks.Where(check => !check.Holds).ToArray();
                _broken.AddRange(broken.Select(check => check with { Rule = $"{check.Rule} (check {look} during the run)" }));
                view.Note(
                    $"check {look} during the run: {result.Transactions:N0} numbers, "
                    + (broken.Length == 0 ? "every rule holds" : $"{broken.Length} rules do not hold"));
            }
        }
        catch (OperationCanceledException)
        {
            // The load has ended; the last check follows.
        }
    }

    /// <summary>Checks once.</summary>
    public Task<ValidationResult> CheckAsync(bool isRunning, CancellationToken cancellationToken) => DatabaseValidation.RunAsync(
        host.CheckConnectionString!, journal, [.. settings.Scenarios.SelectMany(item => item.Scenario.Cells)],
        [.. settings.Scenarios.SelectMany(item => item.Scenario.Rules)], host.NumberBefore, isRunning, cancellationToken);
}
