using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>Whoever owns the database can change it; verify names what was changed, and the anchor file what was made to fit again.</summary>
public sealed class TamperTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE txcore.transaction SET amount_cents = 1 WHERE number = 123", 123, 1, "checksum")]
    [InlineData("UPDATE txcore.transaction SET line = 3 WHERE number = 123 AND line = 2", 123, 3, "checksum")]
    [InlineData("DELETE FROM txcore.transaction WHERE number = 123", 123, 1, "missing")]
    [InlineData("DELETE FROM txcore.transaction WHERE number = 100", 100, 1, "missing")]
    [InlineData("DELETE FROM txcore.transaction WHERE number = 123 AND line = 1", 123, 1, "missing")]
    [InlineData("INSERT INTO txcore.transaction SELECT * FROM txcore.transaction WHERE number = 123", 123, 1, "twice")]
    [InlineData("UPDATE txcore.transaction SET business_day = '2025-11-06' WHERE number = 123", 123, 1, "missing")]
    [InlineData("UPDATE txcore.transaction SET number = 1000 WHERE number = 200", 200, 1, "missing")]
    [InlineData("UPDATE txcore.batch SET hash = previous_hash WHERE batch = 3", 0, 0, "hash")]
    [InlineData("DELETE FROM txcore.batch WHERE batch = 3", 0, 0, "missing")]
    [InlineData("UPDATE txcore.shard SET last_number = 399", 400, 1, "missing")]
    public async Task A_change_is_named(string tampering, long number, int line, string finding)
    {
        var (database, _) = await WrittenAsync();
        await database.ExecuteAsync(tampering);

        var fault = (await database.VerifyAsync()).Fault;

        Assert.NotNull(fault);
        Assert.True(fault.What.Contains(finding, StringComparison.Ordinal), fault.ToString());
        Assert.Equal((number, line), (fault.Number, fault.Line));
    }

    [Fact]
    public async Task A_row_outside_the_sequence_is_named()
    {
        var (database, _) = await WrittenAsync();
        await database.ExecuteAsync(Copied(123, "number", "1000"));
        Assert.Equal(1000, (await database.VerifyAsync()).Fault?.Number);
    }

    [Fact]
    public async Task Two_rows_with_their_contents_swapped_are_named_though_both_stand_for_themselves()
    {
        var (database, _) = await WrittenAsync();
        await database.ExecuteAsync("""
            UPDATE txcore.transaction a SET command = b.command, checksum = b.checksum
              FROM txcore.transaction b WHERE (a.number, b.number) IN ((123, 130), (130, 123)) AND a.line = 1 AND b.line = 1
            """);
        Assert.Equal(123, (await database.VerifyAsync()).Fault?.Number);
    }

    [Fact]
    public async Task A_row_changed_together_with_its_checksum_breaks_the_hash_of_its_batch()
    {
        var (database, _) = await WrittenAsync();
        await Recompute.RowAsync(database, 123);
        var fault = (await database.VerifyAsync()).Fault;
        Assert.Equal(2, fault?.Batch);
        Assert.Contains("hash", fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recomputed_chain_fits_and_is_found_by_the_anchor()
    {
        var (database, anchored) = await WrittenAsync();
        await Recompute.RowAsync(database, 123);
        await Recompute.ChainAsync(database);
        Assert.Null((await database.VerifyAsync()).Fault);

        var fault = (await database.VerifyAsync(anchored)).Fault;

        Assert.Equal(2, fault?.Batch);
        Assert.Contains("recomputed", fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_tail_fits_and_is_found_by_the_anchor()
    {
        var (database, anchored) = await WrittenAsync();
        await database.ExecuteAsync("""
            DELETE FROM txcore.transaction WHERE number > 300;
            DELETE FROM txcore.batch WHERE batch > 3;
            UPDATE txcore.shard SET last_number = 300, last_batch = 3, last_hash = (SELECT hash FROM txcore.batch WHERE batch = 3);
            """);
        Assert.Null((await database.VerifyAsync()).Fault);

        var fault = (await database.VerifyAsync(anchored)).Fault;

        Assert.Equal(4, fault?.Batch);
        Assert.Contains("cut", fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_file_that_was_changed_is_found()
    {
        var (database, anchored) = await WrittenAsync();
        Assert.Equal(4, (await database.VerifyAsync(anchored)).AnchorLines);
        string[] lines = await File.ReadAllLinesAsync(anchored.AnchorFile!, Cancellation);
        await File.WriteAllLinesAsync(anchored.AnchorFile!, lines.Where((_, i) => i != 1), Cancellation);
        Assert.Contains("does not follow", (await database.VerifyAsync(anchored)).Fault!.What, StringComparison.Ordinal);
        lines[^1] = lines[^1].Replace("\"number\":400", "\"number\":401", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(anchored.AnchorFile!, lines, Cancellation);
        Assert.Contains("not signed", (await database.VerifyAsync(anchored)).Fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_cut_short_by_a_crash_does_not_count_and_the_file_goes_on()
    {
        var (database, anchored) = await WrittenAsync();
        await File.AppendAllTextAsync(anchored.AnchorFile!, "{\"shard\":3,\"cha", Cancellation);
        Assert.Null((await database.VerifyAsync(anchored)).Fault);
        await using var reader = database.Reader();
        await SignAsync(database, anchored, await reader.ReadHeadAsync(Cancellation));
        var report = await database.VerifyAsync(anchored);
        Assert.Equal((5, null), (report.AnchorLines, report.Fault));
        Assert.Equal(5, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.head"));
    }

    [Fact]
    public async Task Verification_from_a_batch_begins_there()
    {
        var (database, _) = await WrittenAsync();
        await database.ExecuteAsync("UPDATE txcore.transaction SET amount_cents = 1 WHERE number = 123");
        var report = await database.VerifyAsync(new VerifyOptions { FromBatch = 3 });
        Assert.Equal((2, 200, null), (report.Batches, report.Entries, report.Fault));
    }

    [Fact]
    public async Task The_signing_key_is_readable_by_its_user_only()
    {
        string path = Path.Combine(postgres.CreateDirectory(), "key.pem");
        using var key = await SigningKey.LoadOrCreateAsync(path, Cancellation);
        using var publicKey = await SigningKey.LoadAsync(path + ".pub", Cancellation);
        Assert.Equal(key.Id, publicKey.Id);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    /// <summary>Four batches of 100 tickets of two lines, the head signed after each.</summary>
    private async Task<(ShardDatabase Database, VerifyOptions Anchored)> WrittenAsync()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        string directory = postgres.CreateDirectory();
        var anchored = new VerifyOptions { AnchorFile = Path.Combine(directory, "anchor"), KeyFile = Path.Combine(directory, "key.pem") };
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await using var reader = database.Reader();
        var entries = new SyntheticEntries(ShardDatabase.Identity) { Lines = 2 };
        for (int batch = 0; batch < 4; batch++)
        {
            await store.CommitAsync(entries.Next(100));
            await SignAsync(database, anchored, await reader.ReadHeadAsync(Cancellation));
        }

        return (database, anchored);
    }

    private static async Task SignAsync(ShardDatabase database, VerifyOptions anchored, ChainHead head)
    {
        using var key = await SigningKey.LoadOrCreateAsync(anchored.KeyFile!, Cancellation);
        await using var heads = new SignedHeads(database.Writer, ShardDatabase.Identity, key, anchored.AnchorFile!, TimeProvider.System);
        await heads.SignAndStoreAsync(head, Cancellation);
    }

    private static string Copied(long number, string column, string value) => $"""
        CREATE TEMP TABLE copied AS SELECT * FROM txcore.transaction WHERE number = {number};
        UPDATE copied SET {column} = {value};
        INSERT INTO txcore.transaction SELECT * FROM copied;
        """;
}
