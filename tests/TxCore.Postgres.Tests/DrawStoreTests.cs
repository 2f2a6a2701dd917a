using TxCore.Testing;
using TxCore.Ticketing.Draws;

namespace TxCore.Postgres.Tests;

/// <summary>A draw is read from its entries alone, proved, and its ranks written once.</summary>
public sealed class DrawStoreTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_published_vector_comes_out_of_the_rows()
    {
        var database = await WriteAsync();
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);

        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = DrawList.Sort(draw.Keys);
        var record = draw.ToRecord("test");
        int[] order = DrawShuffle.Order(
            DrawCommitment.Seed(record.Beacon.Randomness, record.DrawName, record.ListRoot, record.Secret), record.Entries);

        Assert.Equal(HandMadeDraw.Root, DrawList.Root(draw.Keys, sorted));
        Assert.Equal(HandMadeDraw.Order, order);
        Assert.Equal(DrawOrder.Hash(order), record.OrderHash);
        Assert.Equal(PersonKey.Read(HandMadeDraw.Person(3)), draw.Keys[0]);
        Assert.Equal([(1, 1, 4), (2, 5, 9)], record.Waves.Select(wave => (wave.Wave, wave.FirstRank, wave.LastRank)));
        Assert.True(draw.Closed > 0 && draw.Published > draw.Run!.Number && draw.Ended == 0);
    }

    [Fact]
    public async Task Struck_entries_are_those_of_the_publication_and_later_ones_are_marked()
    {
        var database = await WriteAsync();
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);

        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = DrawList.Sort(draw.Keys);

        Assert.Equal(
            new[] { new StruckEntry(IndexOf(7), StruckReason.Withdrawn), new StruckEntry(IndexOf(2), StruckReason.Excluded) }.OrderBy(one => one.Index),
            draw.Struck(sorted));
        Assert.Equal([new StruckEntry(IndexOf(9), StruckReason.Excluded)], draw.StruckLater(sorted));

        int IndexOf(int person) => DrawList.IndexOf(draw.Keys, sorted, PersonKey.Read(HandMadeDraw.Person(person)));
    }

    [Fact]
    public async Task The_package_of_a_stored_draw_is_verified_alone()
    {
        var database = await WriteAsync();
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);
        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = DrawList.Sort(draw.Keys);
        using var package = new MemoryStream();

        DrawPackage.Write(package, draw.ToRecord("test"), draw.Keys, sorted, HandMadeDraw.Order, draw.Struck(sorted));

        package.Position = 0;
        Assert.Empty(DrawVerification.Verify(package).Findings);
    }

    [Fact]
    public async Task A_draw_that_did_not_run_or_is_not_there_says_so()
    {
        var database = await WriteAsync();
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);

        Assert.Null(await reader.ReadAsync(1234, Cancellation));
        var other = (await reader.ReadAsync(HandMadeDraw.Draw + 256, Cancellation))!;
        Assert.Equal((10, 0), (other.Keys.Count, other.Closed));
        Assert.Throws<InvalidDataException>(() => other.ToRecord("test"));
    }

    [Fact]
    public async Task Ranks_are_written_once_and_others_are_refused()
    {
        var database = await WriteAsync();
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);
        await using var projection = new DrawProjection(database.Writer, ShardDatabase.Identity);
        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = DrawList.Sort(draw.Keys);
        Assert.Null(await projection.ReadHashAsync(HandMadeDraw.Draw, Cancellation));

        bool[] written = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WriteRanksAsync(HandMadeDraw.Order)));

        Assert.Single(written, isWritten => isWritten);
        Assert.False(await WriteRanksAsync(HandMadeDraw.Order));
        Assert.Equal(DrawOrder.Hash(HandMadeDraw.Order), await projection.ReadHashAsync(HandMadeDraw.Draw, Cancellation));
        Assert.Equal(10, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.draw_ranks WHERE shard = 3 AND draw = 7"));
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteRanksAsync([.. HandMadeDraw.Order.Reverse()]));
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            projection.WriteAsync(HandMadeDraw.Draw, draw.Keys, sorted, [.. HandMadeDraw.Order.Reverse()], draw.Run!.OrderHash, Cancellation));

        Task<bool> WriteRanksAsync(int[] order) =>
            projection.WriteAsync(HandMadeDraw.Draw, draw.Keys, sorted, order, DrawOrder.Hash(order), Cancellation);
    }

    [Fact]
    public async Task The_writer_cannot_change_ranks()
    {
        var database = await WriteAsync();
        foreach (string sql in new[] { "UPDATE txcore.draw_ranks SET rank = 1", "DELETE FROM txcore.draw_projections" })
        {
            var fault = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ShardDatabase.ExecuteAsync(database.Writer, sql));
            Assert.Equal("42501", fault.SqlState);
        }
    }

    [Fact]
    public async Task Two_hundred_thousand_ranks_are_written_in_seconds()
    {
        const int count = 200_000;
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var projection = new DrawProjection(database.Writer, ShardDatabase.Identity);
        var keys = new PersonKeyList();
        int[] sorted = new int[count];
        for (int i = 0; i < count; i++)
        {
            keys.Add(new PersonKey((ulong)i, 1, 2, 3));
            sorted[i] = i;
        }

        int[] order = DrawShuffle.Order(new byte[DrawShuffle.SeedBytes], count);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.True(await projection.WriteAsync(5, keys, sorted, order, DrawOrder.Hash(order), Cancellation));

        TestContext.Current.SendDiagnosticMessage(
            "{0} ranks in {1:F0} ms", count, System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Assert.Equal(
            count, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.draw_ranks WHERE draw = 5 AND get_byte(person_key, 31) = 3"));
    }

    private async Task<ShardDatabase> WriteAsync()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var draw = new HandMadeDraw(store, entries);
        await store.CommitAsync(entries.Next(100));
        await draw.RegisterAsync();
        entries.BusinessDay++;
        await draw.RunAsync();
        await draw.GrantAsync();
        return database;
    }
}
