using System.CommandLine;
using TxCore.Identity.Handover;
using TxCore.Identity.Keys;
using TxCore.Identity.Purposes;

namespace TxCore.Server.Commands;

/// <summary><c>txcore handover ...</c>: passes on what persons consented to, and deletes it here when the event ends.</summary>
internal static class HandoverCommands
{
    public static Command Create() => new("handover", "Passes persons on to a recipient they consented to, under keys of its own.")
    {
        Recipient(), CreateKey(), Export(), Check(), Sign(), Receipt(), DeleteSource(),
    };

    private static Command Recipient()
    {
        var options = new IdentityOptions();
        var id = new Argument<string>("recipient") { Description = "Short name: small letters, digits, - and _" };
        var name = new Option<string>("--name") { Description = "Name as persons are told", Required = true };
        var key = new Option<string?>("--public-key") { Description = "PEM file of the key its receipts are checked with" };
        var command = new Command("recipient", "Adds a recipient, or changes its name or key.") { id, name, key };
        options.AddTo(command, warrant: false, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            string? pem = parsed.GetValue(key) is { } file ? await File.ReadAllTextAsync(file, cancellationToken) : null;
            await new ConsentLedger(database, TimeProvider.System).AddRecipientAsync(parsed.GetValue(id)!, parsed.GetValue(name)!, pem, cancellationToken);
            return 0;
        }));
        return command;
    }

    private static Command CreateKey()
    {
        var file = new Argument<string>("file") { Description = "New file of the key; the public half goes beside it" };
        var command = new Command("create-key", "Makes a key to sign receipts or deletions with (ECDSA P-256).") { file };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            using var key = StatementKey.Create(parsed.GetValue(file)!);
            parsed.InvocationConfiguration.Output.WriteLine($"Key made; give {parsed.GetValue(file)}.pub away.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Export()
    {
        var options = new IdentityOptions();
        var subject = new Option<string>("--event") { Description = "Event of the persons", Required = true };
        var recipient = new Option<string>("--recipient") { Description = "Who receives it", Required = true };
        var purpose = new Option<string>("--purpose") { Description = "What they consented to; it decides which fields go", Required = true };
        var pepper = new Option<string>("--recipient-pepper") { Description = "File of the recipient's pepper", Required = true };
        var directory = new Option<string>("--out") { Description = "New directory", Required = true };
        var rows = new Option<string[]>("--rows") { Description = "CSV with a column person_key (tickets from the core's views): the rows of these persons, under their new keys" };
        var endOfLife = new Option<bool>("--end-of-life") { Description = "The source deletes these persons once the receipt is there" };
        var command = new Command("export", "Writes the persons who consented, and the rows given with them, with a manifest.") { subject, recipient, purpose, pepper, directory, rows, endOfLife };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (database, store) =>
        {
            string to = parsed.GetValue(recipient)!;
            using var secret = PepperFile.Read(parsed.GetValue(pepper)!, PepperFile.RecipientSubject(to));
            var request = new HandoverRequest(
                parsed.GetValue(subject)!, to, parsed.GetValue(purpose)!, parsed.GetValue(endOfLife), parsed.GetValue(rows) ?? []);
            var made = await new HandoverExport(database, store, TimeProvider.System).RunAsync(
                request, secret, parsed.GetValue(directory)!, options.Warrant(parsed), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            foreach (var file in made.Manifest.Files)
            {
                output.WriteLine($"{file.Name}: {file.Rows} rows, {file.Bytes} bytes, {file.Sha256}");
            }

            output.WriteLine($"Hand-over {made.Manifest.Handover}: {made.Manifest.Persons} persons, manifest {made.ManifestSha256}");
            return 0;
        }));
        return command;
    }

    private static Command Check()
    {
        var directory = DirectoryArgument();
        var hash = new Option<string?>("--manifest-sha256") { Description = "SHA-256 of the manifest, as the source told it" };
        var command = new Command("check", "Checks a hand-over from its files alone; exit code 1 names each thing that does not fit.") { directory, hash };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            var faults = HandoverCheck.Run(parsed.GetValue(directory)!, parsed.GetValue(hash));
            foreach (string fault in faults)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"DOES NOT FIT: {fault}");
            }

            if (faults.Count == 0)
            {
                parsed.InvocationConfiguration.Output.WriteLine("The hand-over fits its manifest.");
            }

            return Task.FromResult(faults.Count == 0 ? 0 : 1);
        }));
        return command;
    }

    private static Command Sign()
    {
        var directory = DirectoryArgument();
        var key = Key("The recipient's private key");
        var by = new Option<string>("--by") { Description = "Who signs", Required = true };
        var file = Out("The receipt");
        var command = new Command("sign", "Signs for a hand-over, as its recipient, once it fits.") { directory, key, by, file };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            using var signer = StatementKey.Read(parsed.GetValue(key)!);
            HandoverReceipts.Sign(parsed.GetValue(directory)!, signer, parsed.GetValue(by)!, TimeProvider.System).Write(parsed.GetValue(file)!);
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Receipt()
    {
        var options = new IdentityOptions();
        var file = new Argument<string>("receipt") { Description = "The receipt the recipient signed" };
        var command = new Command("receipt", "Records a receipt whose signature is that of the recipient's registered key.") { file };
        options.AddTo(command, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            var handover = await new HandoverReceipts(database, TimeProvider.System).RecordAsync(
                SignedStatement.Read(parsed.GetValue(file)!), options.Warrant(parsed), cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine($"Receipt for hand-over {handover} recorded.");
            return 0;
        }));
        return command;
    }

    private static Command DeleteSource()
    {
        var options = new IdentityOptions();
        var directory = DirectoryArgument();
        var key = Key("The operator's private key");
        var file = Out("The signed statement of the deletion");
        var command = new Command("delete-source", "Erases here what an end-of-life hand-over passed on, once its receipt is recorded, and signs for it.") { directory, key, file };
        options.AddTo(command, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            using var signer = StatementKey.Read(parsed.GetValue(key)!);
            var deleted = await new HandoverReceipts(database, TimeProvider.System).DeleteSourceAsync(
                parsed.GetValue(directory)!, signer, options.Warrant(parsed), cancellationToken);
            deleted.Statement.Write(parsed.GetValue(file)!);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{deleted.Erased} persons erased, {deleted.GoneBefore} were before, {deleted.KeptChanged} changed since and kept, {deleted.KeptByDuty} kept by legal obligation.");
            return 0;
        }));
        return command;
    }

    private static Argument<string> DirectoryArgument() => new("directory") { Description = "Directory of the hand-over, or its manifest" };

    private static Option<string> Key(string what) => new("--key") { Description = $"{what}, PEM file", Required = true };

    private static Option<string> Out(string what) => new("--out") { Description = $"File: {what}", Required = true };
}
