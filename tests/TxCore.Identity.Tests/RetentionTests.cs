using TxCore.Identity.Persons;
using TxCore.Identity.Purposes;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

public sealed class RetentionTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consents_are_a_history_and_their_state_is_what_was_said_last()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(1);
        await store.Consents.AddRecipientAsync("city", "The host city", null, Cancellation);
        foreach (bool given in new[] { true, false, true, false })
        {
            await store.ConsentAsync(key, "newsletter", "city", given);
            store.Clock.Advance(TimeSpan.FromDays(1));
        }

        await store.ConsentAsync(key, "newsletter", "operator");
        var history = await store.Consents.HistoryAsync(key, Cancellation);
        Assert.Equal([true, false, true, false, true], history.Select(consent => consent.Given));
        Assert.Equal(new DateTimeOffset(2026, 1, 16, 12, 0, 0, TimeSpan.Zero), history[1].At);
        var state = await store.Consents.StateAsync(key, Cancellation);
        Assert.Equal([("city", false), ("operator", true)], state.Select(consent => (consent.Recipient, consent.Given)));

        await RefusedAsync("There is no recipient nobody", () => store.ConsentAsync(key, "newsletter", "nobody"));
        await RefusedAsync("There is no purpose nothing", () => store.ConsentAsync(key, "nothing", "city"));
        await RefusedAsync("does not rest on consent", () => store.ConsentAsync(key, "accounting", "city"));
        await RefusedAsync("There is no person", () => store.ConsentAsync(new byte[32], "newsletter", "city"));
    }

    [Fact]
    public async Task Draw_losers_go_with_the_draw_and_buyers_keep_what_their_contract_needs()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] loser = await store.RegisterAsync(1, "draw-contact");
        byte[] buyer = await store.RegisterAsync(2, "draw-contact");
        await store.Persons.AddPurposeAsync(buyer, "accounting", Cancellation);
        store.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Empty((await RunAsync(store, apply: true)).Purposes);

        await store.EndAsync("draw-contact");
        await RefusedAsync("has ended for GAMES-1", () => store.RegisterAsync(3, "draw-contact"));
        await RefusedAsync("had ended before", () => store.EndAsync("draw-contact"));
        var dry = await RunAsync(store, apply: false);
        Assert.Equal([new RetentionCount("draw-contact", TestStore.Event, 2, 1, 1)], dry.Purposes);
        Assert.NotNull(await store.Persons.ReadAsync(loser, TestStore.Warrant, Cancellation));

        var done = await RunAsync(store, apply: true);
        Assert.Equal(dry.Purposes, done.Purposes);
        Assert.Equal((1L, 1L), (done.PersonsErased, done.PersonsReduced));
        Assert.Null(await store.Persons.ReadAsync(loser, TestStore.Warrant, Cancellation));
        Assert.Equal(["first_name", "surname"], (await store.Persons.ReadAsync(buyer, TestStore.Warrant, Cancellation))!.Fields.Keys);
        Assert.Equal("yearly run", await store.SqlAsync("SELECT reason FROM person.erasures"));
        Assert.Empty((await RunAsync(store, apply: true)).Purposes);
    }

    [Fact]
    public async Task Periods_start_where_their_purpose_says()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var start = store.Clock.GetUtcNow();
        byte[] prospect = await store.RegisterAsync(1, "newsletter");
        byte[] player = await store.RegisterAsync(2, "online-gaming");
        byte[] heard = await store.RegisterAsync(3, "newsletter");
        store.Clock.Advance(TimeSpan.FromDays(100));
        await store.Persons.CloseAccountAsync(player, Cancellation);
        await store.Persons.ContactAsync(heard, Cancellation);

        Assert.Equal(0, await ErasedAsync(start.AddDays(1095).AddSeconds(-1)));
        Assert.Equal(1, await ErasedAsync(start.AddDays(1095)));
        Assert.Equal(2, await ErasedAsync(start.AddDays(1195)));
        Assert.Equal(2, await ErasedAsync(start.AddDays(1926)));
        Assert.Equal(3, await ErasedAsync(start.AddDays(1927)));
        await RefusedAsync("is to come", () => store.Retention.RunAsync(start.AddDays(1095), true, TestStore.Warrant, Cancellation));

        store.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(1, (await RunAsync(store, apply: true)).PersonsErased);
        Assert.Null(await store.Persons.ReadAsync(prospect, TestStore.Warrant, Cancellation));
        Assert.NotNull(await store.Persons.ReadAsync(heard, TestStore.Warrant, Cancellation));

        async Task<long> ErasedAsync(DateTimeOffset at) => (await store.Retention.RunAsync(at, false, TestStore.Warrant, Cancellation)).PersonsErased;
    }

    [Fact]
    public async Task Who_withdraws_the_last_consent_is_held_by_nothing_and_goes()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(1, "newsletter");
        byte[] account = await store.RegisterAsync(2);
        foreach (byte[] person in new[] { key, account })
        {
            await store.ConsentAsync(person, "newsletter", "operator");
            await store.ConsentAsync(person, "newsletter", "operator", given: false);
        }

        var report = await RunAsync(store, apply: true);
        Assert.Equal([new RetentionCount("(no purpose)", TestStore.Event, 1, 1, 0)], report.Purposes);
        Assert.NotNull(await store.Persons.ReadAsync(account, TestStore.Warrant, Cancellation));
        Assert.Null(await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation));
    }

    [Fact]
    public async Task A_run_cut_short_before_it_removed_fields_is_finished_by_the_next()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        byte[] key = await store.RegisterAsync(1);
        await store.Persons.AddPurposeAsync(key, "accounting", Cancellation);
        await store.SqlAsync("UPDATE person.person_purposes SET expired_at = now() WHERE purpose = 'ticket-account'");
        Assert.Equal([new RetentionCount("(fields only)", TestStore.Event, 1, 0, 1)], (await RunAsync(store, apply: true)).Purposes);
        Assert.DoesNotContain("email", (await store.Persons.ReadAsync(key, TestStore.Warrant, Cancellation))!.Fields.Keys);
        Assert.Empty((await RunAsync(store, apply: true)).Purposes);
    }

    [Theory]
    [InlineData("\"legal_basis\": \"consent\"", "\"legal_basis\": \"because\"", "legal_basis must be one of")]
    [InlineData("\"retention_days\": 365", "\"retention_days\": -1", "retention_days is negative")]
    [InlineData("\"purpose\": \"legacy\"", "\"purpose\": \"newsletter\"", "a purpose twice")]
    [InlineData("\"email\", \"city\"", "\"e_mail\", \"city\"", "There is no field e_mail")]
    [InlineData("\"retention_days\": 365, ", "", "retention_days")]
    [InlineData("\"retention_days\": 365", "\"retention_years\": 365", "retention_years")]
    public void A_file_of_purposes_that_is_wrong_is_refused_by_name(string part, string instead, string message)
    {
        string path = Path.Combine(postgres.CreateDirectory(), "purposes.json");
        string sample = File.ReadAllText(TestStore.SamplePurposes);
        Assert.Contains(part, sample);
        File.WriteAllText(path, sample.Replace(part, instead, StringComparison.Ordinal));
        Assert.Contains(message, Assert.Throws<IdentityRefusedException>(() => PurposeCatalog.Read(path)).Message);
    }

    private static Task<RetentionReport> RunAsync(TestStore store, bool apply) =>
        store.Retention.RunAsync(store.Clock.GetUtcNow(), apply, new Warrant("agent 7", "yearly run"), Cancellation);

    private static async Task RefusedAsync(string message, Func<Task> action) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<IdentityRefusedException>(action)).Message);
}
