using Microsoft.Playwright;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Reports.Html;

namespace TxCore.LoadTest.Tests.Reports;

/// <summary>The report as a person opens it: from the disk, in a real browser.</summary>
public class BrowserTests
{
    /// <summary>Counts, for each plot, the pixels that its series drew: neither transparent nor grey, as axes and grid are.</summary>
    private const string DrawnByPlot = """
        () => Object.fromEntries([...document.querySelectorAll(".plot")].map(box => {
          const canvas = box.querySelector("canvas");
          if (!canvas || !canvas.width || !canvas.height) return [box.id, 0];
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let coloured = 0;
          for (let i = 0; i < pixels.length; i += 4) {
            const spread = Math.max(pixels[i], pixels[i + 1], pixels[i + 2]) - Math.min(pixels[i], pixels[i + 1], pixels[i + 2]);
            if (pixels[i + 3] > 100 && spread > 60) coloured++;
          }
          return [box.id, coloured];
        }))
        """;

    private static readonly string[] Plots = ["plot-commit", "plot-generator", "plot-in-flight", "plot-latency", "plot-rate", "plot-refusals", "plot-spectrum", "plot-stages"];

    [Theory]
    [InlineData(1280)]
    [InlineData(420)]
    public async Task Every_plot_is_drawn_without_an_error_and_without_a_request(int width)
    {
        Assert.SkipWhen(PageParts.Load().UPlot is null, "The tool was built without npm, so its reports have no uPlot; the plain plots are tested beside this.");
        await using var browser = await Browser.StartAsync();
        var seen = await OpenAsync(browser, HtmlReport.Write(new RunDocument(PlottedRun.Create())), width);

        var drawn = await seen.Page.EvaluateAsync<Dictionary<string, int>>(DrawnByPlot);
        Assert.Equal(Plots, drawn.Keys.Order(StringComparer.Ordinal));
        Assert.All(drawn, plot => Assert.True(plot.Value > 200, $"{plot.Key} has {plot.Value} coloured pixels"));
        Assert.Equal(Plots.Length, await seen.Page.Locator(".plot[data-drawn=uplot]").CountAsync());
        Assert.Equal(0, await seen.Page.Locator(".plot svg").CountAsync());
        Assert.False(await seen.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"), "the page is wider than the window");
        Assert.Empty(seen.Complaints);
        TestContext.Current.AddAttachment(
            $"report-{width}.png", await seen.Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true }), "image/png");
    }

    [Fact]
    public async Task Without_uPlot_the_plain_plots_are_seen()
    {
        await using var browser = await Browser.StartAsync();
        var seen = await OpenAsync(browser, new HtmlReport(PageParts.Load().WithoutUPlot()).Build(new RunDocument(PlottedRun.Create())), 1280);

        var svgs = await seen.Page.Locator(".plot svg").AllAsync();
        Assert.Equal(Plots.Length, svgs.Count);
        foreach (var svg in svgs)
        {
            var box = await svg.BoundingBoxAsync();
            Assert.True(box is { Width: > 300, Height: > 100 });
            Assert.True(await svg.Locator("path[stroke-width]").CountAsync() > 0);
        }

        Assert.Empty(seen.Complaints);
        TestContext.Current.AddAttachment("report-plain.png", await seen.Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true }), "image/png");
    }

    /// <summary>Opens the page from the disk and notes every request but its own, and everything the console shows.</summary>
    private static async Task<(IPage Page, List<string> Complaints)> OpenAsync(Browser browser, string html, int width)
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.FullPath, "report.html");
        await File.WriteAllTextAsync(file, html, TestContext.Current.CancellationToken);
        string address = new Uri(file).AbsoluteUri;
        var page = await browser.NewPageAsync(width);
        List<string> complaints = [];
        page.Console += (_, message) => complaints.Add($"console {message.Type}: {message.Text}");
        page.PageError += (_, fault) => complaints.Add($"error: {fault}");
        page.Request += (_, request) =>
        {
            if (request.Url != address && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Add($"request: {request.Url}");
            }
        };
        await page.GotoAsync(address, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        return (page, complaints);
    }
}
