using System.CommandLine;
using System.Text.Json;
using TxCore.Server.Commands;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

/// <summary>What is typed, through the parser of the program.</summary>
public sealed class CommandTests(PostgresFixture postgres)
{
    private const string Person = """{"first_name":"Ada","surname":"Byron","birth_date":"1990-01-02","email":"ada@secret.example","city":"Paris"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_helps()
    {
        foreach (var group in Root().Subcommands)
        {
            await HelpAsync([group.Name], group);
        }

        async Task HelpAsync(string[] path, Command command)
        {
            Assert.Contains("Usage:", (await RunAsync(0, [.. path, "--help"])).Output);
            foreach (var inner in command.Subcommands)
            {
                await HelpAsync([.. path, inner.Name], inner);
            }
        }
    }

    [Fact]
    public async Task A_person_is_added_handed_over_and_deleted_from_the_command_line()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        string[] warrant = ["--actor", "ada", "--reason", "request 1"];
        string[] connection = ["--identity-connection", store.Strings.Writer];
        string[] database = [.. connection, "--master-key", store.File("master")];
        string persons = store.File("persons.ndjson");
        await File.WriteAllTextAsync(persons, Person + "\n", Cancellation);

        await RunAsync(0, ["identity", "purposes", "load", TestStore.SamplePurposes, .. connection]);
        string added = (await RunAsync(0, ["identity", "add", persons, "--pepper", store.File("pepper"), "--purpose", "ticket-account", .. database])).Output;
        Assert.EndsWith(" added", added.TrimEnd());
        string key = added[..64];
        Assert.Contains(" known", (await RunAsync(0, ["identity", "add", persons, "--pepper", store.File("pepper"), "--purpose", "ticket-account", .. database])).Output);
        Assert.Contains("email: ada@secret.example", (await RunAsync(0, ["identity", "read", key, .. database, .. warrant])).Output);
        await File.WriteAllTextAsync(store.File("fields"), """{"city":"Tours"}""", Cancellation);
        await RunAsync(0, ["identity", "rectify", key, "--fields", store.File("fields"), .. database, .. warrant]);
        await RunAsync(0, ["identity", "oppose", key, .. database, .. warrant]);
        await RunAsync(0, ["identity", "unoppose", key, .. database, .. warrant]);
        await RunAsync(0, ["identity", "contact", key, .. database, .. warrant]);
        var export = JsonDocument.Parse((await RunAsync(0, ["identity", "export", key, .. database, .. warrant])).Output).RootElement;
        Assert.Equal("Tours", export.GetProperty("identity").GetProperty("city").GetString());

        await RunAsync(0, ["handover", "create-key", store.File("ioc.pem")]);
        await RunAsync(0, ["handover", "create-key", store.File("operator.pem")]);
        await RunAsync(0, ["handover", "recipient", "ioc", "--name", "IOC", "--public-key", store.File("ioc.pem.pub"), .. connection]);
        await RunAsync(0, ["pepper", "create", store.File("ioc.pepper"), "--recipient", "ioc"]);
        await RunAsync(0, ["identity", "consent", "give", key, "--purpose", "legacy", "--recipient", "ioc", "--evidence", "form", "--actor", "ada", .. connection]);
        string directory = store.File("out");
        string[] what = ["--event", TestStore.Event, "--recipient", "ioc", "--purpose", "legacy", "--recipient-pepper", store.File("ioc.pepper"), "--out", directory];
        string made = (await RunAsync(0, ["handover", "export", .. what, "--end-of-life", .. database, .. warrant])).Output;
        Assert.Contains("1 persons", made);
        string manifest = made.TrimEnd()[^64..];
        await RunAsync(0, ["handover", "check", directory, "--manifest-sha256", manifest]);
        Assert.Contains("DOES NOT FIT: manifest.json", (await RunAsync(1, ["handover", "check", directory, "--manifest-sha256", new string('0', 64)])).Error);
        await RunAsync(0, ["handover", "sign", directory, "--key", store.File("ioc.pem"), "--by", "R", "--out", store.File("receipt.json")]);
        await RunAsync(0, ["handover", "receipt", store.File("receipt.json"), .. connection, .. warrant]);
        string[] proof = ["--key", store.File("operator.pem"), "--out", store.File("deletion.json")];
        Assert.Contains("1 persons erased", (await RunAsync(0, ["handover", "delete-source", directory, .. proof, .. connection, .. warrant])).Output);
        Assert.Contains("no such person", (await RunAsync(1, ["identity", "read", key, .. database, .. warrant])).Error);
        Assert.Contains("no such person", (await RunAsync(1, ["identity", "erase", key, .. database, .. warrant])).Error);
    }

    [Fact]
    public async Task Periods_peppers_and_the_master_key_end_from_the_command_line()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        string[] warrant = ["--actor", "ada", "--reason", "end of the games"];
        string[] connection = ["--identity-connection", store.Strings.Writer];
        string[] database = [.. connection, "--master-key", store.File("master")];
        await store.RegisterAsync(1, "draw-contact");
        await RunAsync(0, ["identity", "purposes", "end", "draw-contact", "--event", TestStore.Event, "--at", "2026-01-20", .. connection, .. warrant]);
        Assert.Contains("Dry run: 1 persons", (await RunAsync(0, ["identity", "retention", "run", "--at", "2026-01-20", .. database, .. warrant])).Output);
        Assert.Contains("draw-contact: 1 due, 1 erased", (await RunAsync(0, ["identity", "retention", "run", "--at", "2026-01-20", "--apply", .. database, .. warrant])).Output);
        Assert.Contains("is no time", (await RunAsync(1, ["identity", "retention", "run", "--at", "soon", .. database, .. warrant])).Error);

        await RunAsync(0, ["identity", "create-master-key", store.File("next")]);
        string[] change = ["identity", "change-master-key", "--new-master-key", store.File("next"), "--destroy-old", "--master-key", store.File("master")];
        await RunAsync(0, [.. change, "--identity-connection", store.Strings.Owner]);
        Assert.False(File.Exists(store.File("master")));

        Assert.Contains(store.Pepper.Id, (await RunAsync(0, ["pepper", "show", store.File("pepper")])).Output);
        await RunAsync(3, ["pepper", "destroy", store.File("pepper"), "--event", "ELSE", .. warrant]);
        await RunAsync(0, ["pepper", "destroy", store.File("pepper"), "--event", TestStore.Event, .. warrant]);
        Assert.Contains("was destroyed", (await RunAsync(0, ["pepper", "show", store.File("pepper")])).Output);
        Assert.Contains("gets no other", (await RunAsync(3, ["pepper", "create", store.File("pepper"), "--event", TestStore.Event])).Error);
        await RunAsync(1, ["pepper", "create", store.File("pepper3")]);
    }

    [Fact]
    public async Task What_is_refused_is_named_without_the_secret_in_it()
    {
        string shard = await postgres.CreateDatabaseAsync("shard");
        await using var store = await TestStore.CreateAsync(postgres);
        await store.SqlAsync("CREATE SCHEMA txcore", shard);
        string[] warrant = ["--actor", "ada", "--reason", "request 1"];
        string key = new('0', 64);
        string[] read = ["identity", "read", key, "--master-key", store.File("master"), .. warrant];
        Assert.Contains("is a shard's", (await RunAsync(3, [.. read, "--identity-connection", shard])).Error);
        Assert.Contains("is a shard's", (await RunAsync(3, ["identity", "migrate", "--writer-role", "w", "--reader-role", "r", "--identity-connection", shard])).Error);
        string wrong = new Npgsql.NpgsqlConnectionStringBuilder(store.Strings.Writer) { Password = "hunter2" }.ConnectionString;
        var refused = await RunAsync(null, [.. read, "--identity-connection", wrong]);
        Assert.DoesNotContain("hunter2", refused.Error);
        Assert.Contains("--identity-connection", (await RunAsync(3, [.. read, "--identity-connection", ""])).Error);
        Assert.Contains("There is no master key file", (await RunAsync(3, ["identity", "read", key, "--identity-connection", store.Strings.Writer, "--master-key", store.File("none"), .. warrant])).Error);
        Assert.Contains("no key of 64", (await RunAsync(1, ["identity", "read", "12", .. warrant])).Error);
    }

    private static RootCommand Root() => new() { PepperCommands.Create(), IdentityCommands.Create(), HandoverCommands.Create() };

    private static async Task<(string Output, string Error)> RunAsync(int? exitCode, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        int code = await Root().Parse(arguments).InvokeAsync(configuration, Cancellation);
        Assert.True(exitCode is null || code == exitCode, $"Exit code {code} instead of {exitCode}: {string.Join(' ', arguments.Take(4))}\n{output}{error}");
        return ($"{output}", $"{error}");
    }
}
