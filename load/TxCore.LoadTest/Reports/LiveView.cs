using System.Globalization;
using Spectre.Console;

namespace TxCore.LoadTest.Reports;

/// <summary>One second of the run. The percentiles are those of the measured time so far; null before it.</summary>
internal readonly record struct LiveSecond(
    int Second, string Phase, long SentPerSecond, long AnsweredPerSecond, double? P50Milliseconds, double? P99Milliseconds, long Refused, long Failed,
    long InFlight)
{
    /// <summary>Everything known of the second; null when only these counts are taken.</summary>
    public RunSecond? Detail { get; init; }
}

/// <summary>Shows the run while it goes on.</summary>
internal interface ILiveView
{
    void Show(in LiveSecond second);

    /// <summary>Tells something that happened beside the load. From any thread.</summary>
    void Note(string text);
}

/// <summary>Picks the view that fits the output.</summary>
internal static class LiveView
{
    /// <summary>Runs <paramref name="body"/> with a screen that stays in place in a terminal, with plain lines in a file or pipe.</summary>
    /// <param name="body">The run.</param>
    /// <param name="total">How long it is planned to last, for the progress; null when that is not known.</param>
    public static Task RunAsync(Func<ILiveView, Task> body, TimeSpan? total = null)
    {
        if (Console.IsOutputRedirected)
        {
            return body(new PlainLiveView(Console.Out));
        }

        var screen = new LiveScreen(total);
        return AnsiConsole.Live(screen.Render()).StartAsync(context => body(new TerminalLiveView(screen, context)));
    }
}

/// <summary>A screen that stays in place.</summary>
internal sealed class TerminalLiveView(LiveScreen screen, LiveDisplayContext context) : ILiveView
{
    public void Show(in LiveSecond second)
    {
        screen.Add(second);
        context.UpdateTarget(screen.Render());
    }

    /// <summary>With the next second: a line written beside a screen that stays in place would break it.</summary>
    public void Note(string text) => screen.Note = text;
}

/// <summary>A line each second, and what was refused and how the server's stages did every ten.</summary>
internal sealed class PlainLiveView(TextWriter output) : ILiveView
{
    private const int DetailEvery = 10;

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
        if (second.Detail is { } detail && second.Second % DetailEvery == 0)
        {
            Line("refused", detail.Refusals?.Select(refusal => $"{refusal.Reason} {Units.Count(refusal.Count)}"));
            Line("server p99 ms", detail.Stages?.Select(stage => $"{stage.Stage} {Units.Milliseconds(stage.Latency.P99)}"));
        }
    }

    public void Note(string text) => output.WriteLine(text);

    private void Line(string name, IEnumerable<string>? items)
    {
        if (items is not null && string.Join(", ", items) is { Length: > 0 } text)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"       {name}: {text}"));
        }
    }
}
