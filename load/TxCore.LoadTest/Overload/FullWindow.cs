namespace TxCore.LoadTest.Overload;

/// <summary>c) One source keeps its whole window on the wire without a pause; what that costs the others.</summary>
internal sealed class FullWindow(OverloadSettings settings, TimeProvider clock)
{
    private const double RatePerSecond = 500;

    public async Task<PartResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await OverloadStage.StartAsync(0, clock.GetUtcNow(), cancellationToken);
        await using var probes = await Probes.StartAsync(stage, RatePerSecond, cancellationToken);
        var figures = new List<LimitedFigure>();
        foreach (var (source, window) in ((uint, int)[])[(OverloadStage.FirstFlooder, OverloadStage.FlooderWindow), (OverloadStage.Big, OverloadStage.BigWindow)])
        {
            var comparison = new Comparison(settings);
            var greedy = new Greedy(stage, source, window);
            await comparison.RunAsync(probes, () => greedy.BeginAsync(cancellationToken), cancellationToken);
            figures.Add(new LimitedFigure($"window of {window}: what the source gets", greedy.PerSecond, "/s"));
            figures.AddRange(comparison.Figures($"window of {window}", settings.FullWindowRatioMax));
        }

        return new PartResult("c", "a source at its full window", figures);
    }
}
