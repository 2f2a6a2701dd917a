using System.Text.Json;
using HdrHistogram;
using HdrHistogram.Utilities;
using TxCore.Protocol;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Operations;

/// <summary>A scrape of a real server says what was sent to it.</summary>
public sealed class MetricsTests(PostgresFixture postgres)
{
    private const string Stages = "txcore_stage_duration_seconds_count";

    [Fact]
    public async Task Counts_are_what_was_sent_and_refusals_tell_their_reason()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        var admin = server.Ready[0].Admin;
        var before = await Scrape.OfAsync(admin);
        await Traffic.OfEveryReasonAsync(deployment, server);

        // Connections end a moment after their client has gone, and latencies come once a second.
        var after = before;
        await Poll.UntilAsync(
            async () =>
            {
                after = await Scrape.OfAsync(admin);
                return after["txcore_connections_closed_total"] >= 4 && after[Stages, ("stage", "total")] >= Sent(after);
            },
            () => $"Closed {after["txcore_connections_closed_total"]}, measured {after[Stages, ("stage", "total")]} of {Sent(after)}.");

        Assert.Equal(1, before["txcore_entries_decided_total"]);
        Assert.Equal(Traffic.Accepted, after["txcore_entries_decided_total", ("kind", "Wager"), ("code", "Accepted"), ("shard", "1"), ("channel", "retail")]);
        Assert.Equal(Traffic.Closed, after["txcore_entries_decided_total", ("kind", "Wager"), ("code", "RaceClosed")]);
        Assert.Equal(Traffic.Closed, after["txcore_transactions_refused_total", ("reason", "RaceClosed")]);
        Assert.Equal(Traffic.Closed, after["txcore_transactions_refused_total"]);
        Assert.Equal((3, 1), (after["txcore_logons_total"], after["txcore_logons_refused_total", ("reason", "LogonRefused")]));
        Assert.Equal(1, after["txcore_connections_closed_total", ("reason", "LogonRefused")]);
        Assert.Equal((0, 0), (after["txcore_connections"], after["txcore_sessions_logged_on"]));
        Assert.Equal(after["txcore_head_number"], after["txcore_entries_decided_total"]);
        Assert.Equal(await deployment.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction WHERE line = 1"), after["txcore_entries_decided_total"]);
        Assert.Equal(await deployment.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"), after["txcore_rows_total"]);
        Assert.Equal(after["txcore_batches_total"], after["txcore_commit_duration_seconds_count"]);
        Assert.Equal(after["txcore_rows_total"], after["txcore_batch_rows_sum"]);
        foreach (string stage in (string[])["sequenced", "decided", "batched", "committed", "replied", "total"])
        {
            Assert.Equal(Sent(after), after[Stages, ("stage", stage)]);
        }

        Assert.InRange(after["txcore_commit_age_seconds"], 0, 10);
        Assert.True(after["txcore_received_bytes_total"] > 3000 && after["txcore_sent_bytes_total"] > 3000);
        Assert.True(after["dotnet_gc_collections_total"] >= 0 && after.Names.Contains("dotnet_process_memory_working_set_bytes"));
    }

    [Fact]
    public async Task Readers_of_the_stages_do_not_disturb_one_another()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        var admin = server.Ready[0].Admin;
        Assert.Equal(0, await TotalAsync("stages"));
        await Traffic.OfEveryReasonAsync(deployment, server);

        long first = await TotalAsync("stages?reader=a");
        Assert.True(first >= Traffic.Accepted + Traffic.Closed);
        Assert.Equal((0, first, first), (await TotalAsync("stages?reader=a"), await TotalAsync("stages?reader=b&shard=1"), await TotalAsync("stages")));
        var interval = JsonDocument.Parse(await Scrape.GetAsync(admin, "interval?reader=c")).RootElement;
        Assert.Equal(Traffic.Closed, interval.GetProperty("interval").GetProperty("refusals").GetProperty("RaceClosed").GetInt64());
        Assert.Equal(65_536, interval.GetProperty("status").GetProperty("ringSize").GetInt32());
        Assert.False(interval.GetProperty("interval").TryGetProperty("histograms", out _));

        // Those who add up get the histograms themselves.
        interval = JsonDocument.Parse(await Scrape.GetAsync(admin, "interval?reader=d&histograms=true")).RootElement.GetProperty("interval");
        var total = interval.GetProperty("stages").GetProperty("total");
        string text = interval.GetProperty("histograms").GetProperty("total").GetString()!;
        var histogram = HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
        Assert.Equal((first, first), (total.GetProperty("count").GetInt64(), histogram.TotalCount));
        Assert.Equal(total.GetProperty("p99").GetDouble(), histogram.GetValueAtPercentile(99) / 1000d);

        async Task<long> TotalAsync(string path) =>
            JsonDocument.Parse(await Scrape.GetAsync(admin, path)).RootElement.GetProperty("total").GetProperty("count").GetInt64();
    }

    [Fact]
    public async Task Top_prints_one_frame_without_a_terminal()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        string admin = $"{server.Ready[0].Admin}";
        var looking = CommandLine.RunAsync("top", "--admin", admin, "--once", "--interval", "4s");
        await Traffic.OfEveryReasonAsync(deployment, server);

        string frame = (await looking).Exits(0).Output;

        Assert.StartsWith($"txcore {admin}  ready", frame);
        Assert.All(["shard 1 retail", "ring 0 of 65,536", "postgres commit", "sequenced", "total", "partitions ahead"], part => Assert.Contains(part, frame));
        Assert.DoesNotContain('\u001b', frame);
        Assert.Equal(0, await server.TerminateAsync());
        Assert.Contains("No server answers", (await CommandLine.RunAsync("top", "--admin", admin, "--once")).Exits(1).Error);
        Assert.Contains("100ms", (await CommandLine.RunAsync("top", "--once", "--interval", "5ms")).Exits(1).Error);
    }

    /// <summary>Entries that came through a session: all but the start.</summary>
    private static double Sent(Scrape scrape) =>
        scrape["txcore_entries_decided_total"] - scrape["txcore_entries_decided_total", ("kind", nameof(MessageType.Started))];
}
