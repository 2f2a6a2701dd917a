using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Ticketing;

/// <summary>The fields of a confirmation or authorisation.</summary>
internal readonly ref struct ConfirmBody
{
    public readonly long Hold;
    public readonly long AmountCents;
    public readonly ReadOnlySpan<byte> Authorisation;

    public ConfirmBody(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        reader.Int64();
        Hold = reader.Int64();
        AmountCents = reader.Int64();
        Authorisation = reader.CountedBytes(Wire.AuthorisationBytesMax);
    }
}

/// <summary>Decides holds, authorisations, confirmations, releases and returns of seats (<c>domain.md</c> section 3.2).</summary>
internal static class SeatRules
{
    /// <summary>Checks a hold, all lines or none. Sold out is decided on the first cell that lacks seats, before anything about the person.</summary>
    public static Verdict Hold(ShardState state, ReadOnlySpan<byte> body, long now, out long amountCents, out long expiresAt)
    {
        amountCents = 0;
        expiresAt = 0;
        var hold = new HoldBody(body);
        var verdict = CheckSale(state, hold.Sale, out var sale);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (hold.Person.Length is not (0 or Wire.PersonKeyBytes))
        {
            return Verdict.Refuse(ResultCode.MalformedBody, BodyField.Person);
        }

        Span<HoldLine> lines = stackalloc HoldLine[hold.LineCount];
        for (int number = 1; hold.TryNext(out var line); number++)
        {
            lines[number - 1] = line;
            verdict = CheckLine(sale!, lines[..number], ref amountCents);
            if (!verdict.IsAccepted)
            {
                amountCents = 0;
                return verdict.AtLine(number);
            }
        }

        verdict = CheckPacks(sale!.Terms, lines);
        long slotEnd = long.MaxValue;
        if (verdict.IsAccepted)
        {
            verdict = CheckPerson(state, sale, hold.Person, lines, now, out slotEnd);
        }

        if (!verdict.IsAccepted)
        {
            amountCents = 0;
            return verdict;
        }

        expiresAt = Math.Min(Math.Min(now + (sale.HoldSeconds * 1_000_000L), Math.Max(sale.ClosesAt, now + 1)), slotEnd);
        return Verdict.Accepted;
    }

