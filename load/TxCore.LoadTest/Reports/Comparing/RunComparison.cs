namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>One figure of both runs.</summary>
/// <param name="Ratio">New by old; null when one is missing or the old one is 0.</param>
/// <param name="Tolerance">The share it may be worse by; null when it is not judged.</param>
/// <param name="IsWorse">Worse than the tolerance.</param>
/// <param name="Spread">The wider spread of the two, when they sum up repeats.</param>
internal sealed record FigureComparison(
    RunFigure Figure, double? Baseline, double? Current, double? Ratio, double? Tolerance, bool IsWorse, double? Spread);

/// <summary>A setting or condition that the two runs do not share.</summary>
internal sealed record Difference(string Name, string Baseline, string Current)
{
    public override string ToString() => $"{Name}: {Baseline} in the baseline, {Current} now";
}

/// <summary>Two runs, figure by figure.</summary>
/// <param name="PlanDifferences">What makes them runs of different things: their figures say nothing about each other.</param>
/// <param name="ConditionDifferences">What else differs, and may explain a figure: machine, disk, versions, seed.</param>
internal sealed record RunComparison(
    RunRecord Baseline, RunRecord Current, IReadOnlyList<FigureComparison> Figures, IReadOnlyList<Difference> PlanDifferences,
    IReadOnlyList<Difference> ConditionDifferences)
{
    /// <summary>How far two durations may be apart and still count as the same.</summary>
    private const double DurationShare = 0.02;

    /// <summary>How far the disks may be apart without being named.</summary>
    private const double DiskShare = 0.25;

    public bool IsComparable => PlanDifferences.Count == 0;

    /// <summary>A figure is worse than its tolerance.</summary>
    public bool IsWorse => Figures.Any(figure => figure.IsWorse);

    public string Verdict => IsWorse
        ? "Worse than the baseline: " + string.Join(", ", Figures.Where(f => f.IsWorse).Select(Describe)) + "."
        : "Not worse than the baseline, within the tolerances.";

    public static RunComparison Of(RunRecord baseline, RunRecord current, Tolerances tolerances) => new(
        baseline, current, [.. RunFigures.All.Select(figure => Compare(figure, baseline, current, tolerances))],
        [.. Plan(baseline, current)], [.. Conditions(baseline, current)]);

    /// <summary>The table of every report.</summary>
    public ReportTable ToTable() => new(
        $"Against the baseline {Baseline.Name} of {Baseline.StartedAt:yyyy-MM-dd HH:mm}",
        ["", "baseline", "now", "ratio", "tolerance", ""],
        [.. Figures.Where(f => f.Baseline is not null || f.Current is not null).Select(f => (string[])
        [
            f.Figure.Label, Text(f.Figure, f.Baseline), Text(f.Figure, f.Current), f.Ratio is { } ratio ? $"×{ratio:0.000}" : "–",
            f.Tolerance is { } tolerance ? Units.Percent(tolerance) : "–",
            f.IsWorse ? "WORSE" : f.Spread > f.Tolerance ? $"ok; repeats spread {Units.Percent(f.Spread.Value)}" : f.Tolerance is null ? "" : "ok",
        ])],
        Note: string.Join(" ", [Verdict, .. PlanDifferences.Concat(ConditionDifferences).Select(d => $"{d}.")]));

    private static string Text(RunFigure figure, double? value) => value is { } known ? figure.Text(known) : "–";

    private static string Describe(FigureComparison f) =>
        $"{f.Figure.Name} {Text(f.Figure, f.Current)} instead of {Text(f.Figure, f.Baseline)} (tolerance {Units.Percent(f.Tolerance ?? 0)})";

    private static FigureComparison Compare(RunFigure figure, RunRecord baseline, RunRecord current, Tolerances tolerances)
    {
        double? before = RunFigures.Value(figure, baseline);
        double? now = RunFigures.Value(figure, current);
        double? tolerance = tolerances.Of(figure);
        double? limit = figure.MoreIsBetter ? before * (1 - tolerance) : before * (1 + tolerance);

        // A figure the baseline has and this run lost is not taken for good.
        bool isWorse = tolerance is not null && (figure.MoreIsBetter ? now < limit : now > limit || (before is not null && now is null));
        double? ratio = before is not null and not 0 ? now / before : null;
        return new FigureComparison(figure, before, now, ratio, tolerance, isWorse, Spread(figure, baseline, current));
    }

    private static double? Spread(RunFigure figure, params RunRecord[] runs)
    {
        double[] spreads = [.. runs.Select(run => RunFigures.Spread(figure, run)).OfType<RepeatSpread>().Select(spread => spread.Spread)];
        return spreads.Length == 0 ? null : spreads.Max();
    }

    private static IEnumerable<Difference> Plan(RunRecord a, RunRecord b)
    {
        if (a.Scenario != b.Scenario)
        {
            yield return new Difference("scenario", a.Scenario, b.Scenario);
        }

        if (a.Preset != b.Preset)
        {
            yield return new Difference("preset", a.Preset ?? "none", b.Preset ?? "none");
        }

        foreach (var difference in Settings(a.Settings, b.Settings).Where(d => d.Name is not ("target" or "scenario" or "preset")))
        {
            yield return difference;
        }
    }

    private static IEnumerable<Difference> Conditions(RunRecord a, RunRecord b)
    {
        (string Name, string A, string B)[] pairs =
        [
            ("seed", $"{a.Seed}", $"{b.Seed}"),
            ("target", a.Target, b.Target),
            ("TxCore", a.ToolVersion, b.ToolVersion),
            ("cores", $"{a.Machine.Cores}", $"{b.Machine.Cores}"),
            ("processor", a.Machine.Processor, b.Machine.Processor),
            ("memory", $"{Units.Number(a.Machine.MemoryGigabytes)} GB", $"{Units.Number(b.Machine.MemoryGigabytes)} GB"),
            ("system", a.Machine.OperatingSystem, b.Machine.OperatingSystem),
            ("runtime", a.Machine.Runtime, b.Machine.Runtime),
            ("PostgreSQL", a.Postgres?.Version ?? "unknown", b.Postgres?.Version ?? "unknown"),
            ("runs", $"{Math.Max(1, a.Repeats.Count)}", $"{Math.Max(1, b.Repeats.Count)}"),
            ("generator", a.Totals.Saturated ? "saturated" : "in time", b.Totals.Saturated ? "saturated" : "in time"),
        ];
        foreach (var (name, first, second) in pairs.Where(pair => pair.A != pair.B))
        {
            yield return new Difference(name, first, second);
        }

        if (Apart(a.DurationSeconds, b.DurationSeconds, DurationShare))
        {
            yield return new Difference("duration", Units.Time(a.DurationSeconds), Units.Time(b.DurationSeconds));
        }

        if (a.Fdatasync is { } before && b.Fdatasync is { } now && Apart(before.P50Microseconds, now.P50Microseconds, DiskShare))
        {
            yield return new Difference("fdatasync p50", $"{Units.Milliseconds(before.P50Microseconds)} ms", $"{Units.Milliseconds(now.P50Microseconds)} ms");
        }

        foreach (var difference in Settings(a.Postgres?.Settings ?? [], b.Postgres?.Settings ?? []))
        {
            yield return difference;
        }
    }

    private static IEnumerable<Difference> Settings(IReadOnlyList<RunSetting> a, IReadOnlyList<RunSetting> b)
    {
        foreach (string name in a.Concat(b).Select(setting => setting.Name).Distinct(StringComparer.Ordinal))
        {
            string before = Values(a, name);
            string now = Values(b, name);
            if (before != now)
            {
                yield return new Difference(name, before, now);
            }
        }
    }

    /// <summary>A setting may be there several times, as simulations are.</summary>
    private static string Values(IReadOnlyList<RunSetting> settings, string name) =>
        settings.Any(setting => setting.Name == name)
            ? string.Join(", ", settings.Where(setting => setting.Name == name).Select(setting => setting.Value))
            : "none";

    private static bool Apart(double a, double b, double share) => Math.Abs(a - b) > share * Math.Max(Math.Abs(a), Math.Abs(b));
}
