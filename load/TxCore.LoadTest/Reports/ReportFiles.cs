using System.Text;
using TxCore.LoadTest.Reports.Html;

namespace TxCore.LoadTest.Reports;

/// <summary>The forms a report can have, as <c>--formats</c> names them.</summary>
internal enum ReportFormat
{
    /// <summary>One page with plots.</summary>
    Html,

    /// <summary>Markdown.</summary>
    Md,

    /// <summary>The record itself, which <c>compare</c> and <c>report</c> read.</summary>
    Json,

    /// <summary>HdrHistogram's percentile distributions.</summary>
    Hgrm,

    /// <summary>HdrHistogram's interval log.</summary>
    Hlog,

    /// <summary>JUnit XML.</summary>
    Junit,
}

/// <summary>Writes a run in the forms asked for into one directory, under a name that sorts by scenario and time.</summary>
internal static class ReportFiles
{
    /// <summary>The files written, in order.</summary>
    public static async Task<IReadOnlyList<string>> WriteAsync(
        RunDocument document, string directory, IEnumerable<ReportFormat> formats, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        string stem = Path.Combine(directory, Stem(document.Run));
        List<string> written = [];
        foreach (var format in formats.Distinct())
        {
            await WriteAsync(document, stem, format, written, cancellationToken);
        }

        return written;
    }

    private static async Task WriteAsync(
        RunDocument document, string stem, ReportFormat format, List<string> written, CancellationToken cancellationToken)
    {
        var run = document.Run;
        switch (format)
        {
            case ReportFormat.Json:
                await run.WriteAsync(Add(".json"), cancellationToken);
                break;
            case ReportFormat.Hlog:
                await using (var stream = File.Create(Add(".hlog")))
                {
                    HistogramFiles.WriteLog(run, stream);
                }

                break;
            case ReportFormat.Hgrm:
                await TextAsync(Add(".planned.hgrm"), HistogramFiles.Distribution(run.FromPlanned));
                await TextAsync(Add(".sent.hgrm"), HistogramFiles.Distribution(run.FromSent));
                await TextAsync(Add(".lateness.hgrm"), HistogramFiles.Distribution(run.Lateness));
                break;
            case ReportFormat.Md:
                await TextAsync(Add(".md"), MarkdownReport.Write(document));
                break;
            case ReportFormat.Junit:
                await TextAsync(Add(".junit.xml"), JUnitReport.Write(document));
                break;
            default:
                await TextAsync(Add(".html"), HtmlReport.Write(document));
                break;
        }

        string Add(string extension)
        {
            written.Add(stem + extension);
            return written[^1];
        }

        Task TextAsync(string path, string text) => File.WriteAllTextAsync(path, text, new UTF8Encoding(false), cancellationToken);
    }

    private static string Stem(RunRecord run)
    {
        string name = string.Concat(run.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? char.ToLowerInvariant(c) : '-')).Trim('-', '.');
        return $"{(name.Length == 0 ? "run" : name)}-{run.StartedAt.UtcDateTime:yyyyMMdd-HHmmss}";
    }
}
