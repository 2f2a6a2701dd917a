using System.CommandLine;
using System.Globalization;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary><c>txcore supervisor list|resolve</c>: reversals that came after a stop, which a person decides.</summary>
internal static class SupervisorCommands
{
    public static Command Create() => new("supervisor", "Decides reversals that came after a stop.") { List(), Resolve() };

    private static Command List()
    {
        var database = new DatabaseOptions();
        var command = new Command("list", "Lists the tickets that wait, the longest waiting first.");
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var reader = new DayReader(connection, database.Identity(parsed));
            var waiting = await reader.ReadSupervisorQueueAsync(cancellationToken);
            foreach (var ticket in waiting)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"ticket {ticket.Ticket}, {DayIdentities.Name(ticket.Race)}, {DayIdentities.Euros(ticket.AmountCents)}, terminal {ticket.Source}, outlet {ticket.Outlet}, reversal {ticket.Reversal} since {ticket.Since:yyyy-MM-dd HH:mm:ss}Z"));
            }

            Console.WriteLine($"{waiting.Count} tickets wait.");
            return 0;
        }));
        return command;
    }

    private static Command Resolve()
    {
        var control = new ControlClient();
        var number = new Argument<ulong>("number") { Description = "Number of the ticket" };
        var grant = new Option<bool>("--grant") { Description = "Reverses the ticket after all; needs --second-actor" };
        var deny = new Option<bool>("--deny") { Description = "Lets the ticket stand" };
        var command = new Command("resolve", "Decides a ticket of the list: --grant or --deny.") { number, grant, deny };
        control.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(grant) == result.GetValue(deny))
            {
                result.AddError("Give one of --grant and --deny.");
            }
        });
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.SubmitAsync(
                new SupervisorResolve(default, header, parsed.GetValue(number), parsed.GetValue(grant)), null, cancellationToken),
            cancellationToken));
        return command;
    }
}
