using Npgsql;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Tests.Scenarios.Running;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Tests.Scenarios.RaceDay;

public class TargetDayTests
{
    private const int SampleRaces = 9;

    /// <summary>The role of load/README.md: it reads, makes temporary tables and calls what views call.</summary>
    private const string Reader = """
        CREATE ROLE load_reader LOGIN PASSWORD 'reads';
        GRANT USAGE ON SCHEMA txcore TO load_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA txcore TO load_reader;
        DO $$ BEGIN
            EXECUTE format('GRANT CONNECT, TEMP ON DATABASE %I TO load_reader', current_database());
            EXECUTE (SELECT string_agg(format('GRANT EXECUTE ON FUNCTION %s TO load_reader', oid::regprocedure), '; ')
                       FROM pg_proc WHERE pronamespace = 'txcore'::regnamespace AND NOT prosecdef);
        END $$
        """;

    [Fact]
    public async Task A_day_is_held_on_a_server_that_runs_already_and_another_one_after_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await PrivateHost.StartAsync(
            new ShardIdentity(2, Channel.Online), [], TimeProvider.System.GetUtcNow(), cancellationToken);
        await ExecuteAsync(host, Reader);
        string reader = new NpgsqlConnectionStringBuilder(host.CheckConnectionString!) { Username = "load_reader", Password = "reads" }.ToString();
        var target = new TargetSettings(host.Address.Host, host.Address.Port, reader, host.WriterConnectionString, host.Server.AdminAddress);

        // The second day finds the races, the tickets, the barred players and the numbers of the first.
        foreach (uint first in (uint[])[100_000, 200_000])
        {
            var record = await RunAsync(target, first);

            SmallRun.MustPass(record);
            Assert.Equal($"{host.Address.Host}:{host.Address.Port}", record.Target);
            Assert.Empty(record.Kills);
            Assert.Contains(record.Checks, check => check.Rule.Contains("per pool, accepted stakes", StringComparison.Ordinal));
            Assert.DoesNotContain(record.Checks, check => check.Rule.Contains("txcore ", StringComparison.Ordinal));
            Assert.Contains(record.Findings, finding => finding.Name.Contains("txcore day balance", StringComparison.Ordinal)
                && finding.Value.StartsWith("not measured (remote)", StringComparison.Ordinal));
            Assert.Contains(record.Stages, stage => stage.Stage == ServerStages.Committed);
            var channel = Assert.Single(record.RaceDay!.Channels);
            Assert.Equal("online", channel.Channel);
            Assert.Equal(SampleRaces, channel.Races.Published);
            Assert.True(channel is { Tickets: > 100, PaidCents: > 0, LateRefused: > 0 }, SmallRun.Describe(record));
        }

        Assert.Equal(2L * SampleRaces, await CountAsync(host, "SELECT count(DISTINCT race) FROM txcore.transaction WHERE kind = 769 AND code = 0"));
    }

    [Fact]
    public async Task A_server_whose_database_is_not_marked_gets_no_day()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await PrivateHost.StartAsync(
            new ShardIdentity(1, Channel.Retail), [], TimeProvider.System.GetUtcNow(), cancellationToken);
        await ExecuteAsync(host, "UPDATE txcore.shard SET rehearsal = false");
        var target = new TargetSettings(
            host.Address.Host, host.Address.Port, host.CheckConnectionString!, host.WriterConnectionString, host.Server.AdminAddress);

        var refused = await Assert.ThrowsAsync<TargetRefusedException>(() => RunAsync(target, 100_000));

        Assert.Contains("txcore db mark-rehearsal", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(host, "SELECT count(*) FROM txcore.source"));
        Assert.Equal(0L, await CountAsync(host, "SELECT count(*) FROM txcore.transaction WHERE source <> 0"));
    }

    /// <summary>The sample day in eight seconds.</summary>
    private static Task<RunRecord> RunAsync(TargetSettings target, uint firstSource)
    {
        var settings = new RaceDaySettings
        {
            Target = target,
            FirstSource = firstSource,
            RatePerSecond = 100,
            Transactions = 800,
            Seed = Random.Shared.Next(),
        };
        TestContext.Current.SendDiagnosticMessage($"seed {settings.Seed}");
        return new RaceDayRun(settings, TimeProvider.System, TextWriter.Null).RunAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(PrivateHost host, string sql)
    {
        await using var source = NpgsqlDataSource.Create(host.CheckConnectionString!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<long> CountAsync(PrivateHost host, string sql)
    {
        await using var source = NpgsqlDataSource.Create(host.CheckConnectionString!);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
