using System.Text;
using System.Text.Json;
using TxCore.Client.Players;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;
using TxCore.Identity.Schema;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

public sealed class IdentityStoreTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_registered_once_read_and_rectified_under_the_key_of_the_frontends()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var made = await store.Persons.RegisterAsync(store.Pepper, TestStore.Record(3), "ticket-account", Cancellation);
        Assert.Equal(store.Pepper.KeyOf("ELOISE D", "quenneville", new DateOnly(1984, 2, 29)), made.Key);
        Assert.Equal("ELOISEDQUENNEVILLE19840229", PlayerIdentity.Canonical("Éloïsed", "Quenneville", new DateOnly(1984, 2, 29)));
        Assert.Equal(TestStore.Record(3).Fields, (await store.Persons.ReadAsync(made.Key, TestStore.Warrant, Cancellation))!.Fields);

        var other = TestStore.Record(3).With(PersonRecord.Of([new("email", "another@else.example")]));
        var again = await store.Persons.RegisterAsync(store.Pepper, other, "ticket-account", Cancellation);
        Assert.Equal((true, false), (made.Added, again.Added));
        Assert.Equal("eloise.3@secret.example", (await store.Persons.ReadAsync(made.Key, TestStore.Warrant, Cancellation))!.Require("email"));

        object? before = await store.SqlAsync("SELECT encode(wrapped_key, 'hex') FROM person.identity");
        Assert.True(await store.Persons.RectifyAsync(made.Key, PersonRecord.Of([new("email", "right@else.example")]), TestStore.Warrant, Cancellation));
        var rectified = (await store.Persons.ReadAsync(made.Key, TestStore.Warrant, Cancellation))!;
        Assert.Equal(("right@else.example", "Quenneville"), (rectified.Require("email"), rectified.Require("surname")));
        Assert.NotEqual(before, await store.SqlAsync("SELECT encode(wrapped_key, 'hex') FROM person.identity"));
    }

    [Fact]
    public async Task Changes_of_a_person_at_the_same_time_are_all_kept()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(5);
        string[] fields = ["email", "phone", "address", "city", "country"];
        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(fields.Select(field => store.Persons.RectifyAsync(
                key, PersonRecord.Of([new(field, $"{field} {round}")]), TestStore.Warrant, Cancellation)));
            var kept = (await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation))!;
            Assert.All(fields, field => Assert.Equal($"{field} {round}", kept.Require(field)));
        }

        Assert.False(await store.Persons.RectifyAsync(new byte[32], PersonRecord.Of([new("city", "Tours")]), TestStore.Warrant, Cancellation));
    }

    [Fact]
    public async Task Only_the_fields_of_the_purpose_are_stored()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(4, "newsletter");
        Assert.Equal(["email", "first_name", "surname"], (await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation))!.Fields.Keys);
        Assert.Throws<IdentityRefusedException>(() => PersonRecord.Parse("""{"surnam":"x"}"""u8));
        Assert.DoesNotContain("Quenneville", Assert.Throws<IdentityRefusedException>(() => PersonRecord.Parse("""{"surname":"Quenneville" oops"""u8)).ToString());
    }

    [Fact]
    public async Task Another_master_key_opens_nothing()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(5);
        using var other = MasterKey.Create(store.File("other"));
        var fault = await Assert.ThrowsAsync<IdentityRefusedException>(
            () => new IdentityStore(store.Database, other, store.Clock).ReadAsync(key, TestStore.Warrant, Cancellation));
        Assert.Contains(other.Id, fault.Message);
        Assert.Contains(store.Master.Id, fault.Message);

        await store.SqlAsync($"UPDATE person.identity SET master_key_id = '{other.Id}'");
        fault = await Assert.ThrowsAsync<IdentityRefusedException>(
            () => new IdentityStore(store.Database, other, store.Clock).ReadAsync(key, TestStore.Warrant, Cancellation));
        Assert.Contains("data key", fault.Message);
    }

    [Fact]
    public async Task A_changed_or_moved_row_does_not_open()
    {
        (string Change, string Part)[] changes =
        [
            ("ciphertext = set_byte(i.ciphertext, 20, get_byte(i.ciphertext, 20) # 1)", "fields"),
            ("ciphertext = substr(i.ciphertext, 1, 10)", "fields"),
            ("nonce = set_byte(i.nonce, 0, get_byte(i.nonce, 0) # 1)", "fields"),
            ("wrapped_key = set_byte(i.wrapped_key, 59, get_byte(i.wrapped_key, 59) # 1)", "data key"),
            ("nonce = o.nonce, ciphertext = o.ciphertext, wrapped_key = o.wrapped_key", "data key"),
            ("nonce = o.nonce, ciphertext = o.ciphertext", "fields"),
            ("wrapped_key = o.wrapped_key", "data key"),
            ("event = 'OTHER'", "data key"),
        ];
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(6);
        await store.RegisterAsync(7);
        await store.SqlAsync("INSERT INTO person.events VALUES ('OTHER', 'x', now()); CREATE TABLE public.whole AS TABLE person.identity");
        foreach (var (change, part) in changes)
        {
            await store.SqlAsync($"UPDATE person.identity i SET {change} FROM public.whole o WHERE o.person_key <> i.person_key");
            var fault = await Assert.ThrowsAsync<IdentityRefusedException>(() => store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation));
            Assert.Contains($"The {part} of {Convert.ToHexStringLower(key)}", fault.Message);
            await store.SqlAsync("""
                UPDATE person.identity i SET event = o.event, nonce = o.nonce, ciphertext = o.ciphertext, wrapped_key = o.wrapped_key
                  FROM public.whole o WHERE o.person_key = i.person_key
                """);
            Assert.NotNull(await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation));
        }
    }

    [Fact]
    public async Task Every_read_is_logged_those_that_fail_and_find_nobody_too()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] one = await store.RegisterAsync(9);
        byte[] two = await store.RegisterAsync(10);
        await store.Persons.ReadAsync(one, new Warrant("ada", "first"), Cancellation);
        await store.Persons.ReadAsync([one, two], new Warrant("bob", "second"), Cancellation);
        Assert.Null(await store.Persons.ReadAsync(new byte[32], new Warrant("eve", "third"), Cancellation));
        await store.SqlAsync("UPDATE person.identity SET nonce = decode(repeat('00', 12), 'hex')");
        await Assert.ThrowsAsync<IdentityRefusedException>(() => store.Persons.ReadAsync(two, new Warrant("eve", "fourth"), Cancellation));
        await Assert.ThrowsAsync<IdentityRefusedException>(() => store.Persons.ReadAsync(two, new Warrant("eve", ""), Cancellation));

        const string sql = """
            SELECT string_agg(concat_ws(' ', actor, reason, found, left(encode(person_key, 'hex'), 8)), '|' ORDER BY reason, person_key) FROM person.identity_reads
             WHERE db_role LIKE 'identity%_writer' AND read_at > now() - interval '1 hour'
            """;
        string[] keys = [.. new[] { one, two }.Select(key => Convert.ToHexStringLower(key)[..8])];
        string[] both = [.. keys.Order(StringComparer.Ordinal)];
        Assert.Equal(
            $"ada first t {keys[0]}|eve fourth t {keys[1]}|bob second t {both[0]}|bob second t {both[1]}|eve third f 00000000", await store.SqlAsync(sql));
    }

    [Fact]
    public async Task Erasure_leaves_nothing_readable_and_a_row_that_says_so()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(1234);
        byte[] stays = await store.RegisterAsync(11);
        await store.ConsentAsync(key, "newsletter", "operator");
        string ciphertext = (string)(await store.SqlAsync($"SELECT encode(ciphertext, 'hex') FROM person.identity WHERE person_key = '\\x{Convert.ToHexStringLower(key)}'"))!;
        string wrapped = (string)(await store.SqlAsync($"SELECT encode(wrapped_key, 'hex') FROM person.identity WHERE person_key = '\\x{Convert.ToHexStringLower(key)}'"))!;
        string before = await store.DumpAsync();
        Assert.Contains(ciphertext, before);
        Assert.True(await store.Persons.EraseAsync(key, TestStore.Warrant, Cancellation));
        Assert.False(await store.Persons.EraseAsync(key, TestStore.Warrant, Cancellation));
        Assert.Null(await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation));
        Assert.NotNull(await store.Persons.ReadAsync(stays, TestStore.Warrant, Cancellation));
        string dump = await store.DumpAsync();
        Assert.DoesNotContain(ciphertext, dump);
        Assert.DoesNotContain(wrapped, dump);
        Assert.Contains(Convert.ToHexStringLower(key), dump);
        foreach (string value in TestStore.Record(1234).Fields.Values.Where(value => value.Length > 4))
        {
            Assert.DoesNotContain(value, before + dump, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(value)), before + dump, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("agent 7 request 4711 GAMES-1", await store.SqlAsync("SELECT concat_ws(' ', actor, reason, event) FROM person.erasures"));
        Assert.Equal(0L, await store.SqlAsync($"SELECT count(*) FROM person.person_purposes WHERE person_key = '\\x{Convert.ToHexStringLower(key)}' AND expired_at IS NULL"));
    }

    [Fact]
    public async Task A_changed_master_key_closes_older_copies_of_the_database()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(12);
        await store.RegisterAsync(13);
        await store.SqlAsync("CREATE TABLE public.backup AS TABLE person.identity");
        using var next = MasterKey.Create(store.File("next"));
        await using var owner = await IdentityDatabase.OpenAsync(store.Strings.Owner, Cancellation);
        Assert.Equal(2, await MasterKeyChange.RunAsync(owner, store.Master, next, Cancellation));
        Assert.Equal(0, await MasterKeyChange.RunAsync(owner, store.Master, next, Cancellation));
        MasterKey.Destroy(store.File("master"));
        Assert.False(File.Exists(store.File("master")));

        var after = new IdentityStore(store.Database, next, store.Clock);
        Assert.Equal("Quenneville", (await after.ReadAsync(key, TestStore.Warrant, Cancellation))!.Require("surname"));
        await store.SqlAsync($"UPDATE person.identity i SET wrapped_key = b.wrapped_key, master_key_id = '{next.Id}' FROM public.backup b WHERE b.person_key = i.person_key");
        await Assert.ThrowsAsync<IdentityRefusedException>(() => after.ReadAsync(key, TestStore.Warrant, Cancellation));
    }

    [Fact]
    public async Task An_event_has_one_pepper()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.RegisterAsync(14);
        using var other = PepperFile.Create(store.File("pepper2"), TestStore.Event, store.Clock);
        var fault = await Assert.ThrowsAsync<IdentityRefusedException>(
            () => store.Persons.RegisterAsync(other, TestStore.Record(15), "ticket-account", Cancellation));
        Assert.Contains("another pepper", fault.Message);
        Assert.Equal(1L, await store.SqlAsync("SELECT count(*) FROM person.identity"));
    }

    [Fact]
    public async Task An_access_export_holds_everything_the_store_has()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(16);
        await store.ConsentAsync(key, "newsletter", "operator");
        await store.Persons.OpposeMarketingAsync(key, true, "letter 9", TestStore.Warrant, Cancellation);
        await store.Persons.ReadAsync(key, new Warrant("ada", "call 3"), Cancellation);
        string text = await AccessExport.MakeAsync(store.Database, store.Persons, key, new Warrant("ada", "access request 1"), Cancellation);
        var export = JsonDocument.Parse(text).RootElement;
        Assert.Equal("eloise.16@secret.example", export.GetProperty("identity").GetProperty("email").GetString());
        Assert.Equal(2, export.GetProperty("purposes").GetArrayLength());
        Assert.Equal("form 12", export.GetProperty("consents")[0].GetProperty("evidence").GetString());
        Assert.True(export.GetProperty("oppositions")[0].GetProperty("opposed").GetBoolean());
        string[] reads = [.. export.GetProperty("reads").EnumerateArray().Select(read => read.GetProperty("reason").GetString()!)];
        Assert.Equal(["call 3", "access request 1"], reads);

        await store.Persons.EraseAsync(key, TestStore.Warrant, Cancellation);
        text = await AccessExport.MakeAsync(store.Database, store.Persons, key, new Warrant("ada", "access request 2"), Cancellation);
        export = JsonDocument.Parse(text).RootElement;
        Assert.Equal(JsonValueKind.Null, export.GetProperty("identity").ValueKind);
        Assert.Equal(1, export.GetProperty("erasures").GetArrayLength());
    }

    [Fact]
    public async Task A_shards_database_and_an_empty_one_are_refused()
    {
        string shard = await postgres.CreateDatabaseAsync("shard");
        var fault = await Assert.ThrowsAsync<IdentityRefusedException>(() => IdentityDatabase.OpenAsync(shard, Cancellation));
        Assert.Contains("no identity store", fault.Message);
        await using var store = await TestStore.CreateAsync(postgres);
        await store.SqlAsync("CREATE SCHEMA txcore", shard);
        fault = await Assert.ThrowsAsync<IdentityRefusedException>(() => IdentityDatabase.OpenAsync(shard, Cancellation));
        Assert.Contains("is a shard's", fault.Message);
        fault = await Assert.ThrowsAsync<IdentityRefusedException>(() => IdentityMigrations.ApplyAsync(shard, "w", "r", Cancellation));
        Assert.Contains("is a shard's", fault.Message);
    }
}
