using System.Globalization;

namespace TxCore.LoadTest.Reports.Comparing;

/// <summary>By how much each figure may be worse than the baseline, as a share of it. Figures without one are shown and not judged.</summary>
internal sealed class Tolerances
{
    /// <summary>What holds when nothing is given: what changes between two runs of the same code on a quiet machine stays within it.</summary>
    public const string Default = "rate=2%,p50=15%,p99=15%,failed=0%,dropped=0%";

    private readonly Dictionary<string, double> _shareByFigure;

    private Tolerances(Dictionary<string, double> shareByFigure) => _shareByFigure = shareByFigure;

    /// <summary>The share a figure may be worse by; null when it is not judged.</summary>
    public double? Of(RunFigure figure) => _shareByFigure.TryGetValue(figure.Name, out double share) ? share : null;

    /// <summary>Reads <c>p99=10%,rate=2%</c> over the default. A figure named <c>=off</c> is not judged.</summary>
    /// <exception cref="FormatException">The text says what is wrong with it.</exception>
    public static Tolerances Parse(string? text)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        Read(Default, shares);
        Read(text ?? "", shares);
        return new Tolerances(shares);
    }

    private static void Read(string text, Dictionary<string, double> shares)
    {
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || RunFigures.Find(sides[0]) is not { } figure)
            {
                throw new FormatException(
                    $"\"{part}\" is no tolerance; it must be such as p99=10%, of one of {string.Join(", ", RunFigures.All.Select(f => f.Name))}.");
            }

            if (sides[1] == "off")
            {
                shares.Remove(figure.Name);
                continue;
            }

            if (!sides[1].EndsWith('%')
                || !double.TryParse(sides[1][..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent))
            {
                throw new FormatException($"\"{part}\" is no tolerance; after {figure.Name}= comes a percentage such as 10%, or off.");
            }

            shares[figure.Name] = percent / 100;
        }
    }
}
