using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TxCore.Client;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;
using TxCore.Identity.Purposes;
using TxCore.Identity.Schema;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>A lottery as operations run it, from the command line, with the server killed between its steps and a person erased at the end.</summary>
public sealed class LotteryTests(PostgresFixture postgres) : IAsyncDisposable
{
    private const int Persons = 60;
    private const string Secret = "operator secret";
    private static readonly string[] TwoPersons = ["--actor", "17", "--second-actor", "23", "--reason", "3"];
    private static readonly string[] OnePerson = ["--actor", "17", "--reason", "3"];
    private readonly string _files = postgres.CreateDirectory();
    private Deployment _deployment = null!;
    private ServerProcess _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _deployment.Dispose();
    }

    /// <summary>The key of the one person whose identity is kept, and erased at the end.</summary>
    private byte[] _known = [];

    [Fact]
    public async Task A_lottery_survives_kills_and_an_erasure_and_is_proved_from_its_rows_alone()
    {
        _deployment = await Deployment.CreateAsync(postgres);
        _server = await _deployment.ServeAsync();
        await using var identities = await IdentitiesAsync();
        using var master = MasterKey.Create(Path.Combine(_files, "master"));
        using var pepper = PepperFile.Create(Path.Combine(_files, "pepper"), "GAMES-2", TimeProvider.System);
        var store = new IdentityStore(identities, master, TimeProvider.System);
        var person = PersonRecord.Of(new Dictionary<string, string> { ["first_name"] = "Ada", ["surname"] = "Byron", ["birth_date"] = "1990-01-02" });
        _known = (await store.RegisterAsync(pepper, person, "draw-contact", Cancellation)).Key;
        await DefineAsync();
        await RegisterAsync();
        await KillAsync();
        await AskAsync(0, OnePerson, "draw", "close", "7");
        await AskAsync(1, OnePerson, "draw", "freeze", "7", "--secret-file", Path.Combine(_files, "secret"), "--chain", "witness:notary", "--round", "5");
        await AskAsync(0, TwoPersons, "draw", "freeze", "7", "--secret-file", Path.Combine(_files, "secret"), "--chain", "witness:notary", "--round", "5");
        await KillAsync();
        string randomness = Convert.ToHexStringLower(SHA256.HashData("the witness"u8));
        await AskAsync(1, OnePerson, "draw", "run", "7", "--secret-file", Path.Combine(_files, "secret"), "--randomness", randomness);
        await AskAsync(0, TwoPersons, "draw", "run", "7", "--secret-file", Path.Combine(_files, "secret"), "--randomness", randomness);
        await KillAsync();
        await AskAsync(0, TwoPersons, "draw", "publish", "7");
        await AskAsync(0, OnePerson, "draw", "waves", "7", "--count", "30", "--sale", "1", "--start", Text(TimeSpan.FromMinutes(-1)), "--end", Text(TimeSpan.FromHours(1)));
        await AskAsync(0, OnePerson, "draw", "waves", "7", "--count", "30", "--sale", "1", "--start", Text(TimeSpan.FromHours(1)), "--end", Text(TimeSpan.FromHours(2)));
        await KillAsync();
        await BuyAsync();
        await Poll.UntilAsync(
            async () => await _deployment.ScalarAsync<long>("SELECT count(*) FROM txcore.draw_ranks WHERE draw = 7") == Persons,
            static () => "the ranks were not stored");
        await CheckAsync("before");
        await store.EraseAsync(_known, new Warrant("agent 7", "request 12"), Cancellation);
        await CheckAsync("after");
        await TamperAsync();
    }

    private async Task<IdentityDatabase> IdentitiesAsync()
    {
        var server = await postgres.GetServerAsync();
        var strings = await IdentityProvisioning.CreateAsync(server.SuperuserConnectionString("postgres"), $"identity_{Guid.NewGuid():n}"[..20], Cancellation);
        var database = await IdentityDatabase.OpenAsync(strings.Writer, Cancellation);
        string sample = Path.Combine(AppContext.BaseDirectory, "Purposes", "purposes.json");
        await PurposeCatalog.LoadAsync(database, PurposeCatalog.Read(sample), TimeProvider.System, Cancellation);
        return database;
    }

    private async Task DefineAsync()
    {
        string sale = Path.Combine(_files, "sale.json");
        await File.WriteAllTextAsync(
            sale,
            $$"""
            {
              "sale": 1, "closesAt": "{{Text(TimeSpan.FromHours(5))}}", "holdSeconds": 900,
              "terms": { "draw": 7, "personMax": 4, "offerSeconds": 60, "waitMax": 100 },
              "cells": [ { "session": 101, "category": 1, "priceCents": 9000, "capacity": 22, "blocked": 2, "quantityMax": 2 } ]
            }
            """,
            Cancellation);
        await AskAsync(0, OnePerson, "draw", "define", "7", "--name", "GAMES-2", "--closes", Text(TimeSpan.FromHours(4)), "--entries-max", "1000", "--required-consent", "1");
        await AskAsync(0, OnePerson, "sale", "define", sale);
        await AskAsync(0, OnePerson, "sale", "open", "1");
        await AskAsync(0, OnePerson, "draw", "open", "7");
        await AskAsync(1, OnePerson, "draw", "open", "7");
    }

    private async Task RegisterAsync()
    {
        await using var client = await _deployment.ClientAsync(_server.Listen, new MemoryOutbox());
        for (int person = 0; person < Persons; person++)
        {
            Assert.True((await client.DrawRegisterAsync(7, Key(person), consent: 1, cancellationToken: Cancellation)).IsAccepted);
        }

        Assert.Equal(ResultCode.AlreadyRegistered, (await client.DrawRegisterAsync(7, Key(3), 1, cancellationToken: Cancellation)).Code);
        Assert.Equal(ResultCode.ConsentMissing, (await client.DrawRegisterAsync(7, Key(Persons), 2, cancellationToken: Cancellation)).Code);
        Assert.True((await client.DrawWithdrawAsync(7, Key(0), cancellationToken: Cancellation)).IsAccepted);
        string excluded = Path.Combine(_files, "excluded.txt");
        await File.WriteAllLinesAsync(excluded, [Convert.ToHexString(Key(1)), Convert.ToHexString(Key(Persons + 1))], Cancellation);
        await AskAsync(0, OnePerson, "draw", "exclude", "7", "--file", excluded);
        Assert.Equal(ResultCode.PersonExcluded, (await client.DrawRegisterAsync(7, Key(Persons + 1), 1, cancellationToken: Cancellation)).Code);
    }

    /// <summary>Everybody comes at once: those of the first wave buy until nothing is left, the others are told that it is not their turn.</summary>
    private async Task BuyAsync()
    {
        await using var client = await _deployment.ClientAsync(_server.Listen, new MemoryOutbox());
        var confirms = new List<Task<SubmitResult>>();
        int bought = 0;
        for (int person = 0; person < Persons; person++)
        {
            var state = await client.PersonAsync(7, Key(person), Cancellation);
            var hold = await client.HoldAsync(new Hold(default, 0, 1, Key(person), [new HoldLine(101, 1, 2, 0)]), cancellationToken: Cancellation);
            var expected = bought == 20 ? ResultCode.SoldOut
                : person == 0 ? ResultCode.NotRegistered
                : person == 1 ? ResultCode.PersonExcluded
                : state.Wave == 1 ? ResultCode.Accepted : ResultCode.SlotNotOpen;
            Assert.Equal((person, expected), (person, hold.Code));
            Assert.InRange((int)state.Rank, 1, Persons);
            Assert.Equal(state.Rank <= 30 ? 1 : 2, state.Wave);
            if (hold.IsAccepted)
            {
                bought += 2;
                byte[] authorisation = Encoding.ASCII.GetBytes($"pay-{person}");
                confirms.Add(client.ConfirmAsync(new Confirm(default, 0, hold.Outcome.Number, 18_000, authorisation), cancellationToken: Cancellation));
            }
        }

        Assert.All(await Task.WhenAll(confirms), static confirm => Assert.True(confirm.IsAccepted));
        await using var admin = await _deployment.ClientAsync(_server.Listen, new MemoryOutbox(), Deployment.Administrator);
        await Poll.UntilAsync(async () => (await admin.SaleStateAsync(1, Cancellation)).Cells[0] is { Sold: 20, Available: 0, Held: 0 }, static () => "the sale is not sold out");
        var page = await admin.PaymentsAsync(0, 500, Cancellation);
        Assert.Equal(10, page.Items.Length);
        Assert.All(page.Items, static item => Assert.Equal((PaymentKind.Capture, 18_000), (item.Kind, item.AmountCents)));
        Assert.True((await admin.PaymentsAcknowledgeAsync(page.Next, new ControlHeader(17, 0, 1), Cancellation)).IsAccepted);
        var rest = await admin.PaymentsAsync(page.Next, 500, Cancellation);
        Assert.Empty(rest.Items);
    }

    private async Task CheckAsync(string name)
    {
        string package = Path.Combine(_files, $"{name}.zip");
        string proof = Path.Combine(_files, $"{name}.json");
        Assert.Contains("all alike", (await _deployment.RunAsync("verify", "--replay", "--anchor", "--data", _deployment.Data)).Exits(0).Output);
        (await _deployment.RunAsync("sale", "verify")).Exits(0);
        (await _deployment.RunAsync("draw", "export", "7", "--out", package)).Exits(0);
        (await CommandLine.RunAsync("draw", "verify", package)).Exits(0);
        (await CommandLine.RunAsync("draw", "proof", package, "--person", Convert.ToHexString(_known), "--out", proof)).Exits(0);
        (await CommandLine.RunAsync("draw", "verify", proof)).Exits(0);
    }

    private async Task TamperAsync()
    {
        string package = Path.Combine(_files, "after.zip");
        byte[] bytes = await File.ReadAllBytesAsync(package, Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(package, bytes, Cancellation);
        Assert.NotEqual(0, (await CommandLine.RunAsync("draw", "verify", package)).ExitCode);
    }

    private async Task KillAsync()
    {
        await _server.KillAsync();
        await _server.DisposeAsync();
        _server = await _deployment.ServeAsync();
    }

    private async Task AskAsync(int exitCode, string[] persons, params string[] command)
    {
        var environment = new Dictionary<string, string> { ["TXCORE_PASSWORD"] = Deployment.Password };
        (await CommandLine.RunAsync([.. command, .. persons, "--server", $"{_server.Listen}"], environment)).Exits(exitCode);
    }

    private byte[] Key(int person) => person == 9 ? _known : SHA256.HashData(Encoding.ASCII.GetBytes($"{Secret} {person}"));

    private static string Text(TimeSpan fromNow) =>
        TimeProvider.System.GetUtcNow().Add(fromNow).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
