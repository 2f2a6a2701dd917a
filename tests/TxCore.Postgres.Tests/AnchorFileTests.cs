using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

public sealed class AnchorFileTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_servers_on_one_anchor_file_break_neither_its_lines_nor_its_chain()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        string directory = postgres.CreateDirectory();
        var anchored = new VerifyOptions { AnchorFile = Path.Combine(directory, "anchor"), KeyFile = Path.Combine(directory, "key.pem") };
        using var key = await SigningKey.LoadOrCreateAsync(anchored.KeyFile, Cancellation);
        await using var frozen = new SignedHeads(database.Writer, ShardDatabase.Identity, key, anchored.AnchorFile, TimeProvider.System);
        await using var replacing = new SignedHeads(database.Writer, ShardDatabase.Identity, key, anchored.AnchorFile, TimeProvider.System);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var first = await CommitAsync(store, entries);

        await frozen.SignAndStoreAsync(first, Cancellation);
        await replacing.SignAndStoreAsync(await CommitAsync(store, entries), Cancellation);
        await replacing.SignAndStoreAsync(await CommitAsync(store, entries), Cancellation);
        await frozen.SignAndStoreAsync(first, Cancellation);
        await replacing.SignAndStoreAsync(await CommitAsync(store, entries), Cancellation);

        await frozen.SignAndStoreAsync(first, Cancellation);

        var report = await database.VerifyAsync(anchored);
        Assert.Equal((6, null), (report.AnchorLines, report.Fault));
    }

    [Fact]
    public async Task A_database_older_than_any_line_is_refused_though_the_last_line_is_older_still()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        string directory = postgres.CreateDirectory();
        string anchor = Path.Combine(directory, "anchor");
        using var key = await SigningKey.LoadOrCreateAsync(Path.Combine(directory, "key.pem"), Cancellation);
        await using var heads = new SignedHeads(database.Writer, ShardDatabase.Identity, key, anchor, TimeProvider.System);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var first = await CommitAsync(store, entries);
        await heads.SignAndStoreAsync(await CommitAsync(store, entries), Cancellation);
        await heads.SignAndStoreAsync(first, Cancellation);
        await AnchorGuard.RequireNotBehindAsync(database.Writer, ShardDatabase.Identity, anchor, Cancellation);

        await database.ExecuteAsync("DELETE FROM txcore.batch WHERE batch = 2");

        await Assert.ThrowsAsync<RestoredTooOldException>(
            () => AnchorGuard.RequireNotBehindAsync(database.Writer, ShardDatabase.Identity, anchor, Cancellation));
    }

    private static async Task<ChainHead> CommitAsync(PostgresShardStore store, SyntheticEntries entries)
    {
        var batch = entries.Next(10);
        await store.CommitAsync(batch);
        return new ChainHead(batch.LastNumber, batch.Batch, [.. batch.Hash], 0);
    }
}
