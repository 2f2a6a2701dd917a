using Npgsql;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.Postgres;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

public class TargetTests
{
    [Fact]
    public async Task A_server_that_runs_already_is_driven_again_and_again_and_only_while_its_database_is_marked()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await PrivateHost.StartAsync(RunSettings.PrivateIdentity, [], TimeProvider.System.GetUtcNow(), cancellationToken);
        var target = new TargetSettings(
            host.Address.Host, host.Address.Port, host.CheckConnectionString!, host.WriterConnectionString, host.Server.AdminAddress);

        // The second run finds what the first one left: its numbers, its races, its sale.
        foreach (uint first in (uint[])[100_000, 200_000])
        {
            var settings = SmallRun.Settings("steady:3,registration:1", "Inject(rate: 150, interval: 1s, during: 1s)") with { Target = target, FirstSource = first };
            var record = await SmallRun.RunAsync(settings);
            SmallRun.MustPass(record);
            Assert.Equal($"{host.Address.Host}:{host.Address.Port}", record.Target);
        }

        await using var source = NpgsqlDataSource.Create(host.CheckConnectionString!);
        await using var unmark = source.CreateCommand("UPDATE txcore.shard SET rehearsal = false");
        await unmark.ExecuteNonQueryAsync(cancellationToken);
        var refused = await Assert.ThrowsAsync<TargetRefusedException>(
            () => SmallRun.RunAsync(SmallRun.Settings("steady", "Inject(rate: 10, interval: 1s, during: 1s)") with { Target = target }));
        Assert.Contains("txcore db mark-rehearsal", refused.Message, StringComparison.Ordinal);

        // What has entries, which may be real, is not marked afterwards.
        Assert.False(await RehearsalMark.SetAsync(host.CheckConnectionString!, cancellationToken));
    }

    [Fact]
    public async Task A_server_that_writes_to_another_database_than_the_one_marked_is_sent_no_load()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        string[] sources = ["7001 0 admin 64 secret-a", "7002 0 submit 64 secret-b", "7003 0 submit 64 secret-c"];
        var accounts = AccountBook.Given(sources);
        accounts.Frontends(2);
        await using var host = await PrivateHost.StartAsync(RunSettings.PrivateIdentity, accounts.All, TimeProvider.System.GetUtcNow(), cancellationToken);
        await using var others = await RehearsalPostgres.StartAsync(cancellationToken);
        var other = await others.CreateDatabaseAsync(RunSettings.PrivateIdentity, TimeProvider.System.GetUtcNow(), [], cancellationToken);
        var settings = SmallRun.Settings("registration", "Inject(rate: 10, interval: 1s, during: 1s)") with
        {
            Target = new TargetSettings(host.Address.Host, host.Address.Port, other.CheckConnectionString, null, null),
            GivenSources = sources,
        };

        var refused = await Assert.ThrowsAsync<TargetRefusedException>(() => SmallRun.RunAsync(settings));

        Assert.Contains("does not write to the database given", refused.Message, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(host.CheckConnectionString!);
        await using var sold = source.CreateCommand("SELECT count(*) FROM txcore.transaction WHERE source IN (7002, 7003)");
        Assert.Equal(0L, await sold.ExecuteScalarAsync(cancellationToken));
    }

    [Fact]
    public void A_list_of_sources_gives_its_administrator_and_then_the_others_in_order()
    {
        var accounts = AccountBook.Given(["# ours", "7001 0 admin 64 secret-a", "7002 1 submit 64 secret-b", "7003 1 submit 64 secret-c"]);

        Assert.Equal(7001u, accounts.Administrator.Id);
        Assert.Equal([7002u], accounts.Terminals(1).Select(account => account.Id));
        Assert.Throws<FormatException>(() => accounts.Frontends(2));
        Assert.Throws<FormatException>(() => AccountBook.Given(["7002 1 submit 64 secret"]));
    }
}
