using System.Diagnostics.Metrics;
using TxCore.Diagnostics;
using TxCore.Server.Hosting;
using TxCore.Server.Security;

namespace TxCore.Server.Metrics;

/// <summary>
/// The meters of the server, all named TxCore.*: what Prometheus and OTLP carry. Nothing is counted here: a collection reads what the
/// shards count about themselves, so that a transaction costs the same whoever looks. Histograms are fed by <see cref="MeterSampler"/>.
/// </summary>
internal sealed class ServerMeters : IDisposable
{
    /// <summary>Bounds of latencies, in seconds. Real buckets rather than quantiles: they add up over shards and over any time.</summary>
    private static readonly double[] SecondsBounds =
    [
        0.00005, 0.0001, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1,
        0.25, 0.5, 1, 2, 5, 10, 60,
    ];

    private static readonly double[] RowsBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    private readonly ServedShards _shards;
    private readonly Meter _server = new("TxCore.Server");
    private readonly Meter _pipeline = new("TxCore.Pipeline");
    private readonly Meter _store = new("TxCore.Store");
    private readonly Meter _sessions = new("TxCore.Sessions");

    public ServerMeters(ServedShards shards, TlsReloader? tls)
    {
        _shards = shards;
        StageDuration = _pipeline.CreateHistogram(
            "txcore.stage.duration", "s", "Latency of a stage of a transaction's way; stage total is the whole", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBounds });
        CommitDuration = _store.CreateHistogram(
            "txcore.commit.duration", "s", "Time PostgreSQL took for a commit with rows, retries included", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBounds });
        BatchRows = _store.CreateHistogram(
            "txcore.batch.rows", "{row}", "Rows of a commit", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = RowsBounds });
        AddServer(tls);
        AddPipeline();
        AddStore();
        AddSessions();
    }

    public Histogram<double> StageDuration { get; }

    public Histogram<double> CommitDuration { get; }

    public Histogram<double> BatchRows { get; }

    public void Dispose()
    {
        _server.Dispose();
        _pipeline.Dispose();
        _store.Dispose();
        _sessions.Dispose();
    }

    /// <summary>The tags that every figure of a shard carries.</summary>
    public static KeyValuePair<string, object?>[] TagsOf(ShardHost host) =>
        [new("shard", host.Shard.Identity.Shard), new("channel", host.Shard.Identity.Channel.ToString().ToLowerInvariant())];

    private void AddServer(TlsReloader? tls)
    {
        _server.CreateObservableGauge(
            "txcore.certificate.valid", () => tls?.ValidFor.TotalSeconds ?? 0, "s", "Time the certificate of the listeners is still valid; 0 without TLS");
        _server.CreateObservableGauge(
            "txcore.server.ready", () => _shards.IsReady(out _) ? 1 : 0, unit: null, "1 when every shard takes transactions, 0 while starting, draining or in trouble");
        Gauge(_server, "txcore.shard.ready", null, "1 when the shard takes transactions", static host => host.Shard.IsReady(out _) ? 1 : 0);
        Gauge(_server, "txcore.shard.failed", null, "1 once the shard has failed", static host => host.Shard.Failure.HasFailed ? 1 : 0);
        Gauge(_server, "txcore.time.held", null, "1 while a clock that stepped forward waits to be confirmed", static host => host.Shard.IsTimeHeld ? 1 : 0);
        Gauge(_server, "txcore.definitions.version", null, "Version of the definitions", static host => host.Shard.Board.Version);
        Gauge(
            _server, "txcore.payments.acknowledged", null, "Number up to which payment orders are acknowledged",
            static host => host.Shard.Ticketing.AcknowledgedPayments);
    }

    private void AddPipeline()
    {
        var decided = static (ShardHost host) => host.Shard.Figures.Decisions.Decided()
            .Select(static row => (row.Count, Tags: new KeyValuePair<string, object?>[] { new("kind", row.Kind.ToString()), new("code", row.Code.ToString()) }));
        var refused = static (ShardHost host) => host.Shard.Figures.Refusals().Select(static row => (row.Value, Reason(row.Key)));
        Counters(_pipeline, "txcore.entries.decided", "{entry}", "Entries decided and stored, by kind and code", decided);
        Counters(_pipeline, "txcore.transactions.refused", "{transaction}", "Transactions refused, decided or not, by reason", refused);
        Counter(
            _pipeline, "txcore.transactions.repeated", "{transaction}", "Transactions answered with an earlier decision",
            static host => host.Shard.Figures.Decisions.Repeated);
        Gauge(_pipeline, "txcore.ring.size", "{slot}", "Slots of the ring", static host => host.Shard.Intake.Size);
        Gauge(_pipeline, "txcore.ring.occupied", "{slot}", "Slots of the ring in use", static host => host.Shard.Intake.Occupied);
        Gauge(_pipeline, "txcore.ring.waiting", "{connection}", "Connections that wait for room in the ring", static host => host.Shard.Intake.Waiting);
        Gauge(_pipeline, "txcore.ring.saturated", null, "1 while connections wait for more than a second", static host => host.Shard.IsSaturated ? 1 : 0);
    }

    private void AddStore()
    {
        Counter(_store, "txcore.batches", "{batch}", "Commits with rows", static host => host.Shard.Figures.Batches);
        Counter(_store, "txcore.rows", "{row}", "Rows committed", static host => host.Shard.Figures.Rows);
        Counter(_store, "txcore.store.retries", "{retry}", "Commits begun again", static host => host.Shard.StoreHealth.Retries);
        Counter(
            _store, "txcore.store.ambiguous_commits", "{commit}", "Commits whose reply was lost and whose fate was read",
            static host => host.Shard.StoreHealth.AmbiguousCommits);
        Counter(_store, "txcore.store.plain_rows", "{row}", "Rows stored in plain form because PostgreSQL refused them", static host => host.Shard.StoreHealth.PlainRows);
        Gauge(_store, "txcore.store.trouble", null, "1 while PostgreSQL does not commit", static host => host.Shard.StoreHealth.Trouble is null ? 0 : 1);
        Gauge(_store, "txcore.head.number", null, "Number of the last entry committed", static host => host.Shard.Head.Number);
        Gauge(_store, "txcore.commit.age", "s", "Time since PostgreSQL last took a commit, with rows or without", static host => host.Shard.Figures.CommitAge.TotalSeconds);
        Gauge(_store, "txcore.snapshot.age", "s", "Time since the last snapshot, or the start", static host => host.Shard.SnapshotAge.TotalSeconds);
        Gauge(
            _store, "txcore.snapshot.behind", "{entry}", "Entries since the last snapshot: what a recovery reads",
            static host => host.Shard.Head.Number - host.Shard.LastSnapshot);
        Gauge(_store, "txcore.partitions.ahead", "{day}", "Days after the present one that have a partition", static host => host.PartitionsAhead);
    }

    private void AddSessions()
    {
        var closed = static (ShardHost host) => host.Shard.Figures.Sessions.Closed().Select(static row => (row.Value, Reason(row.Key)));
        var logonsRefused = static (ShardHost host) => host.Shard.Figures.Sessions.LogonsRefused().Select(static row => (row.Value, Reason(row.Key)));
        Gauge(_sessions, "txcore.connections", "{connection}", "Open connections", static host => host.Shard.Registry.ConnectionCount);
        Gauge(_sessions, "txcore.sessions.logged_on", "{session}", "Sessions logged on", static host => host.Shard.Registry.LoggedOnCount);
        Counter(_sessions, "txcore.logons", "{logon}", "Logons accepted", static host => host.Shard.Figures.Decisions.Logons);
        Counters(_sessions, "txcore.logons.refused", "{logon}", "Logons refused, by reason", logonsRefused);
        Counters(_sessions, "txcore.connections.closed", "{connection}", "Connections ended, by reason", closed);
        Counter(_sessions, "txcore.received", "By", "Bytes of whole frames received", static host => host.Shard.Figures.Sessions.Total().Counts.BytesIn);
        Counter(_sessions, "txcore.sent", "By", "Bytes handed to the network", static host => host.Shard.Figures.Sessions.Total().BytesOut);
    }

    private static KeyValuePair<string, object?>[] Reason(object reason) => [new("reason", reason.ToString())];

    private void Gauge(Meter meter, string name, string? unit, string description, Func<ShardHost, double> read) =>
        meter.CreateObservableGauge(name, () => _shards.All.Select(host => new Measurement<double>(read(host), TagsOf(host))), unit, description);

    private void Counter(Meter meter, string name, string unit, string description, Func<ShardHost, long> read) =>
        meter.CreateObservableCounter(name, () => _shards.All.Select(host => new Measurement<long>(read(host), TagsOf(host))), unit, description);

    /// <summary>A counter with more tags than the shard's own.</summary>
    private void Counters(
        Meter meter, string name, string unit, string description, Func<ShardHost, IEnumerable<(long Count, KeyValuePair<string, object?>[] Tags)>> read) =>
        meter.CreateObservableCounter(
            name,
            () => _shards.All.SelectMany(host => read(host).Select(row => new Measurement<long>(row.Count, [.. TagsOf(host), .. row.Tags]))),
            unit,
            description);
}
