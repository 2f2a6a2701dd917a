using System.Globalization;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Faults;

/// <summary>The clock that is wrong on purpose: only on a rehearsal, and what a server does that has it.</summary>
public sealed class RehearsalClockTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_refused_on_a_database_that_is_not_marked_and_without_a_connection()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string file = Path.Combine(deployment.Data, "clock");

        var sales = await deployment.RunAsync("serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", deployment.Data, "--rehearsal-clock", file);
        var nothing = await CommandLine.RunAsync("serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rehearsal-clock", file);

        Assert.Contains("not marked as a rehearsal", sales.Exits((int)ExitCode.StoreRefused).Error);
        Assert.Contains("rehearsal-clock", nothing.Exits((int)ExitCode.Usage).Error);
    }

    [Fact]
    public async Task Jumps_both_ways_under_load_leave_sequence_time_in_order_and_a_large_one_holds_intake_until_it_is_taken_back()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        Assert.True(await RehearsalMark.SetAsync(deployment.Provisioned.OwnerConnectionString, Cancellation));
        string file = Path.Combine(deployment.Data, "clock");
        await using var server = await deployment.ServeAsync(null, null, "--rehearsal-clock", file);
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen);
        await fleet.SellAsync(100);

        // Within the limit forward, and back behind where it was: the sequence follows the one and waits out the other.
        await SetAsync(file, 50);
        await fleet.SellAsync(100);
        long ahead = await deployment.ScalarAsync<long>("SELECT (extract(epoch FROM max(sequenced_at)) * 1000000)::int8 FROM txcore.transaction");
        Assert.InRange(ahead - NowMicroseconds(), 30_000_000, 50_000_000);
        await SetAsync(file, -100);
        await fleet.SellAsync(100);

        await SetAsync(file, 600);
        await Poll.UntilAsync(async () => !(await server.StatusAsync()).GetProperty("ready").GetBoolean(), () => "it stayed ready");
        Assert.Contains("clock", (await server.StatusAsync()).GetProperty("reason").GetString());
        await SetAsync(file, 0);
        await Poll.UntilAsync(async () => (await server.StatusAsync()).GetProperty("ready").GetBoolean(), () => "it did not get ready again");
        await fleet.SellAsync(100);
        await fleet.SettleAsync();
        await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
        Assert.Equal(0L, await deployment.ScalarAsync<long>($"SELECT count(*) FROM txcore.transaction WHERE sequenced_at > to_timestamp({ahead / 1_000_000 + 60})"));
    }

    private static long NowMicroseconds() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task SetAsync(string file, int seconds)
    {
        await File.WriteAllTextAsync(file + ".next", (seconds * 1000).ToString(CultureInfo.InvariantCulture), Cancellation);
        File.Move(file + ".next", file, overwrite: true);
    }
}
