using System.Globalization;
using System.Net;
using System.Text;

namespace TxCore.LoadTest.Reports.Plots;

/// <summary>
/// A plot as plain SVG: what a reader without scripts sees (mail, a preview, print), and everybody when the tool was built without uPlot.
/// </summary>
internal static class SvgPlot
{
    private const int Width = 640;
    private const int Height = 270;
    private const int Left = 58;
    private const int Right = 12;
    private const int Top = 14;
    private const int Bottom = 40;

    /// <summary>More points than this are one pixel; of those in a pixel the highest is drawn, since a peak must not be lost.</summary>
    private const int PointsMax = 560;

    public static string Draw(Plot plot)
    {
        double[] values = [.. plot.Series.SelectMany(series => series.Values).OfType<double>().Where(value => !plot.IsLog || value > 0)];
        if (values.Length == 0)
        {
            values = [1];
        }

        var y = plot.IsLog ? PlotAxis.Log(values.Min(), values.Max()) : PlotAxis.Linear(Math.Min(0, values.Min()), values.Max(), isTight: false);
        var x = plot.IsSpectrum ? PlotAxis.Spectrum(plot.X[^1]) : PlotAxis.Linear(plot.X[0], plot.X[^1], isTight: true);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(plot.Title)}\">");
        WarmUp(svg, plot, x);
        Axes(svg, plot, x, y);
        foreach (var series in plot.Series)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{Path(plot, series, x, y)}\" fill=\"none\" stroke=\"{series.Color}\" stroke-width=\"1.6\"");
            svg.Append(series.IsDashed ? " stroke-dasharray=\"6 4\"/>" : "/>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void WarmUp(StringBuilder svg, Plot plot, PlotAxis x)
    {
        if (plot.WarmUpUntil is { } until)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{Left}\" y=\"{Top}\" width=\"{X(x, until) - Left:0.#}\" height=\"{Height - Top - Bottom}\" fill=\"#eef1f5\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 4}\" y=\"{Top + 12}\" fill=\"#8a94a3\">warm-up</text>");
        }
    }

    private static void Axes(StringBuilder svg, Plot plot, PlotAxis x, PlotAxis y)
    {
        foreach (var (value, text) in y.Ticks)
        {
            double at = Y(y, value);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {at:0.#}H{Width - Right}\" stroke=\"#e3e7ec\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{at + 4:0.#}\" text-anchor=\"end\">{Text(text)}</text>");
        }

        foreach (var (value, text) in x.Ticks)
        {
            double at = X(x, value);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{at:0.#} {Height - Bottom}v4\" stroke=\"#9aa4b2\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at:0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Text(text)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" fill=\"none\" stroke=\"#9aa4b2\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{Height - 6}\" text-anchor=\"end\">{Text(plot.XLabel)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 6}\">{Text(plot.Unit)}</text>");
    }

    private static string Path(Plot plot, PlotSeries series, PlotAxis x, PlotAxis y)
    {
        var path = new StringBuilder();
        int width = Math.Max(1, (int)Math.Ceiling(plot.X.Count / (double)PointsMax));
        bool isDown = false;
        for (int i = 0; i < plot.X.Count; i += width)
        {
            double? highest = series.Values.Skip(i).Take(width).Max();
            bool isThere = highest is { } value && (!plot.IsLog || value > 0);
            if (isThere)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(isDown ? 'L' : 'M')}{X(x, plot.X[i]):0.#} {Y(y, highest!.Value):0.#}");
                if (!isDown)
                {
                    // A single second between two gaps is seen as a short stroke.
                    path.Append("h.5");
                }
            }

            isDown = isThere;
        }

        return path.ToString();
    }

    private static double X(PlotAxis axis, double value) => Left + (axis.Position(value) * (Width - Left - Right));

    private static double Y(PlotAxis axis, double value) => Height - Bottom - (axis.Position(value) * (Height - Top - Bottom));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
