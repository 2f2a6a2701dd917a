using Spectre.Console;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Tests.Reports;

public class LiveViewTests
{
    [Fact]
    public void The_screen_shows_progress_rates_percentiles_of_the_last_seconds_refusals_and_stages()
    {
        var screen = new LiveScreen(TimeSpan.FromSeconds(65));
        var run = PlottedRun.Create();
        foreach (var second in run.Seconds.Take(50))
        {
            screen.Add(Live(second));
        }

        screen.Note = "check 3 during the run: every rule holds";
        string text = Draw(screen);
        foreach (string shown in (string[])
            ["measured", "50 of 65 s", "planned", "2,000", "last 10 s", "p99.9", "SoldOut", "RunnerScratched", "PostgreSQL: commit", "total", "check 3 during the run"])
        {
            Assert.Contains(shown, text, StringComparison.Ordinal);
        }

        // The pause of seconds 30 and 31 is over for longer than the window.
        string longest = text.Split('\n').First(line => line.Contains("max ", StringComparison.Ordinal) && !line.Contains("count", StringComparison.Ordinal));
        Assert.DoesNotContain("235", longest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_without_details_shows_what_there_is()
    {
        var screen = new LiveScreen(total: null);
        Assert.Contains("starting", Draw(screen), StringComparison.Ordinal);
        screen.Add(new LiveSecond(3, "warm-up", 10, 9, null, null, 0, 2, 1));
        Assert.Contains("warm-up", Draw(screen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_gets_a_line_each_second_and_the_details_every_ten()
    {
        using var output = new StringWriter();
        var view = new PlainLiveView(output);
        foreach (var second in PlottedRun.Create().Seconds.Take(20))
        {
            view.Show(Live(second));
        }

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 20 + 4, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("       server p99 ms: decided ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("       refused: SoldOut ", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    private static LiveSecond Live(RunSecond second) => new(
        second.Second, second.IsMeasured ? "measured" : "warm-up", second.Sent, second.Accepted + second.Refused, 1.9, 5.2, second.Refused, 0,
        second.InFlight)
    {
        Detail = second,
    };

    private static string Draw(LiveScreen screen)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 140;
        console.Write(screen.Render());
        return output.ToString();
    }
}
