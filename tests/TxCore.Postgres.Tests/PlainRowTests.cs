using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>A row that PostgreSQL refuses is stored in plain form: a decided transaction is never dropped.</summary>
public sealed class PlainRowTests(PostgresFixture postgres)
{
    private const string RefusingTrigger = """
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.number = 57 AND NEW.amount_cents IS NOT NULL THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON txcore.transaction FOR EACH ROW EXECUTE FUNCTION public.refuse();
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(40, "ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (number <> 57 OR amount_cents IS NULL)")]
    [InlineData(200, "ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (number <> 57 OR amount_cents IS NULL)")]
    [InlineData(40, RefusingTrigger)]
    [InlineData(200, RefusingTrigger)]
    public async Task A_refused_row_is_stored_in_plain_form_and_its_neighbours_are_not(int rows, string refusal)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync(refusal);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(40));

        await store.CommitAsync(entries.Next(rows));
        await store.CommitAsync(entries.Next(40));

        Assert.Equal(1, store.Health.PlainRows);
        await database.AssertWholeAsync(entries);
        Assert.Equal(1, (await database.VerifyAsync()).PlainRows);
        Assert.Equal(57, await database.ScalarAsync<long>("SELECT number FROM txcore.transaction WHERE plain IS NOT NULL AND command IS NULL"));
        await using var reader = database.Reader();
        var row = await reader.FindByNumberAsync(57, Cancellation);
        Assert.Equal((200, 72), (row!.Entry.AmountCents, row.Command.Length));
        Assert.Equal(rows + 80, await reader.ReadEntriesAsync(0, (in _) => { }, Cancellation));
    }

    [Fact]
    public async Task A_row_refused_even_in_plain_form_stops_the_store_and_leaves_nothing()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (number <> 57)");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(40));

        await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.CommitAsync(entries.Next(40)));

        Assert.Equal(0, store.Health.PlainRows);
        Assert.Equal(40, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"));
        Assert.Null((await database.VerifyAsync()).Fault);
    }

    [Theory]
    [InlineData("UPDATE txcore.transaction SET source = 99 WHERE plain IS NOT NULL", "key columns")]
    [InlineData("UPDATE txcore.transaction SET plain = set_byte(plain, 33, 255) WHERE plain IS NOT NULL", "checksum")]
    public async Task A_changed_plain_row_is_found(string tampering, string finding)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (number <> 57 OR amount_cents IS NULL)");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await store.CommitAsync(new SyntheticEntries(ShardDatabase.Identity).Next(80));

        await database.ExecuteAsync(tampering);

        var fault = (await database.VerifyAsync()).Fault;
        Assert.Equal(57, fault!.Number);
        Assert.Contains(finding, fault.What, StringComparison.Ordinal);
    }
}
