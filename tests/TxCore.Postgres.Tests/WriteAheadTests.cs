using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>Rows of the next batch travel over a second connection while the one before commits: order and fate of each batch stay the same.</summary>
public sealed class WriteAheadTests(PostgresFixture postgres)
{
    private const int Rows = 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, CutPosition, int> Cuts()
    {
        var cuts = new TheoryData<string, CutPosition, int>();
        foreach (string point in new[] { "COPY txcore.transaction", "copy data", "SELECT txcore.advance" })
        {
            cuts.Add(point, CutPosition.Before, 1);
            cuts.Add(point, CutPosition.AfterForward, 2);
        }

        cuts.Add("COMMIT", CutPosition.AfterForward, 1);
        cuts.Add("COMMIT", CutPosition.AfterReply, 1);
        cuts.Add("COMMIT", CutPosition.AfterReply, 2);
        return cuts;
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_connection_cut_at_any_point_stores_each_batch_exactly_once_and_in_order(string point, CutPosition position, int occurrence)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(database.Writer);
        await using var store = new PostgresShardStore(proxy.ConnectionString, ShardDatabase.Identity);
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await CommitAsync(store, entries.Next(Rows), entries.Next(Rows));
        int seen = 0;
        var cut = proxy.CutWhen(message => (point == "copy data" ? message.Type == 'd' : message.Runs(point)) && ++seen == occurrence, position);

        await CommitAsync(store, entries.Next(Rows), entries.Next(Rows), entries.Next(Rows), entries.Next(Rows));

        await cut.Fired.WaitAsync(Cancellation);
        await store.CommitAsync(entries.Next(5));
        await store.FenceAsync();
        Assert.InRange(store.Health.Retries, 1, 2);
        Assert.Null(store.Health.Trouble);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task Rows_of_two_batches_are_on_their_way_at_once_and_nothing_of_the_second_shows_before_the_first()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var (first, second) = (entries.Next(Rows), entries.Next(Rows));
        await store.WriteAheadAsync(first);
        await store.WriteAheadAsync(second);

        const string underWay = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
            """;
        Assert.Equal(2, await database.ScalarAsync<long>(underWay));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"));
        await store.CommitAsync(first);
        Assert.Equal(Rows, await database.ScalarAsync<long>("SELECT max(number) FROM txcore.transaction"));
        await store.CommitAsync(second);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_writer_that_was_replaced_while_rows_were_ahead_commits_none_of_them()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var old = database.Store();
        await old.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var (first, second) = (entries.Next(Rows), entries.Next(Rows));
        await old.WriteAheadAsync(first);
        await old.WriteAheadAsync(second);

        await using var replacement = database.Store();
        var head = await replacement.OpenAsync(Cancellation);

        Assert.Equal(0, head.Number);
        await Assert.ThrowsAsync<StoreFencedException>(async () => await old.CommitAsync(first));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"));
        await CommitAsync(replacement, first, second);
        await database.AssertWholeAsync(entries);
    }

    [Theory]
    [InlineData(Rows + 57)]
    [InlineData((2 * Rows) + 57)]
    public async Task A_refused_row_is_stored_in_plain_form_whichever_batch_it_is_in(int number)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync($"ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (number <> {number} OR amount_cents IS NULL)");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);

        await CommitAsync(store, entries.Next(Rows), entries.Next(Rows), entries.Next(Rows), entries.Next(Rows));

        Assert.Equal(1, store.Health.PlainRows);
        await database.AssertWholeAsync(entries);
        Assert.Equal(number, await database.ScalarAsync<long>("SELECT number FROM txcore.transaction WHERE plain IS NOT NULL"));
    }

    [Fact]
    public async Task A_day_without_partition_gets_one_while_rows_are_ahead()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var before = entries.Next(Rows);
        entries.BusinessDay = 20260301;

        await CommitAsync(store, before, entries.Next(Rows), entries.Next(Rows));

        Assert.Equal(0, store.Health.PlainRows);
        await database.AssertWholeAsync(entries);
    }

    [Fact]
    public async Task A_role_that_may_have_one_connection_only_writes_one_batch_after_the_other()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        string role = new Npgsql.NpgsqlConnectionStringBuilder(database.Writer).Username!;
        await database.ExecuteAsync($"ALTER ROLE \"{role}\" CONNECTION LIMIT 1");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);

        await CommitAsync(store, entries.Next(Rows), entries.Next(Rows), entries.Next(Rows));

        Assert.Equal(0, store.Health.Retries);
        await database.ExecuteAsync($"ALTER ROLE \"{role}\" CONNECTION LIMIT -1");
        await database.AssertWholeAsync(entries);
    }

    /// <summary>As the persist stage does it: each batch is ahead while the one before commits.</summary>
    private static async Task CommitAsync(PostgresShardStore store, params RowBatch[] batches)
    {
        await store.WriteAheadAsync(batches[0]);
        for (int i = 0; i < batches.Length; i++)
        {
            if (i + 1 < batches.Length)
            {
                await store.WriteAheadAsync(batches[i + 1]);
            }

            await store.CommitAsync(batches[i]);
        }
    }
}
