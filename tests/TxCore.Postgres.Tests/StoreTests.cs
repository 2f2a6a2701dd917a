using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

public sealed class StoreTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_read_back_byte_for_byte()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await using (var store = database.Store())
        {
            var head = await store.OpenAsync(Cancellation);
            Assert.Equal((0, 0, 1), (head.Number, head.Batch, head.Epoch));
            for (int batch = 0; batch < 20; batch++)
            {
                await store.CommitAsync(entries.Next((batch * 17) + 1));
            }

            await store.FenceAsync();
            Assert.Equal(0, store.Health.Retries);
        }

        await using var reader = database.Reader();
        long expected = 0;
        long last = await reader.ReadEntriesAsync(0, (in row) => Assert.Equal(++expected, row.Entry.Number), Cancellation);
        Assert.Equal(entries.LastNumber, last);
        Assert.Equal(entries.LastNumber, expected);
        var found = await reader.FindByNumberAsync(100, Cancellation);
        Assert.Equal(100, found!.Entry.Number);
        Assert.Equal(72, found.Command.Length);
        Assert.Null(await reader.FindByNumberAsync(last + 1, Cancellation));
        Assert.Equal(last, (await reader.ReadHeadAsync(Cancellation)).Number);
        Assert.Equal(3, await reader.CountPartitionsAheadAsync(SyntheticEntries.FirstDay, Cancellation));
        Assert.Equal(-1, await reader.CountPartitionsAheadAsync(20240101, Cancellation));
    }
}
