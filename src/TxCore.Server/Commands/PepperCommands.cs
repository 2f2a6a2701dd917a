using System.CommandLine;
using TxCore.Identity.Keys;

namespace TxCore.Server.Commands;

/// <summary><c>txcore pepper create|show|destroy</c>: the secret persons of an event are keyed under.</summary>
internal static class PepperCommands
{
    public static Command Create() => new("pepper", "Keeps the secret under which the persons of an event, or of a recipient, are keyed.")
    {
        Make(), Show(), Destroy(),
    };

    private static Command Make()
    {
        var file = FileArgument();
        var subject = new Option<string?>("--event") { Description = "Event whose persons are keyed under it" };
        var recipient = new Option<string?>("--recipient") { Description = "Recipient whose hand-overs are keyed under it" };
        var command = new Command("create", "Makes a pepper in a new file that only its owner can read. Keep a copy: without it no person finds their entry.") { file, subject, recipient };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(subject) is null) == (result.GetValue(recipient) is null))
            {
                result.AddError("Give --event or --recipient, one of the two.");
            }
        });
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            string name = parsed.GetValue(subject) ?? PepperFile.RecipientSubject(parsed.GetValue(recipient)!);
            using var pepper = PepperFile.Create(parsed.GetValue(file)!, name, TimeProvider.System);
            parsed.InvocationConfiguration.Output.WriteLine($"Pepper {pepper.Id} of {pepper.Event} made.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Show()
    {
        var file = FileArgument();
        var command = new Command("show", "Tells whose pepper a file holds, or when it was destroyed; never the pepper.") { file };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (PepperFile.ReadTombstone(parsed.GetValue(file)!) is { } gone)
            {
                output.WriteLine($"Pepper {gone.PepperId} of {gone.Event} was destroyed {gone.DestroyedAt:u} by {gone.By}: {gone.Reason}");
                return Task.FromResult(0);
            }

            using var pepper = PepperFile.Read(parsed.GetValue(file)!);
            output.WriteLine($"Pepper {pepper.Id} of {pepper.Event}, made {pepper.CreatedAt:u}.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Destroy()
    {
        var file = FileArgument();
        var subject = new Option<string>("--event") { Description = "Event it belongs to (handover/ID for a recipient's), against the wrong file", Required = true };
        var by = new Option<string>("--actor") { Description = "Who destroys it; recorded", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; recorded", Required = true };
        var command = new Command("destroy", "Overwrites and deletes a pepper, and leaves a record. No key can be made or told any more; sales and draw proofs stay valid.")
        {
            file, subject, by, reason,
        };
        command.SetAction(parsed => IdentityOptions.GuardAsync(parsed, () =>
        {
            var gone = PepperFile.Destroy(
                parsed.GetValue(file)!, parsed.GetValue(subject)!, parsed.GetValue(by)!, parsed.GetValue(reason)!, TimeProvider.System);
            parsed.InvocationConfiguration.Output.WriteLine($"Pepper {gone.PepperId} of {gone.Event} is destroyed.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Argument<string> FileArgument() => new("file") { Description = "File of the pepper, outside every database" };
}
