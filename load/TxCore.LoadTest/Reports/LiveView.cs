using Spectre.Console;

namespace TxCore.LoadTest.Reports;

/// <summary>One second of the run. The percentiles are those of the measured time so far; null before it.</summary>
internal readonly record struct LiveSecond(
    int Second, string Phase, long SentPerSecond, long AnsweredPerSecond, double? P50Milliseconds, double? P99Milliseconds, long Refused, long Failed,
    long InFlight);

/// <summary>Shows the run while it goes on.</summary>
internal interface ILiveView
{
    void Show(in LiveSecond second);
}

/// <summary>Picks the view that fits the output.</summary>
internal static class LiveView
{
    /// <summary>Runs <paramref name="body"/> with a table in a terminal, with plain lines in a file or pipe.</summary>
    public static Task RunAsync(Func<ILiveView, Task> body)
    {
        if (Console.IsOutputRedirected)
        {
            return body(new PlainLiveView(Console.Out));
        }

        var table = TerminalLiveView.NewTable();
        return AnsiConsole.Live(table).StartAsync(context => body(new TerminalLiveView(table, context)));
    }
}

/// <summary>A table that stays in place.</summary>
internal sealed class TerminalLiveView(Table table, LiveDisplayContext context) : ILiveView
{
    private const int RowsShown = 15;

    public static Table NewTable() => new Table().Border(TableBorder.Rounded)
        .AddColumns("second", "phase", "sent/s", "answered/s", "p50 ms", "p99 ms", "refused", "failed", "in flight");

    public void Show(in LiveSecond second)
    {
        if (table.Rows.Count == RowsShown)
        {
            table.RemoveRow(0);
        }

        table.AddRow(
            $"{second.Second}", second.Phase, $"{second.SentPerSecond:N0}", $"{second.AnsweredPerSecond:N0}", $"{second.P50Milliseconds:0.00}",
            $"{second.P99Milliseconds:0.00}", $"{second.Refused:N0}", $"{second.Failed:N0}", $"{second.InFlight:N0}");
        context.Refresh();
    }
}

/// <summary>A line each second.</summary>
internal sealed class PlainLiveView(TextWriter output) : ILiveView
{
    private bool _hasHeading;

    public void Show(in LiveSecond second)
    {
        if (!_hasHeading)
        {
            output.WriteLine(
                $"{"second",6} {"phase",-8} {"sent/s",9} {"answered/s",10} {"p50 ms",8} {"p99 ms",8} {"refused",9} {"failed",7} {"in flight",9}");
            _hasHeading = true;
        }

        output.WriteLine(
            $"{second.Second,6} {second.Phase,-8} {second.SentPerSecond,9:N0} {second.AnsweredPerSecond,10:N0} {second.P50Milliseconds,8:0.00} "
            + $"{second.P99Milliseconds,8:0.00} {second.Refused,9:N0} {second.Failed,7:N0} {second.InFlight,9:N0}");
    }
}
