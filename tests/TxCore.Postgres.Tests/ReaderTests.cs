using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

public sealed class ReaderTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_read_back_in_order_across_days()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var entries = await WriteAsync(database, new SyntheticEntries(ShardDatabase.Identity) { Lines = 3 }, 300, 60_000, 300);
        await using var reader = database.Reader();
        long expected = 0;

        long last = await reader.ReadEntriesAsync(0, Check, Cancellation);

        Assert.Equal((entries.LastNumber, entries.LastNumber), (last, expected));
        Assert.Equal(last, await reader.ReadEntriesAsync(last, (in _) => Assert.Fail("There is none."), Cancellation));
        expected = 60_100;
        Assert.Equal(last, await reader.ReadEntriesAsync(60_100, Check, Cancellation));
        Assert.Equal(last, (await reader.ReadHeadAsync(Cancellation)).Number);

        void Check(in StoredRow row)
        {
            Assert.Equal((++expected, 1), (row.Entry.Number, row.Line));
            Assert.Equal(72, row.Command.Length);
        }
    }

    [Fact]
    public async Task Entries_are_found_by_number_and_by_sequence_in_open_and_closed_days()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var entries = await WriteAsync(database, new SyntheticEntries(ShardDatabase.Identity), 1000, 1000, 1000);
        await using var reader = database.Reader();
        await MaintainAsync(database, 20251107);
        foreach (long number in new long[] { 1, 999, 1001, 2001, 3000 })
        {
            var row = await reader.FindByNumberAsync(number, Cancellation);
            Assert.Equal(number, row!.Entry.Number);
            var same = await reader.FindBySequenceAsync(row.Entry.Source, row.Entry.Sequence, number, Cancellation);
            Assert.Equal(number, same!.Entry.Number);
        }

        Assert.Null(await reader.FindByNumberAsync(0, Cancellation));
        Assert.Null(await reader.FindByNumberAsync(3001, Cancellation));
        var walked = await reader.FindBySequenceAsync(2, 420, entries.LastNumberOf(2), Cancellation);
        Assert.Equal(420, walked!.Entry.Sequence);
        Assert.Equal(15, (await reader.FindBySequenceAsync(2, 15, 0, Cancellation))!.Entry.Sequence);
        Assert.Equal(15, (await reader.FindBySequenceAsync(2, 15, entries.LastNumberOf(2), Cancellation))!.Entry.Sequence);
        Assert.Null(await reader.FindBySequenceAsync(2, 9999, 0, Cancellation));
        Assert.Null(await reader.FindBySequenceAsync(2, 9999, entries.LastNumberOf(2), Cancellation));
    }

    [Fact]
    public async Task A_row_that_was_changed_stops_recovery()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await WriteAsync(database, new SyntheticEntries(ShardDatabase.Identity), 100);
        await using var reader = database.Reader();
        await database.ExecuteAsync("UPDATE txcore.transaction SET code = 0 WHERE number = 50");
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadEntriesAsync(0, (in _) => { }, Cancellation));
        await database.ExecuteAsync("DELETE FROM txcore.transaction WHERE number = 50");
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadEntriesAsync(0, (in _) => { }, Cancellation));
    }

    [Fact]
    public async Task Snapshots_come_back_newest_first_and_an_unreadable_one_is_told()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var reader = database.Reader();
        Assert.Empty(await reader.ListSnapshotsAsync(Cancellation));
        byte[] bytes = new byte[(3 * 1024 * 1024) + 17];
        new Random(4).NextBytes(bytes);
        foreach (long number in new long[] { 10, 20, 30, 40 })
        {
            await reader.WriteSnapshotAsync(number, 1, bytes.AsMemory(0, number == 20 ? 0 : bytes.Length), Cancellation);
        }

        await reader.WriteSnapshotAsync(40, 1, bytes, Cancellation);
        var snapshots = await reader.ListSnapshotsAsync(Cancellation);
        Assert.Equal([40, 30, 20], snapshots.Select(snapshot => snapshot.Number));
        Assert.Equal(4, snapshots[0].Chunks);
        Assert.Equal(bytes, await reader.ReadSnapshotAsync(snapshots[0], Cancellation));
        Assert.Empty(await reader.ReadSnapshotAsync(snapshots[2], Cancellation));

        await database.ExecuteAsync(
            "UPDATE txcore.snapshot_chunk SET content = set_byte(content, 9, 1 - get_byte(content, 9) % 2) WHERE number = 40 AND chunk = 1");
        await database.ExecuteAsync("DELETE FROM txcore.snapshot_chunk WHERE number = 30 AND chunk = 3");
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadSnapshotAsync(snapshots[0], Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadSnapshotAsync(snapshots[1], Cancellation));
    }

    [Fact]
    public async Task Sources_are_registered_changed_and_disabled_by_new_versions()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var registry = new SourceRegistry(database.Writer, ShardDatabase.Identity);
        await using var reader = database.Reader();
        var source = new SourceRecord(7, 42, Channel.Retail, SourceRole.Submit, 256, [1, 2], 4096, new byte[32], new byte[32], false);
        await registry.AddSourceAsync(source, Cancellation);
        await registry.AddSourcesAsync([source with { Id = 8 }, source with { Id = 7, Outlet = 43 }], Cancellation);

        Assert.True(await registry.DisableAsync(8, Cancellation));
        Assert.False(await registry.DisableAsync(9, Cancellation));

        var sources = await reader.ReadSourcesAsync(Cancellation);
        Assert.Equal([(7u, 43, false), (8u, 42, true)], sources.Select(read => (read.Id, read.Outlet, read.Disabled)));
        Assert.Equal(source.Salt, sources[0].Salt);
        await Assert.ThrowsAsync<ArgumentException>(() => registry.AddSourceAsync(source with { Channel = Channel.Online }, Cancellation));
    }

    [Fact]
    public async Task Maintenance_makes_partitions_closes_days_and_keeps_the_newest_snapshots()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await WriteAsync(database, new SyntheticEntries(ShardDatabase.Identity), 100, 100);
        await using var reader = database.Reader();
        for (int number = 1; number < 12; number++)
        {
            await reader.WriteSnapshotAsync(number, 1, new byte[] { 1 }, Cancellation);
        }

        await MaintainAsync(database, 20251106);
        await MaintainAsync(database, 20251106);

        Assert.Equal(7, await reader.CountPartitionsAheadAsync(20251106, Cancellation));
        Assert.Equal(-1, await reader.CountPartitionsAheadAsync(20240101, Cancellation));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.partition WHERE closed"));
        Assert.Equal(8, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.snapshot"));
        Assert.Equal(8, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.snapshot_chunk"));
    }

    [Fact]
    public async Task Partitions_are_counted_under_a_plan_that_looks_at_every_table()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        string connection = new NpgsqlConnectionStringBuilder(database.Writer) { Options = "-c enable_nestloop=off" }.ConnectionString;
        await using var reader = new PostgresShardReader(connection, ShardDatabase.Identity);

        Assert.True(await reader.CountPartitionsAheadAsync(SyntheticEntries.FirstDay, Cancellation) > 0);
    }

    [Fact]
    public async Task Maintenance_summarises_the_pages_of_the_day_as_they_fill()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await using var maintenance = new PostgresMaintenance(
            database.Writer, ShardDatabase.Identity, TimeProvider.System, failure => Assert.Fail(failure.Message));
        for (int turn = 0; turn < 3; turn++)
        {
            await store.CommitAsync(entries.Next(5000));
            await maintenance.TurnAsync(SyntheticEntries.FirstDay, Cancellation);
        }

        // What is full has its range; asking for all new ones finds but the last, which is not.
        const string sql = "SELECT brin_summarize_new_values(indexrelid) FROM pg_index WHERE indrelid = 'txcore.transaction_20251105'::regclass";
        Assert.InRange(await database.ScalarAsync<int>(sql), 0, 1);
    }

    [Fact]
    public async Task A_day_that_is_not_over_is_not_closed()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await WriteAsync(database, new SyntheticEntries(ShardDatabase.Identity), 10);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => ShardDatabase.ExecuteAsync(database.Writer, "SELECT txcore.close_partition('2025-11-05')"));
    }

    private static async Task MaintainAsync(ShardDatabase database, int day)
    {
        await using var maintenance = new PostgresMaintenance(
            database.Writer, ShardDatabase.Identity, TimeProvider.System, failure => Assert.Fail(failure.Message));
        await maintenance.TurnAsync(day, Cancellation);
    }

    /// <summary>Writes days of so many entries each, in batches that reach over midnight.</summary>
    private static async Task<SyntheticEntries> WriteAsync(ShardDatabase database, SyntheticEntries entries, params int[] days)
    {
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await store.CommitAsync(entries.Next(days[0]));
        foreach (int day in days[1..])
        {
            await store.CommitAsync(entries.Next(day, dayEndsAfter: 0));
        }

        return entries;
    }
}
