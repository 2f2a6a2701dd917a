using System.Text.Json;
using HdrHistogram;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Hosting;

/// <summary>
/// Asks servers' admin ports for the latency of each stage, and adds up what they tell: over the intervals, over several servers, and over a
/// server that was killed and came back. Used by one thread at a time.
/// </summary>
/// <param name="adminAddresses">Where the servers tell it; asked anew each time, for a server that comes back has another port.</param>
internal sealed class ServerStages(params IReadOnlyList<Func<Uri>> adminAddresses) : IDisposable
{
    /// <summary>The stage that ends when a transaction is durable.</summary>
    public const string Committed = "committed";

    /// <summary>Not a stage of a transaction: PostgreSQL's commit of a batch.</summary>
    public const string Commit = "commit";

    /// <summary>As the server calls the whole way.</summary>
    public const string Total = "total";

    /// <summary>The server counts what lasts longer than a minute as that.</summary>
    private const long HighestNanoseconds = 1L << 37;
    private const int Digits = 2;
    private const double NanosecondsPerMicrosecond = 1_000;

    /// <summary>Of its own, so that no other reader takes from it.</summary>
    private static readonly string Path = $"/interval?histograms=true&reader=load-{Environment.ProcessId}";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<string, LongHistogram> _total = [];

    /// <summary>Over everything taken as measured so far, in the order passed; empty when no server answered.</summary>
    public IReadOnlyList<StageRecord> Taken => Records(_total);

    /// <summary>
    /// What came since the last call. A server that does not answer tells nothing: one that died fails the run by what it left unanswered, and
    /// that is worth reporting.
    /// </summary>
    /// <param name="isMeasured">It belongs to the whole run's figures.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<StageRecord>> TakeAsync(bool isMeasured, CancellationToken cancellationToken)
    {
        var interval = new Dictionary<string, LongHistogram>();
        foreach (var address in adminAddresses)
        {
            try
            {
                await AddAsync(interval, address(), cancellationToken);
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Nothing to add.
            }
        }

        if (isMeasured)
        {
            foreach (var (stage, histogram) in interval)
            {
                Add(_total, stage, histogram);
            }
        }

        return Records(interval);
    }

    public void Dispose() => _http.Dispose();

    private async Task AddAsync(Dictionary<string, LongHistogram> interval, Uri server, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(server, Path), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var told = await JsonDocument.ParseAsync(body, default, cancellationToken);
        if (told.RootElement.GetProperty("interval").TryGetProperty("histograms", out var histograms))
        {
            foreach (var stage in histograms.EnumerateObject())
            {
                Add(interval, stage.Name, HistogramConverter.Decode(stage.Value.GetString()!));
            }
        }
    }

    private static void Add(Dictionary<string, LongHistogram> sum, string stage, LongHistogram histogram)
    {
        if (!sum.TryGetValue(stage, out var into))
        {
            sum.Add(stage, into = new LongHistogram(1, HighestNanoseconds, Digits));
        }

        into.Add(histogram);
    }

    private static StageRecord[] Records(Dictionary<string, LongHistogram> histograms) =>
        [.. histograms.Where(stage => stage.Value.TotalCount > 0).Select(stage => new StageRecord(stage.Key, Summary(stage.Value)))];

    private static LatencySummary Summary(LongHistogram histogram)
    {
        return new LatencySummary(histogram.TotalCount, At(50), At(90), At(99), At(99.9), At(99.99), At(100));

        double At(double percentile) => Math.Round(histogram.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond, 1);
    }
}
