using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Reports.Plots;

/// <summary>The plots of a run. One that has nothing to show is left out.</summary>
internal static class RunPlots
{
    private const string Blue = "#1f6fb2";
    private const string Orange = "#e08214";
    private const string Red = "#c62f2f";
    private const string Violet = "#7b3fa0";
    private const string Green = "#2a8c55";
    private const string Grey = "#7a8594";

    /// <summary>Told apart by people who see colours differently, too.</summary>
    private static readonly string[] Palette = [Blue, Orange, Green, Violet, Red, "#8a6d3b", "#17a2b8", Grey];

    public static IReadOnlyList<Plot> Of(RunRecord run) =>
        [.. new[] { Latency(run), Rate(run), Spectrum(run), Commit(run), Stages(run), Refusals(run), Generator(run), InFlight(run) }.OfType<Plot>()];

    private static Plot? Latency(RunRecord run) => OverTime(
        run, "latency", "Latency over time", "Planned send to answer, of the answers of each second.", "ms", isLog: true,
        new PlotSeries("p50", Blue, Values(run, s => Percentile(s.PlannedToAnswer, l => l.P50))),
        new PlotSeries("p99", Orange, Values(run, s => Percentile(s.PlannedToAnswer, l => l.P99))),
        new PlotSeries("p99.9", Red, Values(run, s => Percentile(s.PlannedToAnswer, l => l.P99_9))),
        new PlotSeries("max", Violet, Values(run, s => Percentile(s.PlannedToAnswer, l => l.Max))));

    private static Plot? Rate(RunRecord run)
    {
        bool isPlanned = run.Lateness.TotalCount > 0;
        List<PlotSeries> series =
        [
            .. isPlanned ? [new PlotSeries("planned", Grey, Values(run, s => s.Planned), IsDashed: true)] : Array.Empty<PlotSeries>(),
            new("sent", Blue, Values(run, s => s.Sent)),
            new("accepted", Green, Values(run, s => s.Accepted)),
            new("refused", Orange, Values(run, s => s.Refused)),
        ];
        if (run.Seconds.Any(s => s.Failed + s.Dropped > 0))
        {
            series.Add(new PlotSeries("failed or dropped", Red, Values(run, s => s.Failed + s.Dropped)));
        }

        return OverTime(
            run, "rate", "Rate over time",
            isPlanned
                ? "Where sent leaves planned, the generator was late; where the answers leave sent, the server was."
                : "A closed load: whoever was answered sends again.",
            "per second", isLog: false, [.. series]);
    }

    private static Plot? Commit(RunRecord run)
    {
        List<PlotSeries> series =
        [
            new("p50", Blue, Values(run, s => Stage(s, ServerStages.Commit, l => l.P50))),
            new("p99", Orange, Values(run, s => Stage(s, ServerStages.Commit, l => l.P99))),
            new("max", Violet, Values(run, s => Stage(s, ServerStages.Commit, l => l.Max))),
        ];
        if (run.Fdatasync is { } disk && series.Any(HasValues))
        {
            series.Add(new PlotSeries("fdatasync p50", Grey, Values(run, _ => disk.P50Microseconds / 1_000), IsDashed: true));
        }

        return OverTime(
            run, "commit", "PostgreSQL commit",
            "A batch until durable, by the server's measure. " + (run.Fdatasync is null
                ? "fdatasync: not measured (remote)."
                : "The disk alone takes what the dashed line says."),
            "ms", isLog: true, [.. series]);
    }

    private static Plot? Stages(RunRecord run)
    {
        string[] stages =
        [
            .. run.Seconds.SelectMany(s => s.Stages ?? []).Select(stage => stage.Stage).Where(stage => stage != ServerStages.Commit)
                .Distinct(StringComparer.Ordinal),
        ];
        return OverTime(
            run, "stages", "Server stages, p99", "By the server's own measure; percentiles of stages do not add up.", "ms", isLog: true,
            [.. stages.Select((name, i) => new PlotSeries(name, Palette[i % Palette.Length], Values(run, s => Stage(s, name, l => l.P99))))]);
    }

