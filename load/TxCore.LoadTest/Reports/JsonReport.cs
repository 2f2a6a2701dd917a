using System.Text.Json;

namespace TxCore.LoadTest.Reports;

/// <summary>Writes a run as JSON, for comparison and for machines.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(RunReport report, string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, report, Format, cancellationToken);
    }
}
