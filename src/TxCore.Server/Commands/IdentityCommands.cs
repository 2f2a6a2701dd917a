using System.CommandLine;
using System.Text;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;
using TxCore.Identity.Schema;

namespace TxCore.Server.Commands;

/// <summary><c>txcore identity ...</c>: the identities behind person keys, in a database of their own.</summary>
internal static class IdentityCommands
{
    public static Command Create() => new("identity", "Keeps the identities behind person keys, in a database of their own.")
    {
        Migrate(),
        CreateMasterKey(),
        ChangeMasterKey(),
        Add(),
        Read(),
        Rectify(),
        Export(),
        Erase(),
        Note("oppose", "Records that a person opposes marketing.", static (store, person, warrant, stop) => store.OpposeMarketingAsync(person, true, warrant.Reason, warrant, stop)),
        Note("unoppose", "Records that a person no longer opposes marketing.", static (store, person, warrant, stop) => store.OpposeMarketingAsync(person, false, warrant.Reason, warrant, stop)),
        Note("contact", "Notes that a person was heard of: periods of inactivity start again.", static (store, person, _, stop) => store.ContactAsync(person, stop)),
        Note("close", "Notes that a person's account is closed.", static (store, person, _, stop) => store.CloseAccountAsync(person, stop)),
        PurposeCommands.Purposes(),
        PurposeCommands.Consent(),
        PurposeCommands.Retention(),
    };

    private static Command Migrate()
    {
        var options = new IdentityOptions();
        var writer = new Option<string>("--writer-role") { Description = "Role that registers, rectifies, erases and hands over", Required = true };
        var reader = new Option<string>("--reader-role") { Description = "Role that looks up and answers access requests", Required = true };
        var command = new Command("migrate", "Makes or updates the schema. The connection string is the owner role's; a shard's database is refused.") { writer, reader };
        options.AddTo(command, warrant: false, master: false);
        command.SetAction((parsed, cancellationToken) => IdentityOptions.GuardAsync(parsed, async () =>
        {
            await IdentityMigrations.ApplyAsync(options.Connection(parsed), parsed.GetValue(writer)!, parsed.GetValue(reader)!, cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine($"The identity store has schema {IdentityMigrations.SchemaVersion}.");
            return 0;
        }));
        return command;
    }

    private static Command CreateMasterKey()
    {
        var file = new Argument<string>("file") { Description = "New file of the key, outside every database" };
        var command = new Command("create-master-key", "Makes the key that wraps the data key of every person. Keep a copy: without it nothing opens.") { file };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            using var key = MasterKey.Create(parsed.GetValue(file)!);
            parsed.InvocationConfiguration.Output.WriteLine($"Master key {key.Id} made.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command ChangeMasterKey()
    {
        var options = new IdentityOptions();
        var to = new Option<string>("--new-master-key") { Description = "File of the key that wraps from now on", Required = true };
        var destroy = new Option<bool>("--destroy-old") { Description = "Then destroys the old key's file: older copies of the database open no more" };
        var command = new Command("change-master-key", "Wraps every data key anew, as the owner role. With the old key destroyed, what was erased is gone from backups too.") { to, destroy };
        options.AddTo(command, warrant: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            using var old = options.Master(parsed);
            using var next = MasterKey.Read(parsed.GetValue(to)!);
            long changed = await MasterKeyChange.RunAsync(database, old, next, cancellationToken);
            if (parsed.GetValue(destroy) && old.Id != next.Id)
            {
                options.DestroyMaster(parsed);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"{changed} data keys are wrapped by {next.Id} now.");
            return 0;
        }));
        return command;
    }

    private static Command Add()
    {
        var options = new IdentityOptions();
        var file = new Argument<string>("file") { Description = "Persons, one JSON object of fields a line; - for standard input. Never on the command line" };
        var pepper = new Option<string>("--pepper") { Description = "File of the event's pepper", Required = true };
        var purpose = new Option<string>("--purpose") { Description = "What they are kept for; it decides which fields are stored", Required = true };
        var command = new Command("add", "Registers persons and shows their keys, one a line; who is there already keeps the fields stored before.") { file, pepper, purpose };
        options.AddTo(command, warrant: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (_, store) =>
        {
            using var secret = PepperFile.Read(parsed.GetValue(pepper)!);
            await foreach (string line in LinesAsync(parsed.GetValue(file)!, cancellationToken))
            {
                var made = await store.RegisterAsync(secret, PersonRecord.Parse(Encoding.UTF8.GetBytes(line)), parsed.GetValue(purpose)!, cancellationToken);
                parsed.InvocationConfiguration.Output.WriteLine($"{Convert.ToHexStringLower(made.Key)} {(made.Added ? "added" : "known")}");
            }

            return 0;
        }));
        return command;
    }

    private static Command Read()
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var command = new Command("read", "Shows the fields of a person; the read is logged.") { person };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (_, store) =>
        {
            var record = await store.ReadAsync(parsed.GetValue(person)!, options.Warrant(parsed), cancellationToken);
            foreach (var (field, value) in record?.Fields ?? new Dictionary<string, string>())
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{field}: {value}");
            }

            return record is null ? Nobody(parsed) : 0;
        }));
        return command;
    }

    private static Command Rectify()
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var file = new Option<string>("--fields") { Description = "JSON object of the fields to change; - for standard input", Required = true };
        var command = new Command("rectify", "Changes fields of a person; the key stays, sales and draws have it.") { person, file };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (_, store) =>
        {
            var lines = LinesAsync(parsed.GetValue(file)!, cancellationToken);
            var changes = PersonRecord.Parse(Encoding.UTF8.GetBytes(string.Concat(await lines.ToListAsync(cancellationToken))));
            return await store.RectifyAsync(parsed.GetValue(person)!, changes, options.Warrant(parsed), cancellationToken) ? 0 : Nobody(parsed);
        }));
        return command;
    }

    private static Command Export()
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var file = new Option<string?>("--out") { Description = "File that is written; without it the export is shown" };
        var command = new Command("export", "Writes everything held about a person as JSON: fields, purposes, consents, hand-overs, reads.") { person, file };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (database, store) =>
        {
            string json = await AccessExport.MakeAsync(database, store, parsed.GetValue(person)!, options.Warrant(parsed), cancellationToken);
            if (parsed.GetValue(file) is not { } path)
            {
                parsed.InvocationConfiguration.Output.WriteLine(json);
                return 0;
            }

            await File.WriteAllTextAsync(path, json, cancellationToken);
            return 0;
        }));
        return command;
    }

    private static Command Erase()
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var command = new Command("erase", "Destroys the fields and the data key of a person; sales, draw proofs and hash chain stay valid.") { person };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (_, store) =>
        {
            if (!await store.EraseAsync(parsed.GetValue(person)!, options.Warrant(parsed), cancellationToken))
            {
                return Nobody(parsed);
            }

            parsed.InvocationConfiguration.Output.WriteLine("The person is erased.");
            return 0;
        }));
        return command;
    }

    private static Command Note(string name, string description, Func<IdentityStore, byte[], Warrant, CancellationToken, Task> note)
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var command = new Command(name, description) { person };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (_, store) =>
        {
            await note(store, parsed.GetValue(person)!, options.Warrant(parsed), cancellationToken);
            return 0;
        }));
        return command;
    }

    private static int Nobody(ParseResult parsed)
    {
        parsed.InvocationConfiguration.Error.WriteLine("There is no such person.");
        return 1;
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        string file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = file == "-" ? Console.In : new StreamReader(file);
        while (await text.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }
}
