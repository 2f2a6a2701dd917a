using System.Globalization;
using HdrHistogram;

namespace TxCore.LoadTest.Reports;

/// <summary>The histograms in the files of HdrHistogram, which its plotter, wrk2's and others' tools read.</summary>
internal static class HistogramFiles
{
    /// <summary>Of the seconds that are measured.</summary>
    public const string MeasuredTag = "measured";

    /// <summary>Of the seconds before and after.</summary>
    public const string WarmUpTag = "warm-up";

    private const double MicrosecondsOfMillisecond = 1_000;

    /// <summary>The percentile distribution (<c>.hgrm</c>), values in milliseconds.</summary>
    public static string Distribution(LongHistogram histogram)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        histogram.OutputPercentileDistribution(text, 5, MicrosecondsOfMillisecond);
        return text.ToString();
    }

    /// <summary>The interval log (<c>.hlog</c>): a tagged histogram for each second, values in microseconds; of the whole run when it has no seconds.</summary>
    public static void WriteLog(RunRecord run, Stream stream)
    {
        List<HistogramBase> intervals = [];
        long start = run.StartedAt.ToUnixTimeMilliseconds();
        foreach (var second in run.Seconds.Where(second => second.FromPlanned is not null))
        {
            long from = start + ((second.Second - 1) * 1_000L);
            intervals.Add(Interval(HistogramConverter.Decode(second.FromPlanned!), second.IsMeasured ? MeasuredTag : WarmUpTag, from, from + 1_000));
        }

        if (intervals.Count == 0)
        {
            intervals.Add(Interval(
                run.FromPlanned, MeasuredTag, start + (long)(run.WarmUpSeconds * 1_000), start + (long)((run.WarmUpSeconds + run.DurationSeconds) * 1_000)));
        }

        HistogramLogWriter.Write(stream, run.StartedAt.UtcDateTime, [.. intervals]);
    }

    private static HistogramBase Interval(LongHistogram histogram, string tag, long from, long to)
    {
        var copy = Engine.LatencyRecorder.Copy(histogram);
        copy.Tag = tag;
        copy.StartTimeStamp = from;
        copy.EndTimeStamp = to;
        return copy;
    }
}
