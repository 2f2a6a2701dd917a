using System.Text;

namespace TxCore.LoadTest.Reports.Html;

/// <summary>What the page is made of beside the figures: our style and script, and uPlot when the tool was built with it.</summary>
/// <param name="UPlotLicense">The terms under which uPlot is passed on with every report.</param>
internal sealed record PageParts(string Style, string Script, string? UPlot, string? UPlotStyle, string? UPlotLicense)
{
    /// <summary>As the tool was built.</summary>
    public static PageParts Load() => new(Read("report.css")!, Read("report.js")!, Read("uPlot.js"), Read("uPlot.css"), Read("uPlot.LICENSE"));

    /// <summary>As a tool built without npm has them.</summary>
    public PageParts WithoutUPlot() => this with { UPlot = null, UPlotStyle = null, UPlotLicense = null };

    private static string? Read(string name)
    {
        using var resource = typeof(PageParts).Assembly.GetManifestResourceStream(name);
        if (resource is null)
        {
            return null;
        }

        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd().Trim();
    }
}