    /// <summary>Checks that a sale is there and open.</summary>
    public static Verdict CheckSale(ShardState state, uint id, out Sale? sale)
    {
        if (!state.Sales.TryGetValue(id, out sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        return sale.Status == SaleStatus.Open
            ? Verdict.Accepted
            : Verdict.Refuse(sale.Status == SaleStatus.Closed ? ResultCode.SaleClosed : ResultCode.SaleNotOpen, BodyField.Sale);
    }

    /// <summary>Checks an authorisation that is recorded before its confirmation.</summary>
    public static Verdict Authorise(ShardState state, in ConfirmBody body, long now)
    {
        var verdict = CheckPayable(state, in body, now, out var hold);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (state.Authorisations.Contains(body.Authorisation))
        {
            return Verdict.Refuse(ResultCode.AuthorisationUsed, BodyField.Authorisation);
        }

        return hold!.AmountCents == body.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Checks a confirmation; any frontend of the channel may confirm, nobody once the sale is closed.</summary>
    public static Verdict Confirm(ShardState state, in ConfirmBody body, long now)
    {
        var verdict = CheckPayable(state, in body, now, out var hold);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (hold!.Authorisation.Length > 0)
        {
            if (!body.Authorisation.SequenceEqual(hold.Authorisation))
            {
                return Verdict.Refuse(ResultCode.AuthorisationDiffers, BodyField.Authorisation);
            }
        }
        else if (state.Authorisations.Contains(body.Authorisation))
        {
            return Verdict.Refuse(ResultCode.AuthorisationUsed, BodyField.Authorisation);
        }

        return hold.AmountCents == body.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Checks a release.</summary>
    public static Verdict Release(ShardState state, long number, long now) => CheckLive(state, number, now, out _);

    /// <summary>
    /// Checks a return of seats of one line of an order; <paramref name="row"/> is the row of the hold that became it. Fills in what the
    /// entry needs to be applied from its own row.
    /// </summary>
    public static Verdict Return(ShardState state, FetchedRow? row, TicketReturn request, out ReturnedSeats returned)
    {
        returned = default;
        if (row is null || row.Entry.Code != ResultCode.Accepted || row.Entry.Kind is not (MessageType.Hold or MessageType.WaitOffered))
        {
            return Verdict.Refuse(ResultCode.HoldUnknown, BodyField.Number);
        }

        if (state.Tickets[row.Entry.Number] != PresentState.Confirmed)
        {
            return Verdict.Refuse(ResultCode.ReturnNotAllowed, BodyField.Number);
        }

        var order = new HoldBody(row.Command.AsSpan(row.Entry.Kind == MessageType.Hold ? SystemCommand.DeadlineBytes : SystemCommand.SubjectBytes));
        var verdict = CheckSale(state, order.Sale, out var sale);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        int left = 0;
        HoldLine? wanted = null;
        for (byte number = 1; order.TryNext(out var line); number++)
        {
            int here = line.Quantity - state.Returned.GetValueOrDefault((row.Entry.Number, number));
            left += here;
            if (number == request.Line)
            {
                wanted = line with { Quantity = (ushort)here };
            }
        }

        if (wanted is not { } seats)
        {
            return Verdict.Refuse(ResultCode.ReturnNotAllowed, BodyField.Lines);
        }

        if (request.Quantity == 0 || request.Quantity > seats.Quantity)
        {
            return Verdict.Refuse(ResultCode.ReturnNotAllowed, BodyField.Quantity);
        }

        var cell = sale!.FindCell(seats.Session, seats.Category)!;
        returned = new ReturnedSeats(cell, request.Quantity, left == request.Quantity, order.Person.ToArray());
        return Verdict.Accepted;
    }

    private static Verdict CheckLine(Sale sale, ReadOnlySpan<HoldLine> lines, ref long amountCents)
    {
        var line = lines[^1];
        if (line.Quantity == 0)
        {
            return Verdict.Refuse(ResultCode.QuantityInvalid, BodyField.Quantity);
        }

        int inSession = line.Quantity, inCell = line.Quantity;
        foreach (var before in lines[..^1])
        {
            bool isSameCell = before.Session == line.Session && before.Category == line.Category;
            if (isSameCell && before.Pack == line.Pack)
            {
                return Verdict.Refuse(ResultCode.QuantityInvalid, BodyField.Cell);
            }

            inSession += before.Session == line.Session ? before.Quantity : 0;
            inCell += isSameCell ? before.Quantity : 0;
        }

        if (sale.FindCell(line.Session, line.Category) is not { } cell)
        {
            return Verdict.Refuse(ResultCode.UnknownCell, BodyField.Cell);
        }

        if (inSession > cell.QuantityMax)
        {
            return Verdict.Refuse(ResultCode.QuantityAboveMaximum, BodyField.Quantity);
        }

        if (cell.Available < inCell)
        {
            return Verdict.Refuse(ResultCode.SoldOut, BodyField.Cell);
        }

        amountCents = checked(amountCents + (line.Quantity * cell.PriceCents));
        return Verdict.Accepted;
    }

    /// <summary>Every pack has as many lines as it has sessions, each of another session, all of one quantity.</summary>
    private static Verdict CheckPacks(in SaleTerms terms, ReadOnlySpan<HoldLine> lines)
    {
        if (terms.PackSessions == 0)
        {
            return Verdict.Accepted;
        }

        int packs = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            int sessions = 0;
            bool isFirst = true;
            for (int j = 0; j < lines.Length; j++)
            {
                if (lines[j].Pack != line.Pack)
                {
                    continue;
                }

                sessions++;
                isFirst &= j >= i;
                if (lines[j].Quantity != line.Quantity || (j != i && lines[j].Session == line.Session))
                {
                    return Verdict.Refuse(ResultCode.PackInvalid, BodyField.Pack);
                }
            }

            packs += isFirst ? 1 : 0;
            if (line.Pack == 0 || sessions != terms.PackSessions)
            {
                return Verdict.Refuse(ResultCode.PackInvalid, BodyField.Pack);
            }
        }

        return terms.PacksMax == 0 || packs <= terms.PacksMax ? Verdict.Accepted : Verdict.Refuse(ResultCode.PackInvalid, BodyField.Pack);
    }

    private static Verdict CheckPerson(ShardState state, Sale sale, ReadOnlySpan<byte> person, ReadOnlySpan<HoldLine> lines, long now, out long slotEnd)
    {
        slotEnd = long.MaxValue;
        if (person.IsEmpty)
        {
            return sale.Terms.PersonMax > 0 || sale.Terms.Draw != 0
                ? Verdict.Refuse(ResultCode.PersonMissing, BodyField.Person)
                : Verdict.Accepted;
        }

        var key = PersonKey.Read(person);
        if (sale.Terms.Draw != 0)
        {
            var verdict = SlotRules.CheckSlot(state, sale, in key, now, out var wave);
            if (!verdict.IsAccepted)
            {
                return verdict;
            }

            slotEnd = wave!.EndsAt;
        }

        return CheckLimits(state.Persons.Find(in key), sale, lines);
    }

    private static Verdict CheckLimits(PersonAccount? account, Sale sale, ReadOnlySpan<HoldLine> lines)
    {
        int all = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            int inSession = 0;
            foreach (var line in lines[..(i + 1)])
            {
                inSession += line.Session == lines[i].Session ? line.Quantity : 0;
            }

            all += lines[i].Quantity;
            if (!SlotRules.AllowsInSession(account, sale.FindCell(lines[i].Session, lines[i].Category)!, inSession))
            {
                return Verdict.Refuse(ResultCode.PersonCapReached, BodyField.Quantity).AtLine(i + 1);
            }
        }

        return SlotRules.AllowsInAll(account, sale, all) ? Verdict.Accepted : Verdict.Refuse(ResultCode.PersonCapReached, BodyField.Person);
    }

    private static Verdict CheckPayable(ShardState state, in ConfirmBody body, long now, out LiveHold? hold)
    {
        var verdict = CheckLive(state, body.Hold, now, out hold);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (hold!.Seats[0].Cell.Sale.Status == SaleStatus.Closed)
        {
            return Verdict.Refuse(ResultCode.SaleClosed, BodyField.Sale);
        }

        return body.Authorisation.IsEmpty ? Verdict.Refuse(ResultCode.AuthorisationMissing, BodyField.Authorisation) : Verdict.Accepted;
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
            PresentState.Confirmed or PresentState.Released or PresentState.Reversed or PresentState.Returned =>
                Verdict.Refuse(ResultCode.HoldNotLive, BodyField.Number),
            _ => Verdict.Refuse(ResultCode.HoldUnknown, BodyField.Number),
        };
    }
}
