using System.Text.Json.Serialization;
using TxCore.Diagnostics;

namespace TxCore.Server.Hosting;

/// <summary>Present state of a shard as told by <c>/status</c>.</summary>
internal sealed record ShardStatus(
    short Shard, string Channel, bool Ready, string Reason, long Number, long Batch, long BusinessDay, ulong DefinitionsVersion, int Connections,
    int LoggedOn, long RingOccupied, int ProducersWaiting, long StoreRetries, long AmbiguousCommits, long PlainRows, string? StoreTrouble,
    long LastSnapshot)
{
    public required int RingSize { get; init; }

    public required double CommitAgeSeconds { get; init; }

    public required double SnapshotAgeSeconds { get; init; }

    public required int PartitionsAhead { get; init; }

    public required bool TimeHeld { get; init; }
}

/// <summary>What a shard did since its reader last asked, and how it stands, as told by <c>/interval</c>.</summary>
internal sealed record ShardInterval(ShardStatus Status, FiguresInterval Interval);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShardStatus[]))]
[JsonSerializable(typeof(ShardInterval))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, StageSummary>))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>Health and figures over HTTP on the admin address.</summary>
internal static class AdminEndpoints
{
    /// <summary>Longest name of a reader.</summary>
    public const int ReaderNameMax = 64;

    public static void Map(WebApplication app, ServedShards shards)
    {
        app.MapGet("/health/live", () => shards.IsLive ? Results.Text("live\n") : Results.Text("failed\n", statusCode: 503));
        app.MapGet("/health/ready", () => shards.IsReady(out string reason) ? Results.Text("ready\n") : Results.Text($"{reason}\n", statusCode: 503));
        app.MapGet("/status", () => Results.Json(shards.All.Select(Describe).ToArray(), AdminJson.Default.ShardStatusArray));

        // Each reader has intervals of its own; those that give no name share one.
        app.MapGet("/stages", (int? shard, string? reader) => Take(
            shards, shard, reader, withHistograms: false, static (_, interval) => Results.Json(interval.Stages, AdminJson.Default.IReadOnlyDictionaryStringStageSummary)));
        app.MapGet("/interval", (int? shard, string? reader, bool? histograms) => Take(
            shards, shard, reader, histograms ?? false, static (host, interval) => Results.Json(new ShardInterval(Describe(host), interval), AdminJson.Default.ShardInterval)));
    }

    private static IResult Take(ServedShards shards, int? number, string? reader, bool withHistograms, Func<ShardHost, FiguresInterval, IResult> answer)
    {
        if (reader is { Length: > ReaderNameMax })
        {
            return Results.Text($"the name of a reader has at most {ReaderNameMax} characters\n", statusCode: 400);
        }

        if (shards.Find(number) is not { } host)
        {
            return number is null
                ? Results.Text("starting\n", statusCode: 503)
                : Results.Text($"shard {number} is not served here\n", statusCode: 404);
        }

        return answer(host, host.Shard.Figures.Readers.Take(reader ?? "", withHistograms));
    }

    private static ShardStatus Describe(ShardHost host)
    {
        var shard = host.Shard;
        bool ready = shard.IsReady(out string reason);
        var health = shard.StoreHealth;
        return new ShardStatus(
            shard.Identity.Shard, shard.Identity.Channel.ToString(), ready, reason, shard.Head.Number, shard.Head.Batch, shard.Board.BusinessDay,
            shard.Board.Version, shard.Registry.ConnectionCount, shard.Registry.LoggedOnCount, shard.Intake.Occupied, shard.Intake.Waiting,
            health.Retries, health.AmbiguousCommits, health.PlainRows, health.Trouble, shard.LastSnapshot)
        {
            RingSize = shard.Intake.Size,
            CommitAgeSeconds = shard.Figures.CommitAge.TotalSeconds,
            SnapshotAgeSeconds = shard.SnapshotAge.TotalSeconds,
            PartitionsAhead = host.PartitionsAhead,
            TimeHeld = shard.IsTimeHeld,
        };
    }
}
