using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Wagering;

namespace TxCore.Ticketing;

/// <summary>Decides holds, confirmations and releases of seats (<c>domain.md</c> section 3.2).</summary>
internal static class SeatRules
{
    /// <summary>Checks a hold, all lines or none. Sold out is decided on the first cell that lacks seats.</summary>
    public static Verdict Hold(ShardState state, ReadOnlySpan<byte> body, long now, out long amountCents, out long expiresAt)
    {
        amountCents = 0;
        expiresAt = 0;
        var hold = new HoldBody(body);
        if (!state.Sales.TryGetValue(hold.Sale, out var sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Status != SaleStatus.Open)
        {
            return Verdict.Refuse(sale.Status == SaleStatus.Closed ? ResultCode.SaleClosed : ResultCode.SaleNotOpen, BodyField.Sale);
        }

        if (hold.PersonBytes is not (0 or Wire.PersonKeyBytes))
        {
            return Verdict.Refuse(ResultCode.MalformedBody, BodyField.Person);
        }

        Span<ulong> seen = stackalloc ulong[Wire.LinesMax];
        int number = 0;
        while (hold.TryNext(out var line))
        {
            ulong key = ((ulong)line.Session << 16) | line.Category;
            var verdict = seen[..number].Contains(key) || line.Quantity == 0
                ? Verdict.Refuse(ResultCode.QuantityInvalid, line.Quantity == 0 ? BodyField.Quantity : BodyField.Cell)
                : CheckLine(sale, line.Session, line.Category, line.Quantity, ref amountCents);
            seen[number++] = key;
            if (!verdict.IsAccepted)
            {
                amountCents = 0;
                return verdict.AtLine(number);
            }
        }

        expiresAt = Math.Min(now + (sale.HoldSeconds * 1_000_000L), Math.Max(sale.ClosesAt, now + 1));
        return Verdict.Accepted;
    }

    /// <summary>Checks a confirmation; any frontend of the channel may confirm, nobody once the sale is closed.</summary>
    public static Verdict Confirm(ShardState state, long number, long amountCents, bool hasAuthorisation, long now)
    {
        var verdict = CheckLive(state, number, now, out var hold);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (hold!.Seats[0].Cell.Sale.Status == SaleStatus.Closed)
        {
            return Verdict.Refuse(ResultCode.SaleClosed, BodyField.Sale);
        }

        if (!hasAuthorisation)
        {
            return Verdict.Refuse(ResultCode.AuthorisationMissing, BodyField.Authorisation);
        }

        return hold.AmountCents == amountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Checks a release.</summary>
    public static Verdict Release(ShardState state, long number, long now) => CheckLive(state, number, now, out _);

    private static Verdict CheckLine(Sale sale, uint session, ushort category, ushort quantity, ref long amountCents)
    {
        if (sale.FindCell(session, category) is not { } cell)
        {
            return Verdict.Refuse(ResultCode.UnknownCell, BodyField.Cell);
        }

        if (quantity > cell.QuantityMax)
        {
            return Verdict.Refuse(ResultCode.QuantityAboveMaximum, BodyField.Quantity);
        }

        if (cell.Available < quantity)
        {
            return Verdict.Refuse(ResultCode.SoldOut, BodyField.Cell);
        }

        amountCents = checked(amountCents + (quantity * cell.PriceCents));
        return Verdict.Accepted;
    }

    private static Verdict CheckLive(ShardState state, long number, long now, out LiveHold? hold)
    {
        if (state.Holds.TryGetValue(number, out hold))
        {
            return now >= hold.ExpiresAt ? Verdict.Refuse(ResultCode.HoldExpired, BodyField.Time) : Verdict.Accepted;
        }

        return state.Tickets[number] switch
        {
            PresentState.Expired => Verdict.Refuse(ResultCode.HoldExpired, BodyField.Time),
            PresentState.Confirmed or PresentState.Released or PresentState.Reversed => Verdict.Refuse(ResultCode.HoldNotLive, BodyField.Number),
            _ => Verdict.Refuse(ResultCode.HoldUnknown, BodyField.Number),
        };
    }
}
