using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Ticketing;

namespace TxCore.Server.Commands;

/// <summary><c>txcore sale state|payments|acknowledge</c>: what a running server tells of a sale, and of what is to be paid.</summary>
internal static class SaleStateCommands
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command State()
    {
        var connection = new ControlClient();
        var sale = SaleCommands.SaleArgument();
        var command = new Command("state", "Tells the seats of every cell as of a commit at most half a second ago.") { sale };
        connection.AddConnectionTo(command);
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed,
            async (client, _) =>
            {
                var state = await client.SaleStateAsync(parsed.GetValue(sale), cancellationToken);
                Console.WriteLine($"Sale {state.Sale}: {state.Status}, as of number {state.Number}, {TimeText.Of(state.At)}");
                Console.WriteLine("   session category  available       held       sold    blocked   capacity    waiting");
                foreach (var cell in state.Cells)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{cell.Session,10}{cell.Category,9}{cell.Available,11}{cell.Held,11}{cell.Sold,11}{cell.Blocked,11}{cell.Capacity,11}{cell.Waiting,11}"));
                }

                return state.Status == SaleStatus.None ? 1 : 0;
            },
            cancellationToken));
        return command;
    }

    public static Command Payments()
    {
        var connection = new ControlClient();
        var after = new Option<ulong>("--after") { Description = "The number behind which to begin; default: what was acknowledged" };
        var max = new Option<int>("--max") { Description = "Most orders to tell", DefaultValueFactory = static _ => Wire.PaymentsMax };
        var json = new Option<bool>("--json") { Description = "Tells them as JSON" };
        var command = new Command("payments", "Tells what is to be captured, voided and refunded, in order; go on behind the number it ends with.")
        {
            after, max, json,
        };
        connection.AddConnectionTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(max) < 1)
            {
                result.AddError("--max must be 1 or more.");
            }
        });
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed,
            async (client, _) =>
            {
                bool hasAfter = parsed.GetResult(after) is { Implicit: false };
                ulong start = hasAfter ? parsed.GetValue(after) : (await client.PaymentsAsync(0, 1, cancellationToken)).Acknowledged;
                await TellAsync(client, start, parsed.GetValue(max), parsed.GetValue(json), cancellationToken);
                return 0;
            },
            cancellationToken));
        return command;
    }

    public static Command Acknowledge()
    {
        var control = new ControlClient();
        var upTo = new Argument<ulong>("up-to") { Description = "The number that a list of payments ended with" };
        var command = new Command("acknowledge", "Tells that all payment orders up to a number were carried out.") { upTo };
        control.AddTo(command);
        command.SetAction((parsed, cancellationToken) => control.SubmitAsync(
            parsed, (client, header) => client.PaymentsAcknowledgeAsync(parsed.GetValue(upTo), header, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task TellAsync(TxCoreClient client, ulong after, int max, bool asJson, CancellationToken cancellationToken)
    {
        var items = new List<PaymentItem>();
        PaymentsPage page;
        do
        {
            page = await client.PaymentsAsync(after, Math.Min(max - items.Count, Wire.PaymentsMax), cancellationToken);
            items.AddRange(page.Items);
            (bool isLast, after) = (page.Next == after, page.Next);
            if (isLast)
            {
                break;
            }
        }
        while (items.Count < max);

        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Next = after,
                    page.Acknowledged,
                    Orders = items.Select(static item => new
                    {
                        item.Number,
                        Kind = item.Kind.ToString(),
                        item.Hold,
                        item.AmountCents,
                        At = TimeText.Of(item.At),
                        Authorisation = Convert.ToHexStringLower(item.Authorisation),
                    }),
                },
                Json));
            return;
        }

        foreach (var item in items)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{item.Number,12} {item.Kind,-8}{item.AmountCents,12} cents  hold {item.Hold}  {TimeText.Of(item.At)}  {Convert.ToHexStringLower(item.Authorisation)}"));
        }

        Console.WriteLine($"{items.Count} orders up to number {after}; acknowledged up to {page.Acknowledged}.");
    }
}
