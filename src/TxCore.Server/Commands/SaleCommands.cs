using System.CommandLine;
using TxCore.Client;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary><c>txcore sale open|close</c>.</summary>
internal static class SaleCommands
{
    public static Command Create() => new("sale", "Controls a sale of a running server; every control is sequenced with actor and reason.")
    {
        Make("open", "Opens a defined sale.", ClientControls.SaleOpenAsync),
        Make("close", "Closes an open sale.", ClientControls.SaleCloseAsync),
    };

    private static Command Make(string name, string help, Func<TxCoreClient, uint, ControlHeader, CancellationToken, Task<SubmitResult>> submit)
    {
        var control = new ControlClient();
        var sale = new Argument<uint>("sale") { Description = "Number of the sale" };
        var command = new Command(name, help) { sale };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed, (client, header) => submit(client, parsed.GetValue(sale), header, cancellationToken), cancellationToken));
        return command;
    }
}
