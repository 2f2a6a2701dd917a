using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>
/// The amount of a stored entry. A row carries the amount of its own line, so that a sum over rows is the turnover; what a repeat, a
/// reversal or a control code needs is the whole ticket's, which its command tells.
/// </summary>
internal static class StoredAmount
{
    /// <summary>The whole amount of an entry, given line 1 of it as stored.</summary>
    public static long Of(ShardState state, in Entry entry, ReadOnlySpan<byte> command)
    {
        if (entry.Code != ResultCode.Accepted || command.Length <= SystemCommand.DeadlineBytes)
        {
            return entry.AmountCents;
        }

        return entry.Kind switch
        {
            MessageType.Wager => new WagerBody(command[SystemCommand.DeadlineBytes..]).AmountCents,
            MessageType.Hold => PriceOf(state, new HoldBody(command[SystemCommand.DeadlineBytes..])),
            _ => entry.AmountCents,
        };
    }

    /// <summary>The row as it was decided: with the whole amount.</summary>
    public static FetchedRow Restore(ShardState state, FetchedRow row) =>
        row with { Entry = row.Entry with { AmountCents = Of(state, row.Entry, row.Command) } };

    private static long PriceOf(ShardState state, HoldBody hold)
    {
        var sale = state.Sales[hold.Sale];
        long cents = 0;
        while (hold.TryNext(out var line))
        {
            cents = checked(cents + (line.Quantity * sale.FindCell(line.Session, line.Category)!.PriceCents));
        }

        return cents;
    }
}
