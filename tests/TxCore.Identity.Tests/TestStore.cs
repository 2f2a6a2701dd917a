using Microsoft.Extensions.Time.Testing;
using Npgsql;
using TxCore.Identity.Handover;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;
using TxCore.Identity.Purposes;
using TxCore.Identity.Schema;
using TxCore.Testing;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace TxCore.Identity.Tests;

/// <summary>An identity database with the sample purposes, made for one test.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public const string Event = "GAMES-1";

    public static readonly Warrant Warrant = new("agent 7", "request 4711");

    private TestStore(string directory, ProvisionedIdentity strings, string superuser, IdentityDatabase database)
    {
        (Directory, Strings, Superuser, Database) = (directory, strings, superuser, database);
        Master = MasterKey.Create(File("master"));
        Pepper = PepperFile.Create(File("pepper"), Event, Clock);
        Persons = new IdentityStore(database, Master, Clock);
        Consents = new ConsentLedger(database, Clock);
        Retention = new RetentionRun(database, Persons, Clock);
        Export = new HandoverExport(database, Persons, Clock);
        Receipts = new HandoverReceipts(database, Clock);
    }

    public static string SamplePurposes => Path.Combine(AppContext.BaseDirectory, "Purposes", "purposes.json");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    public string Directory { get; }

    public ProvisionedIdentity Strings { get; }

    public string Superuser { get; }

    public IdentityDatabase Database { get; }

    public MasterKey Master { get; }

    public Pepper Pepper { get; }

    public IdentityStore Persons { get; }

    public ConsentLedger Consents { get; }

    public RetentionRun Retention { get; }

    public HandoverExport Export { get; }

    public HandoverReceipts Receipts { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestStore> CreateAsync(PostgresFixture postgres)
    {
        var server = await postgres.GetServerAsync();
        string name = $"identity_{Guid.NewGuid():n}"[..20];
        var strings = await IdentityProvisioning.CreateAsync(server.SuperuserConnectionString("postgres"), name, Cancellation);
        var database = await IdentityDatabase.OpenAsync(strings.Writer, Cancellation);
        var store = new TestStore(postgres.CreateDirectory(), strings, server.SuperuserConnectionString(name), database);
        await PurposeCatalog.LoadAsync(database, PurposeCatalog.Read(SamplePurposes), store.Clock, Cancellation);
        return store;
    }

    public string File(string name) => Path.Combine(Directory, name);

    /// <summary>A person whose fields all hold the number, so that a search for any of them finds it.</summary>
    public static PersonRecord Record(int number) => PersonRecord.Of(new Dictionary<string, string>
    {
        ["first_name"] = "Éloïse" + Letters(number),
        ["surname"] = "Quenneville",
        ["birth_date"] = "1984-02-29",
        ["email"] = $"eloise.{number}@secret.example",
        ["phone"] = $"+33 6 00 00 {number:0000}",
        ["address"] = $"{number}, rue \"Cachée\", 3e",
        ["city"] = "Orléans",
        ["country"] = "FR",
    });

    public async Task<byte[]> RegisterAsync(int number, string purpose = "ticket-account") =>
        (await Persons.RegisterAsync(Pepper, Record(number), purpose, Cancellation)).Key;

    public Task ConsentAsync(byte[] person, string purpose, string recipient, bool given = true) =>
        Consents.RecordAsync(person, purpose, recipient, given, "form 12", "agent 7", Cancellation);

    public Task EndAsync(string purpose) => PurposeCatalog.EndAsync(Database, purpose, Event, Clock.GetUtcNow(), Warrant, Cancellation);

    /// <summary>Runs a statement as the superuser, or another role.</summary>
    public async Task<object?> SqlAsync(string sql, string? connectionString = null)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString ?? Superuser) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation);
    }

    /// <summary>Every row of every table, as text; bytes are hexadecimal in it.</summary>
    public async Task<string> DumpAsync() => (string)(await SqlAsync("""
        SELECT string_agg(query_to_xml(format('SELECT t::text AS r FROM person.%I t', relname), true, true, '')::text, '')
          FROM pg_class WHERE relnamespace = 'person'::regnamespace AND relkind = 'r'
        """))!;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Master.Dispose();
        Pepper.Dispose();
    }

    private static string Letters(int number) => string.Concat($"{number}".Select(digit => (char)('a' + digit - '0')));
}
