using System.CommandLine;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Protocol.Messages;
using TxCore.Server.Ticketing;

namespace TxCore.Server.Commands;

/// <summary><c>txcore sale define|cells|open|close|block|move|verify</c>; those that tell its state are <see cref="SaleStateCommands"/>.</summary>
internal static class SaleCommands
{
    public static Command Create() => new("sale", "Controls a ticket sale of a running server; every control is sequenced with actor and reason.")
    {
        Define(),
        Cells(),
        Simple("open", "Opens a defined sale.", ClientControls.SaleOpenAsync),
        Simple("close", "Closes an open sale.", ClientControls.SaleCloseAsync),
        Block(),
        Move(),
        SaleStateCommands.State(),
        SaleStateCommands.Payments(),
        SaleStateCommands.Acknowledge(),
        Verify(),
    };

    /// <summary>The sale a command is about.</summary>
    public static Argument<uint> SaleArgument() => new("sale") { Description = "Number of the sale" };

    private static Command Simple(string name, string help, Func<TxCoreClient, uint, ControlHeader, CancellationToken, Task<SubmitResult>> submit)
    {
        var control = new ControlClient();
        var sale = SaleArgument();
        var command = new Command(name, help) { sale };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed, (client, header) => submit(client, parsed.GetValue(sale), header, cancellationToken), cancellationToken));
        return command;
    }

    private static Command Define()
    {
        var control = new ControlClient();
        var file = FileArgument();
        var command = new Command("define", "Defines a sale with its cells from a JSON file; the sample file beside the server explains it.") { file };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => WithFileAsync(parsed, file, cancellationToken, sale => control.RunAsync(
            parsed,
            async (client, header) =>
                ControlClient.Tell($"Sale {sale.Sale}: ", await client.SaleDefineAsync(sale.Definition(header), cancellationToken))
                    && await AddCellsAsync(client, sale, header, cancellationToken) ? 0 : 1,
            cancellationToken)));
        return command;
    }

    private static Command Cells()
    {
        var control = new ControlClient();
        var file = FileArgument();
        var command = new Command("cells", "Adds the cells of a JSON file to its sale, which is a draft; the rest of the file is not looked at.") { file };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => WithFileAsync(parsed, file, cancellationToken, sale => control.RunAsync(
            parsed, async (client, header) => await AddCellsAsync(client, sale, header, cancellationToken) ? 0 : 1, cancellationToken)));
        return command;
    }

    private static Command Block()
    {
        var control = new ControlClient();
        var (sale, session, category) = (SaleArgument(), SessionArgument(), CategoryArgument());
        var blocked = new Argument<uint>("blocked") { Description = "Seats not for sale from now on; at most what is not held or sold" };
        var command = new Command("block", "Sets how many seats of a cell are not for sale.") { sale, session, category, blocked };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.SeatsBlockAsync(
                new SeatsBlock(
                    default, header, parsed.GetValue(sale), parsed.GetValue(session), parsed.GetValue(category), parsed.GetValue(blocked)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Move()
    {
        var control = new ControlClient();
        var (sale, session, category) = (SaleArgument(), SessionArgument(), CategoryArgument());
        var toSale = new Argument<uint>("to-sale") { Description = "Number of the sale that takes them; it has the same cell" };
        var quantity = new Argument<uint>("quantity") { Description = "Seats" };
        var command = new Command("move", "Moves available seats of a cell to another sale: what one phase did not sell, the next offers.")
        {
            sale, session, category, toSale, quantity,
        };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed,
            (client, header) => client.SeatsMoveAsync(
                new SeatsMove(
                    default, header, parsed.GetValue(sale), parsed.GetValue(session), parsed.GetValue(category), parsed.GetValue(toSale),
                    parsed.GetValue(quantity)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Verify()
    {
        var database = new DatabaseOptions();
        var command = new Command("verify", "Checks all sales by the rows alone: cells, persons, orders, payments; exit code 1 names each identity that does not hold.");
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var reader = new SaleReader(connection, database.Identity(parsed));
            var identities = await reader.VerifyAsync(cancellationToken);
            foreach (var identity in identities)
            {
                Console.WriteLine($"{(identity.Holds ? "holds" : "BROKEN"),-7}{identity.Name,-15}{identity.Checked,12}  {identity.Says}");
            }

            foreach (var broken in identities.Where(static identity => !identity.Holds))
            {
                Console.Error.WriteLine($"DOES NOT HOLD: {broken.Name}, {broken.Broken} of {broken.Checked}; the first: {broken.First}");
            }

            return identities.All(static identity => identity.Holds) ? 0 : 1;
        }));
        return command;
    }

    private static async Task<bool> AddCellsAsync(TxCoreClient client, SaleFile sale, ControlHeader header, CancellationToken cancellationToken)
    {
        foreach (var cells in sale.CellDefinitions(header))
        {
            if (!ControlClient.Tell($"{cells.Cells.Length} cells: ", await client.CellsDefineAsync(cells, cancellationToken)))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<int> WithFileAsync(
        ParseResult parsed, Argument<string> file, CancellationToken cancellationToken, Func<SaleFile, Task<int>> run)
    {
        SaleFile sale;
        try
        {
            sale = await SaleFile.ReadAsync(parsed.GetValue(file)!, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return (int)ExitCode.Usage;
        }

        return await run(sale);
    }

    private static Argument<string> FileArgument() => new("file") { Description = "The sale, JSON" };

    private static Argument<uint> SessionArgument() => new("session") { Description = "The session" };

    private static Argument<ushort> CategoryArgument() => new("category") { Description = "The price category" };
}
