using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TxCore.Identity.Purposes;

namespace TxCore.Server.Commands;

/// <summary><c>txcore identity purposes|consent|retention</c>: what persons are kept for, what they allowed, and when it ends.</summary>
internal static class PurposeCommands
{
    public static Command Purposes() => new("purposes", "What identities are kept for.") { Load(), End() };

    public static Command Consent() => new("consent", "What persons allowed, as a history.") { Record("give", true), Record("withdraw", false) };

    public static Command Retention() => new("retention", "Ends what is past its time.") { Run() };

    private static Command Load()
    {
        var options = new IdentityOptions();
        var file = new Argument<string>("file") { Description = "Purposes as JSON; Purposes/purposes.json beside the program is a sample" };
        var command = new Command("load", "Adds purposes and changes those that differ; none is removed.") { file };
        options.AddTo(command, warrant: false, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            var rules = PurposeCatalog.Read(parsed.GetValue(file)!);
            await PurposeCatalog.LoadAsync(database, rules, TimeProvider.System, cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine($"{rules.Count} purposes loaded.");
            return 0;
        }));
        return command;
    }

    private static Command End()
    {
        var options = new IdentityOptions();
        var purpose = new Argument<string>("purpose") { Description = "The purpose" };
        var subject = new Option<string>("--event") { Description = "Event it ended for", Required = true };
        var at = Date("--at", "When it ended");
        var command = new Command("end", "Says that a purpose ended for an event: its periods begin, nobody is registered for it any more.") { purpose, subject, at };
        options.AddTo(command, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            await PurposeCatalog.EndAsync(
                database, parsed.GetValue(purpose)!, parsed.GetValue(subject)!, parsed.GetValue(at), options.Warrant(parsed), cancellationToken);
            return 0;
        }));
        return command;
    }

    private static Command Record(string name, bool given)
    {
        var options = new IdentityOptions();
        var person = IdentityOptions.Person();
        var purpose = new Option<string>("--purpose") { Description = "For what", Required = true };
        var recipient = new Option<string>("--recipient") { Description = "For whom", DefaultValueFactory = static _ => "operator" };
        var evidence = new Option<string>("--evidence") { Description = "Reference of the form or request; never an identity", Required = true };
        var actor = new Option<string>("--actor") { Description = "Who records it", Required = true };
        var command = new Command(name, given ? "Records that a person gave consent." : "Records that a person withdrew consent.") { person, purpose, recipient, evidence, actor };
        options.AddTo(command, warrant: false, master: false);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async database =>
        {
            await new ConsentLedger(database, TimeProvider.System).RecordAsync(
                parsed.GetValue(person)!, parsed.GetValue(purpose)!, parsed.GetValue(recipient)!, given, parsed.GetValue(evidence)!, parsed.GetValue(actor)!,
                cancellationToken);
            return 0;
        }));
        return command;
    }

    private static Command Run()
    {
        var options = new IdentityOptions();
        var at = Date("--at", "Periods that ended by then are past");
        var apply = new Option<bool>("--apply") { Description = "Erases; without it the run only counts" };
        var command = new Command("run", "Counts, per purpose, who is past the time, and with --apply erases them.") { at, apply };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, cancellationToken, async (database, store) =>
        {
            var report = await new RetentionRun(database, store, TimeProvider.System).RunAsync(
                parsed.GetValue(at), parsed.GetValue(apply), options.Warrant(parsed), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            foreach (var count in report.Purposes)
            {
                output.WriteLine($"{count.Event} {count.Purpose}: {count.Due} due, {count.Erased} erased, {count.Reduced} reduced");
            }

            output.WriteLine(report.Applied
                ? $"{report.PersonsErased} persons erased, {report.PersonsReduced} reduced."
                : $"Dry run: {report.PersonsErased} persons would be erased, {report.PersonsReduced} reduced; --apply does it.");
            return 0;
        }));
        return command;
    }

    private static Option<DateTimeOffset> Date(string name, string description) => new(name)
    {
        Description = $"{description}: a day (2026-12-31, its beginning in UTC) or a time with its offset",
        Required = true,
        CustomParser = static result => Parse(result),
    };

    private static DateTimeOffset Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK"];
        if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return at;
        }

        result.AddError($"'{text}' is no time; write it as 2026-12-31 or 2026-12-31T18:00:00Z.");
        return default;
    }
}
