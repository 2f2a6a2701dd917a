using Npgsql;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>Whatever happens to the connection, a batch is stored exactly once and the chain holds.</summary>
public sealed class FaultTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, CutPosition> Cuts()
    {
        var cuts = new TheoryData<string, CutPosition>();
        foreach (string point in new[] { "BEGIN", "SELECT txcore.advance", "COPY txcore.transaction", "COMMIT" })
        {
            foreach (var position in Enum.GetValues<CutPosition>())
            {
                // A COPY is not answered in full before its rows came: the silent server below.
                if (position is not (CutPosition.AfterReply or CutPosition.InReply) || !point.StartsWith("COPY", StringComparison.Ordinal))
                {
                    cuts.Add(point, position);
                }
            }
        }

        cuts.Add("INSERT INTO txcore.transaction", CutPosition.Before);
        cuts.Add("INSERT INTO txcore.transaction", CutPosition.AfterForward);
        cuts.Add("INSERT INTO txcore.transaction", CutPosition.AfterReply);
        cuts.Add("small COMMIT", CutPosition.Before);
        cuts.Add("small COMMIT", CutPosition.AfterForward);
        cuts.Add("small COMMIT", CutPosition.AfterReply);
        cuts.Add("copy data", CutPosition.Before);
        cuts.Add("copy data", CutPosition.AfterForward);
        return cuts;
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_connection_cut_at_any_point_stores_each_batch_exactly_once(string point, CutPosition position)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(database.Writer);
        await using var store = new PostgresShardStore(proxy.ConnectionString, ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(300));
        bool isSmall = point is "INSERT INTO txcore.transaction" or "small COMMIT";
        var cut = proxy.CutWhen(message => point == "copy data" ? message.Type == 'd' : message.Runs(point == "small COMMIT" ? "COMMIT" : point), position);

        // A small batch goes in one round trip, so that a cut anywhere in it leaves its COMMIT in doubt; a larger one is copied, and COMMIT travels
        // with the advance of the shard row.
        await store.CommitAsync(entries.Next(isSmall ? 10 : 1000));

        await cut.Fired.WaitAsync(Cancellation);
        await store.CommitAsync(entries.Next(5));
        await store.FenceAsync();
        Assert.Equal(point is "COMMIT" or "SELECT txcore.advance" || isSmall ? 1 : 0, store.Health.AmbiguousCommits);
        Assert.Equal(1, store.Health.Retries);
        Assert.Null(store.Health.Trouble);
        await database.AssertWholeAsync(entries);
    }

    [Theory]
    [InlineData(CutPosition.Before)]
    [InlineData(CutPosition.AfterForward)]
    [InlineData(CutPosition.AfterReply)]
    public async Task A_cut_while_the_shard_is_taken_again_is_survived_too(CutPosition position)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(database.Writer);
        await using var store = new PostgresShardStore(proxy.ConnectionString, ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var first = proxy.CutWhen(message => message.Runs("COMMIT"), position);
        var second = proxy.CutWhen(message => message.Runs("COMMIT"), position);

        await store.CommitAsync(entries.Next(50));

        await Task.WhenAll(first.Fired, second.Fired).WaitAsync(Cancellation);
        await store.CommitAsync(entries.Next(50));
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_server_that_falls_silent_before_the_commit_is_given_up_after_the_time_limit()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(database.Writer);
        await using var store = new PostgresShardStore(proxy.ConnectionString + ";Command Timeout=1", ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        proxy.CutWhen(message => message.Runs("COPY txcore.transaction"), CutPosition.AfterReply);

        await store.CommitAsync(entries.Next(1000)).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal((1, 0), (store.Health.Retries, store.Health.AmbiguousCommits));
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_commit_that_arrives_after_the_question_was_asked_changes_nothing()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(database.Writer);
        await using var store = new PostgresShardStore(proxy.ConnectionString, ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var held = proxy.HoldFrontendWhen(message => message.Runs("COMMIT"));

        await store.CommitAsync(entries.Next(200));

        Assert.Equal("57P01", await held.ReleaseAsync());
        Assert.Equal(1, store.Health.AmbiguousCommits);
        await store.CommitAsync(entries.Next(10));
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_server_killed_and_started_again_loses_and_repeats_nothing()
    {
        await using var server = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        var database = await ShardDatabase.CreateAsync(server.SuperuserConnectionString("postgres"));
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var killing = KillAsync(server);
        while (!killing.IsCompleted)
        {
            await store.CommitAsync(entries.Next(500));
        }

        await killing;
        await store.CommitAsync(entries.Next(500));
        Assert.True(store.Health.Retries > 0);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_backend_ended_by_an_administrator_is_replaced()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(20));
        await database.EndWriterAsync();
        await store.CommitAsync(entries.Next(20));
        await database.EndWriterAsync();
        await store.FenceAsync();
        await store.CommitAsync(entries.Next(20));
        Assert.Equal(2, store.Health.Retries);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_warning_on_commit_counts_as_ambiguous()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await database.ExecuteAsync("""
            CREATE FUNCTION public.warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'not on the standby'; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON txcore.batch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.warn();
            """);
        var entries = new SyntheticEntries(ShardDatabase.Identity);

        await store.CommitAsync(entries.Next(20));

        Assert.Equal(1, store.Health.AmbiguousCommits);
        await database.AssertWholeAsync(entries);
    }

    private static async Task KillAsync(PrivatePostgresServer server)
    {
        for (int kill = 0; kill < 3; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
            await server.KillAsync();
            await server.RestartAsync(Cancellation);
        }
    }
}
