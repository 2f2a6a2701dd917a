namespace TxCore.LoadTest.Reports.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Label">As in the legend.</param>
/// <param name="Color">As CSS writes it.</param>
/// <param name="Values">A value for each x of the plot; null leaves a gap.</param>
/// <param name="IsDashed">A line to compare with, not one that was measured over time.</param>
internal sealed record PlotSeries(string Label, string Color, IReadOnlyList<double?> Values, bool IsDashed = false);

/// <summary>One plot of a report, however it is drawn.</summary>
/// <param name="Id">Names it in the page.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Note">How to read it, in a sentence.</param>
/// <param name="XLabel">What x is, with its unit.</param>
/// <param name="Unit">The unit of every value.</param>
/// <param name="X">Ascending.</param>
/// <param name="IsLog">Values on a logarithmic axis: latencies, whose tail is a hundred times their median.</param>
/// <param name="IsSpectrum">X is 1 / (1 − percentile), on a logarithmic axis labelled with the percentiles.</param>
/// <param name="WarmUpUntil">The x up to which the warm-up is shaded; null for none.</param>
internal sealed record Plot(
    string Id, string Title, string Note, string XLabel, string Unit, IReadOnlyList<double> X, IReadOnlyList<PlotSeries> Series, bool IsLog = false,
    bool IsSpectrum = false, double? WarmUpUntil = null);
