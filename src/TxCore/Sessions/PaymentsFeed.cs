using Microsoft.Extensions.Logging;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;

namespace TxCore.Sessions;

/// <summary>
/// Payment orders in the order of their numbers, read from committed rows beside the ring: a reader that comes back with the number it
/// got to is told each order once, whatever died in between.
/// </summary>
public sealed class PaymentsFeed(IShardReader reader, DefinitionsBoard board, Func<long> acknowledged, ILogger logger)
{
    /// <summary>Most rows looked at for one page.</summary>
    private const int RowsMax = 20_000;

    /// <summary>One page; empty with no progress when the store is away.</summary>
    public async ValueTask<PaymentsPage> ReadAsync(PaymentsRequest request, CancellationToken cancellationToken)
    {
        long after = (long)Math.Min(request.After, long.MaxValue);
        long upTo = board.HighestNumber;
        int max = request.Max is 0 or > Wire.PaymentsMax ? Wire.PaymentsMax : request.Max;
        if (after >= upTo)
        {
            return new PaymentsPage(request.After, request.After, (ulong)acknowledged(), []);
        }

        var items = new List<PaymentItem>(Math.Min(max, 64));
        long next = after;
        bool isFull = false;
        try
        {
            long visited = await reader.ReadPaymentsAsync(
                after, upTo, RowsMax,
                (in StoredRow row) =>
                {
                    isFull |= items.Count == max;
                    if (isFull)
                    {
                        return;
                    }

                    next = row.Entry.Number;
                    if (TryRead(in row, out var order))
                    {
                        items.Add(new PaymentItem(
                            (ulong)next, order.Kind, (ulong)order.Hold, order.AmountCents, row.Entry.SequencedAt, order.Authorisation));
                    }
                },
                cancellationToken);
            return new PaymentsPage(request.After, (ulong)(isFull ? next : visited), (ulong)acknowledged(), [.. items]);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The store may be away; nothing is skipped, the reader asks again from where it is.
            logger.LookupFailed(0, fault);
            return new PaymentsPage(request.After, request.After, (ulong)acknowledged(), []);
        }
    }

    /// <summary>The payment order of a stored entry; false when it gave none.</summary>
    public static bool TryRead(in StoredRow row, out PaymentOrder order)
    {
        order = default;
        if (row.Entry is { Code: ResultCode.MalformedBody, FaultField: BodyField.Body })
        {
            return false;
        }

        if (row.Entry.Kind == MessageType.HoldExpired)
        {
            return PaymentOrder.TryRead(row.Command[SystemCommand.SubjectBytes..], out order);
        }

        // What a reversal of a ticket stores behind its body is no payment: it begins with a count of moves, and its reference is no hold.
        bool canHave = row.Entry.Kind switch
        {
            MessageType.Confirm or MessageType.Authorise => true,
            MessageType.Release or MessageType.TicketReturn => row.Entry.Code == ResultCode.Accepted,
            MessageType.Reversal => row.Entry.Code == ResultCode.Accepted,
            _ => false,
        };
        return canHave
            && PaymentOrder.TryRead(row.Command[Addendum.Start(row.Entry.Kind, row.Command)..], out order)
            && (row.Entry.Kind != MessageType.Reversal || order.Hold == row.Entry.Reference);
    }
}
