using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Diagnostics;

namespace TxCore.Server.Hosting;

/// <summary>Present state of a shard as told by <c>/status</c>.</summary>
internal sealed record ShardStatus(
    short Shard, string Channel, bool Ready, string Reason, long Number, long Batch, long BusinessDay, ulong DefinitionsVersion, int Connections,
    int LoggedOn, long RingOccupied, int ProducersWaiting, long StoreRetries, long AmbiguousCommits, long PlainRows, string? StoreTrouble,
    long LastSnapshot);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShardStatus[]))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>Health and figures over HTTP on the admin address.</summary>
internal static class AdminEndpoints
{
    public static void Map(WebApplication app, IReadOnlyList<ShardHost> shards)
    {
        app.MapGet("/health/live", () => shards.Any(static host => host.Shard.Failure.HasFailed) ? Results.StatusCode(503) : Results.Text("live\n"));
        app.MapGet("/health/ready", () => Ready(shards));
        app.MapGet("/status", () => Results.Json(shards.Select(Describe).ToArray(), AdminJson.Default.ShardStatusArray));
        app.MapGet("/stages", (int? shard) => Stages(shards, shard));
    }

    private static IResult Ready(IReadOnlyList<ShardHost> shards)
    {
        foreach (var host in shards)
        {
            if (!host.Shard.IsReady(out string reason))
            {
                return Results.Text($"shard {host.Shard.Identity.Shard}: {reason}\n", statusCode: 503);
            }
        }

        return Results.Text("ready\n");
    }

    private static ShardStatus Describe(ShardHost host)
    {
        var shard = host.Shard;
        bool ready = shard.IsReady(out string reason);
        var health = shard.StoreHealth;
        return new ShardStatus(
            shard.Identity.Shard, shard.Identity.Channel.ToString(), ready, reason, shard.Head.Number, shard.Head.Batch, shard.Board.BusinessDay,
            shard.Board.Version, shard.Registry.ConnectionCount, shard.Registry.LoggedOnCount, shard.Intake.Occupied, shard.Intake.Waiting,
            health.Retries, health.AmbiguousCommits, health.PlainRows, health.Trouble, shard.LastSnapshot);
    }

    /// <summary>Percentiles of each stage since the last call, in microseconds, under the names that reports use.</summary>
    private static IResult Stages(IReadOnlyList<ShardHost> shards, int? number)
    {
        var host = number is null ? shards[0] : shards.FirstOrDefault(candidate => candidate.Shard.Identity.Shard == number);
        if (host is null)
        {
            return Results.Text($"shard {number} is not served here\n", statusCode: 404);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (stage, summary) in host.Shard.Latencies.TakeInterval())
            {
                WriteSummary(writer, stage, summary);
            }

            writer.WriteEndObject();
        }

        return Results.Bytes(buffer.ToArray(), "application/json");
    }

    private static void WriteSummary(Utf8JsonWriter writer, string stage, StageSummary summary)
    {
        writer.WriteStartObject(stage);
        writer.WriteNumber("count", summary.Count);
        writer.WriteNumber("p50", summary.P50);
        writer.WriteNumber("p90", summary.P90);
        writer.WriteNumber("p99", summary.P99);
        writer.WriteNumber("p99_9", summary.P99_9);
        writer.WriteNumber("p99_99", summary.P99_99);
        writer.WriteNumber("max", summary.Max);
        writer.WriteEndObject();
    }
}
