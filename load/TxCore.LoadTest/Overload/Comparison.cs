namespace TxCore.LoadTest.Overload;

/// <summary>
/// The others' p99 beside something and without it, in turn, so that a machine that gets slower or faster meanwhile does so for both. The
/// medians are compared; what the measurements without it differ by among themselves is chance.
/// </summary>
internal sealed class Comparison(OverloadSettings settings)
{
    private readonly List<double> _without = [];
    private readonly List<double> _with = [];
    private readonly List<double> _middleWithout = [];
    private readonly List<double> _middleWith = [];

    /// <summary>Measures both, as often as the settings say. <paramref name="begin"/> starts what is beside and returns what ends it.</summary>
    public async Task RunAsync(Probes probes, Func<Task<Func<Task>>> begin, CancellationToken cancellationToken)
    {
        for (int round = 0; round < settings.Rounds; round++)
        {
            Take(await probes.MeasureAsync(settings.Phase, cancellationToken), _without, _middleWithout);
            var end = await begin();
            Take(await probes.MeasureAsync(settings.Phase, cancellationToken), _with, _middleWith);
            await end();
        }
    }

    /// <summary>The figures of what was beside.</summary>
    public IEnumerable<LimitedFigure> Figures(string beside, double ratioMax)
    {
        double without = Median(_without);
        double max = Math.Max(without * ratioMax, Math.Max(_without.Max(), without + settings.NoiseMilliseconds));
        yield return new LimitedFigure($"{beside}: p50 of the others without, with", Median(_middleWithout), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ms, {Median(_middleWith):0.###} ms"));
        yield return new LimitedFigure($"{beside}: p99 of the others without", without, "ms");
        yield return new LimitedFigure($"{beside}: p99 of the others with", Median(_with), "ms", Max: max);
    }

    private static void Take(double[] sorted, List<double> high, List<double> middle)
    {
        high.Add(Probes.Percentile(sorted, 99));
        middle.Add(Probes.Percentile(sorted, 50));
    }

    private static double Median(List<double> values) => Probes.Percentile([.. values.Order()], 50);
}
