using System.Globalization;
using HdrHistogram;
using TxCore.LoadTest.Commands;

namespace TxCore.LoadTest.Engine.Thresholds;

/// <summary>What thresholds are held against: the measured time so far.</summary>
internal sealed record ThresholdFigures(
    HistogramBase FromPlanned, HistogramBase FromSent, HistogramBase Lateness, long Planned, long Answered, long Refused, long Failed, long Dropped,
    long Late, double Seconds);

/// <summary>
/// A condition of a run, as NBomber writes them: <c>OkLatency: p99 &lt; 10</c> (milliseconds, from the planned send),
/// <c>FailRequest: Percent &lt; 0.1</c>. Behind it, each after a semicolon: <c>AbortWhenErrorCount: 5</c> ends the run when so many looks, one
/// a second, found it broken; <c>StartCheckAfter: 10s</c> leaves the beginning of the measured time out of those looks.
/// </summary>
internal sealed record Threshold
{
    private const string Example = "write for example OkLatency: p99 < 10 or FailRequest: Percent < 0.1; AbortWhenErrorCount: 5; StartCheckAfter: 10s";
    private static readonly string[] Operators = ["<=", ">=", "<", ">", "="];
    private static readonly string[] Latencies = ["OkLatency", "SendLatency", "Lateness"];
    private static readonly string[] Requests = ["AllRequest", "OkRequest", "RefusedRequest", "FailRequest", "DroppedRequest", "LateRequest"];

    private Threshold(string text, string subject, string figure, string comparison, double limit) =>
        (Text, Subject, Figure, Comparison, Limit) = (text, subject, figure, comparison, limit);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    public string Subject { get; }

    /// <summary>A percentile such as p99.9, Min, Mean, Max; Count, Percent or RPS.</summary>
    public string Figure { get; }

    public string Comparison { get; }

    public double Limit { get; }

    /// <summary>The run is ended when so many looks found it broken; 0 for never.</summary>
    public int AbortWhenErrorCount { get; private init; }

    /// <summary>Looks before this much of the measured time do not count.</summary>
    public TimeSpan StartCheckAfter { get; private init; }

    /// <exception cref="FormatException">It is none; the message says what would be.</exception>
    public static Threshold Parse(string text)
    {
        string[] parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            throw new FormatException($"An empty threshold; {Example}.");
        }

        var threshold = Condition(parts[0]);
        foreach (string part in parts.Skip(1))
        {
            string[] option = part.Split(':', 2, StringSplitOptions.TrimEntries);
            threshold = option switch
            {
                ["AbortWhenErrorCount", var value] when int.TryParse(value, CultureInfo.InvariantCulture, out int count) && count > 0 =>
                    threshold with { AbortWhenErrorCount = count },
                ["StartCheckAfter", var value] when DurationText.TryParse(value, out var after) => threshold with { StartCheckAfter = after },
                _ => throw new FormatException($"'{part}' is no part of a threshold; {Example}."),
            };
        }

        return threshold;
    }

    /// <summary>The figure it is about; null when there is nothing to take it from.</summary>
    public double? ValueOf(ThresholdFigures figures) => Subject switch
    {
        "OkLatency" => LatencyOf(figures.FromPlanned),
        "SendLatency" => LatencyOf(figures.FromSent),
        "Lateness" => LatencyOf(figures.Lateness),
        "AllRequest" => RequestsOf(figures.Planned, figures),
        "OkRequest" => RequestsOf(figures.Answered, figures),
        "RefusedRequest" => RequestsOf(figures.Refused, figures),
        "FailRequest" => RequestsOf(figures.Failed + figures.Dropped, figures),
        "DroppedRequest" => RequestsOf(figures.Dropped, figures),
        _ => RequestsOf(figures.Late, figures),
    };

    /// <summary>Whether the value is as it must be; one that is missing is not.</summary>
    public bool Holds(double? value) => value is { } measured && Comparison switch
    {
        "<" => measured < Limit,
        "<=" => measured <= Limit,
        ">" => measured > Limit,
        ">=" => measured >= Limit,
        _ => measured == Limit,
    };

    private static Threshold Condition(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string? comparison = Array.Find(Operators, symbol => text.Contains(symbol, StringComparison.Ordinal));
        if (colon < 0 || comparison is null)
        {
            throw new FormatException($"'{text}' is no threshold; {Example}.");
        }

        string subject = text[..colon].Trim();
        string[] sides = text[(colon + 1)..].Split(comparison, 2, StringSplitOptions.TrimEntries);
        bool isLatency = Latencies.Contains(subject, StringComparer.Ordinal);
        if (!isLatency && !Requests.Contains(subject, StringComparer.Ordinal))
        {
            throw new FormatException($"There is no figure '{subject}'; there are {string.Join(", ", Latencies.Concat(Requests))}.");
        }

        bool isFigure = isLatency ? IsLatencyFigure(sides[0]) : sides[0] is "Count" or "Percent" or "RPS";
        if (!isFigure || !double.TryParse(sides[1], CultureInfo.InvariantCulture, out double limit))
        {
            throw new FormatException(
                $"'{text}' is no threshold: {subject} has {(isLatency ? "p50, p75, p99, p99.9 and so on, Min, Mean and Max, in milliseconds" : "Count, Percent and RPS")}.");
        }

        return new Threshold(text, subject, sides[0], comparison, limit);
    }

    private static bool IsLatencyFigure(string figure) =>
        figure is "Min" or "Mean" or "Max" || (Percentile(figure) is { } percentile && percentile is > 0 and <= 100);

    private static double? Percentile(string figure) =>
        figure.StartsWith('p') && double.TryParse(figure.AsSpan(1), CultureInfo.InvariantCulture, out double percentile) ? percentile : null;

    private double? LatencyOf(HistogramBase microseconds) => microseconds.TotalCount == 0 ? null : Figure switch
    {
        "Mean" => microseconds.GetMean() / 1_000,
        "Max" => microseconds.GetValueAtPercentile(100) / 1_000.0,
        "Min" => microseconds.GetValueAtPercentile(0) / 1_000.0,
        _ => microseconds.GetValueAtPercentile(Percentile(Figure)!.Value) / 1_000.0,
    };

    private double? RequestsOf(long count, ThresholdFigures figures) => Figure switch
    {
        "Count" => count,
        "Percent" => figures.Planned == 0 ? null : 100.0 * count / figures.Planned,
        _ => figures.Seconds <= 0 ? null : count / figures.Seconds,
    };
}
