using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>One writer, on a database that is its own and keeps what it commits.</summary>
public sealed class WriterTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_writer_fences_the_first_which_then_writes_nothing()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var first = database.Store();
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await first.OpenAsync(Cancellation);
        await first.CommitAsync(entries.Next(10));
        await using var second = database.Store();

        var head = await second.OpenAsync(Cancellation);

        Assert.Equal((10, 2), (head.Number, head.Epoch));
        var batch = entries.Next(10);
        await Assert.ThrowsAsync<StoreFencedException>(async () => await first.CommitAsync(batch));
        Assert.Equal(10, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"));
        await second.CommitAsync(batch);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_fenced_writer_learns_it_without_rows_too_and_after_a_lost_connection()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var first = database.Store();
        await using var lost = database.Store();
        await first.OpenAsync(Cancellation);
        await lost.OpenAsync(Cancellation);
        await Assert.ThrowsAsync<StoreFencedException>(async () => await first.FenceAsync());
        await using var last = database.Store();
        await last.OpenAsync(Cancellation);
        await database.EndWriterAsync();
        await Assert.ThrowsAsync<StoreFencedException>(async () => await lost.FenceAsync());
        await last.FenceAsync();
    }

    [Theory]
    [InlineData(3, Channel.Online)]
    [InlineData(4, Channel.Retail)]
    public async Task A_database_of_another_shard_or_channel_is_refused(short shard, Channel channel)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var other = new ShardIdentity(shard, channel);
        await using var store = new PostgresShardStore(database.Writer, other);
        await using var reader = new PostgresShardReader(database.Writer, other);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Cancellation));

        Assert.Contains("swapped", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await reader.ReadHeadAsync(Cancellation));
        await Assert.ThrowsAsync<StoreRefusedException>(() => PostgresMigrations.ApplyAsync(
            database.Provisioned.OwnerConnectionString, other, database.Provisioned.WriterRole, SyntheticEntries.FirstDay, 1, Cancellation));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT epoch FROM txcore.shard"));
    }

    [Fact]
    public async Task A_role_that_does_not_wait_for_the_disk_is_refused_at_the_start_and_on_every_later_connection()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var running = database.Store();
        await running.OpenAsync(Cancellation);
        await database.ExecuteAsync($"ALTER ROLE {database.Provisioned.WriterRole} SET synchronous_commit = off");

        await using var starting = database.Store();
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await starting.OpenAsync(Cancellation));
        Assert.Contains("ALTER ROLE", refused.Message, StringComparison.Ordinal);

        await database.EndWriterAsync();
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await running.FenceAsync());
    }

    [Fact]
    public async Task A_role_with_a_statement_timeout_commits_all_the_same()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync($"ALTER ROLE {database.Provisioned.WriterRole} SET statement_timeout = 1");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(4000));
        Assert.Equal(0, store.Health.Retries);
    }

    [Theory]
    [InlineData("UPDATE txcore.transaction SET amount_cents = 1")]
    [InlineData("DELETE FROM txcore.transaction")]
    [InlineData("TRUNCATE txcore.transaction")]
    [InlineData("DELETE FROM txcore.transaction_20251105")]
    [InlineData("UPDATE txcore.batch SET hash = hash")]
    [InlineData("DELETE FROM txcore.batch")]
    [InlineData("DELETE FROM txcore.head")]
    [InlineData("UPDATE txcore.source SET disabled = false")]
    [InlineData("UPDATE txcore.snapshot_chunk SET content = ''")]
    [InlineData("UPDATE txcore.shard SET channel = 2")]
    [InlineData("DELETE FROM txcore.shard")]
    [InlineData("DROP TABLE txcore.batch")]
    [InlineData("CREATE TABLE txcore.other (n int)")]
    [InlineData("ALTER TABLE txcore.transaction DISABLE TRIGGER ALL")]
    public async Task The_writer_role_cannot_change_what_is_stored(string sql)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ShardDatabase.ExecuteAsync(database.Writer, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_database_without_the_schema_is_refused_with_the_way_out()
    {
        string empty = await postgres.CreateDatabaseAsync("empty");
        await using var store = new PostgresShardStore(empty, ShardDatabase.Identity);
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Cancellation));
        Assert.Contains("migration", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_waits_for_a_server_that_is_not_there_until_cancelled_and_says_so()
    {
        await using var store = new PostgresShardStore("Host=127.0.0.1;Port=1;Database=none;Username=none", ShardDatabase.Identity);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var opening = store.OpenAsync(patience.Token).AsTask();
        while (store.Health.Retries < 3)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        }

        Assert.NotNull(store.Health.Trouble);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task Of_several_hosts_the_primary_that_answers_is_taken()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var hosts = new NpgsqlConnectionStringBuilder(database.Writer) { TargetSessionAttributes = "primary" };
        hosts.Host = $"127.0.0.1:1,127.0.0.1:{hosts.Port}";
        await using var store = new PostgresShardStore(hosts.ConnectionString, ShardDatabase.Identity);
        await using var reader = new PostgresShardReader(hosts.ConnectionString, ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(10));
        await database.EndWriterAsync();
        await store.CommitAsync(entries.Next(10));
        Assert.Equal(20, (await reader.ReadHeadAsync(Cancellation)).Number);
    }

    [Fact]
    public async Task A_batch_that_does_not_follow_what_is_stored_is_refused()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        entries.Next(10);
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.CommitAsync(entries.Next(10)));
    }

    [Fact]
    public async Task A_batch_across_two_days_and_a_missing_partition_are_both_taken()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(30, dayEndsAfter: 10));
        entries.BusinessDay = 20251224;

        await store.CommitAsync(entries.Next(30));

        Assert.Equal(0, store.Health.PlainRows);
        await database.AssertWholeAsync(entries);
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.day"));
    }
}
