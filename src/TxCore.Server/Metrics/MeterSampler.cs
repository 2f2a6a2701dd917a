using System.Diagnostics.Metrics;
using TxCore.Diagnostics;
using TxCore.Server.Hosting;

namespace TxCore.Server.Metrics;

/// <summary>
/// Once a second brings what is new in the shards' histograms into the meters', away from the threads that serve: about 0.1 µs of one
/// core for each transaction and stage.
/// </summary>
internal sealed class MeterSampler(ServedShards shards, ServerMeters meters, TimeProvider clock)
{
    private const double SecondsPerNanosecond = 1e-9;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<ShardHost, Source[]> _sources = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Sample();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Sample()
    {
        foreach (var host in shards.All)
        {
            if (!_sources.TryGetValue(host, out var sources))
            {
                sources = SourcesOf(host);
                _sources.Add(host, sources);
            }

            foreach (var source in sources)
            {
                source.Reader.Take((value, count) => Record(source, value, count));
            }
        }
    }

    private static void Record(Source source, long value, long count)
    {
        for (long i = 0; i < count; i++)
        {
            source.Into.Record(value * source.Scale, source.Tags);
        }
    }

    private Source[] SourcesOf(ShardHost host)
    {
        var figures = host.Shard.Figures;
        var tags = ServerMeters.TagsOf(host);
        var stages = StageLatencies.InOrder.Select(stage => new Source(
            new HistogramReader(figures.Latencies[stage]), meters.StageDuration, SecondsPerNanosecond,
            [.. tags, new("stage", stage.ToString().ToLowerInvariant())]));
        return
        [
            .. stages,
            new Source(new HistogramReader(figures.CommitTime), meters.CommitDuration, SecondsPerNanosecond, tags),
            new Source(new HistogramReader(figures.BatchRows), meters.BatchRows, 1, tags),
        ];
    }

    /// <summary>One histogram of a shard and where it goes.</summary>
    private sealed record Source(HistogramReader Reader, Histogram<double> Into, double Scale, KeyValuePair<string, object?>[] Tags);
}
