using System.Globalization;
using HdrHistogram;
using Spectre.Console;
using Spectre.Console.Rendering;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Reports;

/// <summary>
/// What a terminal shows of a run: progress, rates, latency of the last seconds, refusals by reason, the server's stages and the commit of
/// PostgreSQL. Used by one thread, but for notes.
/// </summary>
internal sealed class LiveScreen(TimeSpan? total)
{
    /// <summary>Percentiles are over so many seconds: enough answers for p99.9, few enough to see a change.</summary>
    public const int WindowSeconds = 10;

    private const int BarWidth = 50;
    private const int RowsMax = 6;

    private readonly Queue<LongHistogram> _window = new();
    private LiveSecond _last;
    private string? _note;
    private IReadOnlyList<StageRecord> _stages = [];

    /// <summary>The last thing that happened beside the load; null for nothing. Set by any thread.</summary>
    public string? Note
    {
        get => Volatile.Read(ref _note);
        set => Volatile.Write(ref _note, value);
    }

    /// <summary>Takes a second in.</summary>
    public void Add(in LiveSecond second)
    {
        _last = second;
        _stages = second.Detail?.Stages ?? _stages;
        if (second.Detail?.FromPlanned is { } interval)
        {
            _window.Enqueue(HistogramConverter.Decode(interval));
            if (_window.Count > WindowSeconds)
            {
                _window.Dequeue();
            }
        }
    }

    /// <summary>The screen as it stands.</summary>
    public IRenderable Render()
    {
        var below = new Grid().AddColumn().AddColumn().AddColumn();
        below.AddRow(Rates(), Latency(), Refusals());
        return Note is { } note ? new Rows(Progress(), below, Stages(), new Text(note)) : new Rows(Progress(), below, Stages());
    }

    private Markup Progress()
    {
        string phase = _last.Phase ?? "starting";
        if (total is not { TotalSeconds: > 0 } planned)
        {
            return new Markup(Line($"[bold]{phase}[/]  {_last.Second} s"));
        }

        double share = Math.Min(1, _last.Second / planned.TotalSeconds);
        int done = (int)(share * BarWidth);
        return new Markup(Line(
            $"[bold]{phase}[/]  [green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/]  {_last.Second} of {planned.TotalSeconds:0} s"));
    }

    private Table Rates()
    {
        var table = Titled("last second", "", "per second");
        if (_last.Detail is { } detail)
        {
            table.AddRow("planned", Units.Count(detail.Planned));
        }

        table.AddRow("sent", Units.Count(_last.SentPerSecond));
        table.AddRow("answered", Units.Count(_last.AnsweredPerSecond));
        table.AddRow("in flight", Units.Count(_last.InFlight));
        table.AddRow("failed or dropped, in all", Alarm(_last.Failed));
        if (_last.Detail is { } late)
        {
            table.AddRow("sent late", Alarm(late.Late));
        }

        return table;
    }

    private Table Latency()
    {
        var window = new LongHistogram(1, LatencyRecorder.HighestMicroseconds, 3);
        foreach (var interval in _window)
        {
            window.Add(interval);
        }

        var table = Titled(Line($"latency, last {Math.Max(1, _window.Count)} s"), "from the planned send", "ms");
        var latency = LatencySummary.Of(window);
        (string Name, double Value)[] rows = window.TotalCount > 0
            ? [("p50", latency.P50), ("p90", latency.P90), ("p99", latency.P99), ("p99.9", latency.P99_9), ("max", latency.Max)]
            : [("p50", (_last.P50Milliseconds ?? 0) * 1_000), ("p99", (_last.P99Milliseconds ?? 0) * 1_000)];
        foreach (var (name, value) in rows)
        {
            table.AddRow(name, value > 0 ? Units.Milliseconds(value) : "–");
        }

        return table;
    }

    private Table Refusals()
    {
        var table = Titled("refused, in all", "", "count");
        var reasons = _last.Detail?.Refusals ?? [];
        foreach (var refusal in reasons.Take(RowsMax - 1))
        {
            table.AddRow(Markup.Escape(refusal.Reason), Units.Count(refusal.Count));
        }

        table.AddRow("all", Units.Count(_last.Refused));
        return table;
    }

    private Table Stages()
    {
        var table = Titled("server and PostgreSQL, last second", "ms", "p50", "p99", "p99.9", "max", "count");
        foreach (var stage in _stages)
        {
            var latency = stage.Latency;
            table.AddRow(
                Markup.Escape(ReportTables.StageName(stage.Stage)), Units.Milliseconds(latency.P50), Units.Milliseconds(latency.P99), Units.Milliseconds(latency.P99_9), Units.Milliseconds(latency.Max),
                Units.Count(latency.Count));
        }

        if (_stages.Count == 0)
        {
            table.AddRow("not known", "–", "–", "–", "–", "–");
        }

        return table;
    }

    private static Table Titled(string title, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey).Title(Markup.Escape(title));
        for (int i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(columns[i]).NoWrap();
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        return table;
    }

    private static string Alarm(long count) => count == 0 ? "0" : $"[red]{Units.Count(count)}[/]";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
