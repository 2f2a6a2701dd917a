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

    private const int StepRowsMin = 500;

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

        var page = new PageUnderWay(max);
        long next = after;
        try
        {
            // In steps, so that a page that fills soon does not read the rest of what it may look at.
            int step = Math.Max(2 * max, StepRowsMin);
            for (int looked = 0; looked < RowsMax && next < upTo && !page.IsFull; looked += step)
            {
                long visited = await reader.ReadPaymentsAsync(next, upTo, step, page.Visit, cancellationToken);
                next = page.IsFull ? page.Last : visited;
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The store may be away; nothing is skipped or told twice, the reader asks again from where it is.
            logger.LookupFailed(0, fault);
            next = Math.Max(next, page.Last);
        }

        return new PaymentsPage(request.After, (ulong)next, (ulong)acknowledged(), [.. page.Items]);
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

    /// <summary>The orders found so far; a row behind the last that fits is left for the next page.</summary>
    private sealed class PageUnderWay(int max)
    {
        public List<PaymentItem> Items { get; } = new(Math.Min(max, 64));

        /// <summary>True once a row came for which there was no room.</summary>
        public bool IsFull { get; private set; }

        /// <summary>The last number taken in.</summary>
        public long Last { get; private set; }

        public void Visit(in StoredRow row)
        {
            IsFull |= Items.Count == max;
            if (IsFull)
            {
                return;
            }

            Last = row.Entry.Number;
            if (TryRead(in row, out var order))
            {
                Items.Add(new PaymentItem((ulong)Last, order.Kind, (ulong)order.Hold, order.AmountCents, row.Entry.SequencedAt, order.Authorisation));
            }
        }
    }
}
