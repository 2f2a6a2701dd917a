using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>What one step of the search came to.</summary>
/// <param name="Rate">Sends per second.</param>
/// <param name="Holds">It kept the limit.</param>
/// <param name="Limit">What did not hold, when it did not.</param>
internal sealed record BreakpointStep(int Rate, bool Holds, string Limit);

/// <summary>Finds the highest rate that keeps a given p99: steps that double, then bisection between the last that held and the first that did not.</summary>
/// <param name="p99Max">The limit, from the planned send.</param>
/// <param name="precision">The search ends when the two are this near, as a share of the rate.</param>
/// <param name="rateMax">No step goes above it.</param>
internal sealed class BreakpointSearch(TimeSpan p99Max, double precision = 0.05, int rateMax = 200_000)
{
    private const int LowestPart = 8;

    private readonly List<BreakpointStep> _steps = [];

    public IReadOnlyList<BreakpointStep> Steps => _steps;

    /// <summary>The record of the highest rate that held, else of the lowest that did not, with what was found out.</summary>
    public async Task<RunRecord> RunAsync(int firstRate, Func<int, Task<RunRecord>> run)
    {
        RunRecord? best = null;
        RunRecord? broken = null;
        int low = 0;
        int high = 0;
        for (int rate = firstRate; high == 0 || high - low > Math.Max(1, high * precision); rate = Next(low, high))
        {
            var record = await run(rate);
            string? limit = LimitOf(record);
            _steps.Add(new BreakpointStep(rate, limit is null, limit ?? ""));
            if (limit is null)
            {
                (low, best) = (rate, record);
                if (rate >= rateMax)
                {
                    break;
                }
            }
            else
            {
                (high, broken) = (rate, record);
                if (high <= firstRate / LowestPart)
                {
                    // Far below what was expected: something else is wrong, and smaller steps would not say more.
                    break;
                }

                if (record.Outcome == RunOutcome.Failed && record.Checks.Any(check => !check.Holds))
                {
                    // A server that is wrong has no rate that it keeps.
                    break;
                }
            }
        }

        return Found(best ?? broken!, low, broken);
    }

    /// <summary>What limited a run; null when it kept the limit.</summary>
    public string? LimitOf(RunRecord record)
    {
        double p99Milliseconds = record.FromPlanned.TotalCount == 0 ? 0 : record.FromPlanned.GetValueAtPercentile(99) / 1_000.0;
        string? cause = record switch
        {
            { Totals.Saturated: true } => string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Totals.Late:N0} of {record.Totals.Sent:N0} sends left more than 1 ms late (SATURATED): this machine is the limit, not the server alone"),
            _ when record.Checks.Any(check => !check.Holds) => $"the check: {record.Checks.First(check => !check.Holds).Rule}",
            { Totals.Failed: > 0 } or { Totals.Dropped: > 0 } => "transactions were not answered",
            _ when p99Milliseconds > p99Max.TotalMilliseconds => SlowestStage(record),
            _ => null,
        };
        return cause is null ? null : string.Create(CultureInfo.InvariantCulture, $"p99 {p99Milliseconds:0.0} ms; {cause}");
    }

    private int Next(int low, int high) => high == 0 ? Math.Min(rateMax, low * 2) : low + Math.Max(1, (high - low) / 2);

    private RunRecord Found(RunRecord record, int low, RunRecord? broken)
    {
        var findings = new List<RunSetting>
        {
            new($"highest rate with p99 within {p99Max.TotalMilliseconds:0} ms", (low == 0 ? "none of those tried" : $"{low:N0} per second")
                + (broken is { Totals.Saturated: true } ? "; the generator ended the search, and the server may do more: try a quieter machine" : "")),
            new("limited by", broken is null ? $"nothing up to {rateMax:N0} per second" : LimitOf(broken)!),
        };
        findings.AddRange(_steps.Select(step => new RunSetting($"step at {step.Rate:N0}/s", step.Holds ? "held" : step.Limit)));
        return record with { Findings = [.. record.Findings, .. findings] };
    }

    /// <summary>The stage of the server with the highest p99; without any, nothing more is known.</summary>
    private static string SlowestStage(RunRecord record)
    {
        var slowest = record.Stages.Where(stage => stage.Stage is not (ServerStages.Total or ServerStages.Commit)).MaxBy(stage => stage.Latency.P99);
        return slowest is null
            ? "the server's own stages are not known"
            : string.Create(CultureInfo.InvariantCulture, $"the server's slowest stage is {slowest.Stage}, p99 {slowest.Latency.P99 / 1_000:0.0} ms");
    }
}