    private static Plot? Refusals(RunRecord run)
    {
        const int shown = 6;
        return OverTime(
            run, "refusals", "Refusals by reason over time", "Decisions, not errors: each is an answer.", "per second", isLog: false,
            [.. run.Refusals.Take(shown).Select((reason, i) => new PlotSeries(reason.Reason, Palette[i % Palette.Length], New(run, reason.Reason)))]);
    }

    private static Plot? Generator(RunRecord run) => OverTime(
        run, "generator", "The generator's own lateness", "Planned to real send: part of every latency above. More than 1 ms is late.", "ms", isLog: true,
        new PlotSeries("p99", Orange, Values(run, s => s.Sent > 0 && s.LatenessP99 > 0 ? s.LatenessP99 / 1_000 : null)),
        new PlotSeries("max", Violet, Values(run, s => s.Sent > 0 && s.LatenessMax > 0 ? s.LatenessMax / 1_000 : null)));

    private static Plot? InFlight(RunRecord run) => OverTime(
        run, "in-flight", "Without an answer", "Transactions sent and not answered at the end of each second. A line that climbs is a server that falls behind.",
        "transactions", isLog: false, new PlotSeries("in flight", Blue, Values(run, s => s.InFlight)));

    private static Plot? Spectrum(RunRecord run)
    {
        (string Label, string Color, LongHistogram Histogram, bool IsDashed)[] lines =
        [
            ("planned send to answer", Blue, run.FromPlanned, false),
            ("real send to answer", Orange, run.FromSent, true),
            ("lateness of the generator", Grey, run.Lateness, false),
        ];
        lines = [.. lines.Where(line => line.Histogram.TotalCount > 0)];
        if (lines.Length == 0)
        {
            return null;
        }

        // Fine enough for a smooth line, and as far as there are answers to tell: one in a million needs a million.
        long count = lines.Max(line => line.Histogram.TotalCount);
        int steps = Math.Max(1, (int)(Math.Log10(count) * 20));
        double[] x = [.. Enumerable.Range(0, steps + 1).Select(i => Math.Pow(10, i / 20d))];
        return new Plot(
            "spectrum", "Percentile spectrum", "Which share of the transactions waited at most how long.", "percentile", "ms", x,
            [.. lines.Select(line => new PlotSeries(line.Label, line.Color, [.. x.Select(one => At(line.Histogram, one))], line.IsDashed))],
            IsLog: true, IsSpectrum: true);
    }

    private static double? At(LongHistogram histogram, double inverse) =>
        inverse > histogram.TotalCount ? null : Math.Max(1, histogram.GetValueAtPercentile(100 * (1 - (1 / inverse)))) / 1_000d;

    private static Plot? OverTime(RunRecord run, string id, string title, string note, string unit, bool isLog, params PlotSeries[] series)
    {
        series = [.. series.Where(HasValues)];
        if (series.Length == 0)
        {
            return null;
        }

        int warm = run.Seconds.TakeWhile(second => !second.IsMeasured).Count();
        return new Plot(
            id, title, note, "seconds since the start of the load", unit, [.. run.Seconds.Select(second => (double)second.Second)], series, isLog,
            WarmUpUntil: warm > 0 ? run.Seconds[warm - 1].Second : null);
    }

    private static bool HasValues(PlotSeries series) => series.Values.Any(value => value is not null);

    private static double?[] Values(RunRecord run, Func<RunSecond, double?> of) => [.. run.Seconds.Select(of)];

    private static double? Percentile(LatencySummary latency, Func<LatencySummary, double> of) => latency.Count == 0 ? null : of(latency) / 1_000;

    private static double? Stage(RunSecond second, string name, Func<LatencySummary, double> of) =>
        second.Stages?.FirstOrDefault(stage => stage.Stage == name) is { Latency.Count: > 0 } found ? of(found.Latency) / 1_000 : null;

    /// <summary>What came in each second of counts that go on rising.</summary>
    private static double?[] New(RunRecord run, string reason)
    {
        var values = new double?[run.Seconds.Count];
        long before = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (run.Seconds[i].Refusals is { } counts)
            {
                long now = counts.FirstOrDefault(count => count.Reason == reason)?.Count ?? 0;
                values[i] = Math.Max(0, now - before);
                before = now;
            }
        }

        return values;
    }
}
