using Spectre.Console;

namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>Prints a comparison for people.</summary>
internal static class ComparisonText
{
    /// <summary>How wide a table may be where the output has no width of its own.</summary>
    private const int FileWidth = 140;

    /// <summary>Prints the figures and what differs; of runs of different things only what differs.</summary>
    public static void Write(RunComparison comparison, bool isJudged, TextWriter output)
    {
        output.WriteLine();
        if (!isJudged)
        {
            output.WriteLine("not compared: the two runs are of different things, and their figures say nothing about each other");
            Differences(comparison.PlanDifferences, output);
            output.WriteLine("  --force compares them all the same");
            return;
        }

        var shown = comparison.ToTable();
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(shown.Title));
        for (int i = 0; i < shown.Columns.Count; i++)
        {
            var column = new TableColumn(Markup.Escape(shown.Columns[i])).NoWrap();
            table.AddColumn(i is > 0 and < 5 ? column.RightAligned() : column);
        }

        foreach (var row in shown.Rows)
        {
            table.AddRow([.. row.Select(cell => cell == "WORSE" ? new Markup("[red bold]WORSE[/]") : new Markup(Markup.Escape(cell)))]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = FileWidth;
        }

        console.Write(table);
        Differences(comparison.PlanDifferences, output);
        Differences(comparison.ConditionDifferences, output);
        output.WriteLine(comparison.Verdict);
    }

    private static void Differences(IReadOnlyList<Difference> differences, TextWriter output)
    {
        foreach (var difference in differences)
        {
            output.WriteLine($"  differs in {difference}");
        }
    }
}
