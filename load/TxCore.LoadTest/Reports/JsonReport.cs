using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TxCore.LoadTest.Reports;

/// <summary>Writes a run as JSON, for comparison and for machines.</summary>
internal static class JsonReport
{
    // Written only: what code has to give, and JSON leaves out, must not be asked of JSON.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireNothing } },
    };

    private static void RequireNothing(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.IsRequired = false;
        }
    }

    public static async Task WriteAsync(RunReport report, string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, report, Format, cancellationToken);
    }
}
