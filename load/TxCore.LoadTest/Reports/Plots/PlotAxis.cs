using System.Globalization;

namespace TxCore.LoadTest.Reports.Plots;

/// <summary>One axis: where a value lies from 0 to 1, and which values are named beside it.</summary>
internal sealed class PlotAxis
{
    private readonly Func<double, double> _scale;
    private readonly double _from;
    private readonly double _to;

    private PlotAxis(Func<double, double> scale, double from, double to, IReadOnlyList<(double Value, string Text)> ticks)
    {
        (_scale, _from, _to) = (scale, scale(from), scale(to));
        Ticks = ticks;
    }

    /// <summary>Values with their text, within the axis.</summary>
    public IReadOnlyList<(double Value, string Text)> Ticks { get; }

    public double Position(double value) => Math.Clamp((_scale(value) - _from) / (_to - _from), 0, 1);

    /// <summary>From 0, or from <paramref name="min"/>, in even steps of 1, 2 or 5 times a power of ten.</summary>
    public static PlotAxis Linear(double min, double max, bool isTight)
    {
        double range = Math.Max(max - min, double.Epsilon) is var r && r < 1e-9 ? 1 : r;
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / 5)));
        double step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(s => range / s <= 6);
        double from = isTight ? min : Math.Floor(min / step) * step;
        double to = isTight ? min + range : Math.Max(Math.Ceiling(max / step) * step, from + step);
        List<(double, string)> ticks = [];
        for (double value = Math.Ceiling(from / step) * step; value <= to + (step / 1e6); value += step)
        {
            ticks.Add((value, Text(value)));
        }

        return new PlotAxis(value => value, from, to, ticks);
    }

    /// <summary>Powers of ten that take in both values; where there are few, 2 and 5 times them too.</summary>
    public static PlotAxis Log(double min, double max)
    {
        int first = (int)Math.Floor(Math.Log10(min));
        int last = Math.Max((int)Math.Ceiling(Math.Log10(max)), first + 1);
        int[] factors = last - first <= 2 ? [1, 2, 5] : [1];
        var ticks = Enumerable.Range(first, last - first + 1).SelectMany(_ => factors, (exponent, factor) => factor * Math.Pow(10, exponent))
            .Where(value => value <= Math.Pow(10, last) * 1.000001);
        return new PlotAxis(Math.Log10, Math.Pow(10, first), Math.Pow(10, last), [.. ticks.Select(value => (value, Text(value)))]);
    }

    /// <summary>Percentiles by 1 / (1 − percentile): 90 %, 99 %, 99.9 % have the same distance.</summary>
    public static PlotAxis Spectrum(double max)
    {
        int decades = Math.Max(1, (int)Math.Ceiling(Math.Log10(max) - 1e-9));
        return new PlotAxis(
            Math.Log10, 1, Math.Max(max, 10), [.. Enumerable.Range(0, decades + 1).Select(i => (Math.Pow(10, i), Percentile(i))).Where(t => t.Item1 <= max)]);
    }

    private static string Percentile(int decade) => decade switch
    {
        0 => "0 %",
        1 => "90 %",
        _ => (100 - Math.Pow(10, 2 - decade)).ToString("0.##########", CultureInfo.InvariantCulture) + " %",
    };

    private static string Text(double value) => Math.Abs(value) >= 10_000
        ? value.ToString("#,0", CultureInfo.InvariantCulture)
        : value.ToString("0.######", CultureInfo.InvariantCulture);
}
