using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using TxCore.Diagnostics;
using TxCore.Server.Hosting;

namespace TxCore.Server.Commands;

/// <summary>Draws a frame of <c>txcore top</c>.</summary>
internal static class TopView
{
    private const int RefusalsShown = 8;

    public static IRenderable Render(TopFrame frame)
    {
        var parts = new List<IRenderable>
        {
            new Markup($"txcore {Markup.Escape(frame.Address)}  {(frame.IsReady ? "[green]ready[/]" : $"[red]not ready: {Markup.Escape(frame.Readiness)}[/]")}"),
        };
        foreach (var shard in frame.Shards)
        {
            parts.AddRange(RenderShard(shard));
        }

        return new Rows(parts);
    }

    private static IEnumerable<IRenderable> RenderShard(ShardInterval shard)
    {
        var (status, interval) = (shard.Status, shard.Interval);
        double seconds = Math.Max(interval.Seconds, 0.001);
        yield return new Rule(string.Create(
            CultureInfo.InvariantCulture,
            $"shard {status.Shard} {status.Channel.ToLowerInvariant()}  number {status.Number:N0}  day {status.BusinessDay}  last {interval.Seconds:0.0} s"))
        {
            Justification = Justify.Left,
        };
        yield return Line(
            $"rate {interval.Stages["total"].Count / seconds:N0}/s  decided {interval.Decided / seconds:N0}/s  repeated {interval.Repeated / seconds:N0}/s  refused {interval.Refusals.Values.Sum() / seconds:N0}/s");
        yield return Line(
            $"ring {status.RingOccupied:N0} of {status.RingSize:N0}  waiting {status.ProducersWaiting:N0}  connections {status.Connections:N0}  logged on {status.LoggedOn:N0}");
        yield return Line(
            $"postgres  commits {interval.Commit.Count / seconds:N0}/s  age {status.CommitAgeSeconds:0.0} s  retries {status.StoreRetries:N0}  ambiguous {status.AmbiguousCommits:N0}  plain rows {status.PlainRows:N0}  partitions ahead {status.PartitionsAhead}");
        if (status.StoreTrouble is { } trouble)
        {
            yield return new Markup($"[red]{Markup.Escape(trouble)}[/]");
        }

        yield return Latencies(interval);
        yield return interval.Refusals.Count == 0 ? new Text("no refusals") : Refusals(interval, seconds);
    }

    private static Table Latencies(FiguresInterval interval)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("milliseconds");
        foreach (string column in (string[])["count", "p50", "p90", "p99", "p99.9", "max"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var (stage, summary) in interval.Stages)
        {
            Add(table, stage, summary, 1000, "0.000");
        }

        Add(table, "postgres commit", interval.Commit, 1000, "0.000");
        Add(table, "rows per commit", interval.BatchRows, 1, "0");
        return table;
    }

    private static void Add(Table table, string name, StageSummary summary, double divisor, string format)
    {
        table.AddRow(
            name, summary.Count.ToString("N0", CultureInfo.InvariantCulture), At(summary.P50), At(summary.P90), At(summary.P99), At(summary.P99_9),
            At(summary.Max));

        string At(double value) => summary.Count == 0 ? "-" : (value / divisor).ToString(format, CultureInfo.InvariantCulture);
    }

    private static Table Refusals(FiguresInterval interval, double seconds)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("refused for").AddColumn(new TableColumn("count").RightAligned())
            .AddColumn(new TableColumn("a second").RightAligned());
        foreach (var (reason, count) in interval.Refusals.Take(RefusalsShown))
        {
            table.AddRow(
                reason, count.ToString("N0", CultureInfo.InvariantCulture), (count / seconds).ToString("N1", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static Text Line(FormattableString text) => new(FormattableString.Invariant(text));
}
