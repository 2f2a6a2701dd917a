using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Holds, orders, returns and the payments they ask for (<c>domain.md</c> section 3.2).</summary>
internal sealed class ReferenceTickets(ReferenceBook book, ReferenceDraws draws)
{
    private const long Second = 1_000_000;

    public static string Key(byte[] bytes) => Convert.ToHexString(bytes);

    public Ruling Hold(Hold hold, Decision decision)
    {
        if (!book.Sales.TryGetValue(hold.Sale, out var sale))
        {
            return new Ruling(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Status != SaleStatus.Open)
        {
            return NotOpen(sale);
        }

        if (hold.Person.Length is not (0 or 32))
        {
            return new Ruling(ResultCode.MalformedBody, BodyField.Person);
        }

        string person = Key(hold.Person);
        var ruling = CheckLines(sale, hold.Lines);
        ruling = ruling.IsAccepted ? CheckPacks(sale.Terms, hold.Lines) : ruling;
        if (ruling.IsAccepted && person.Length == 0 && (sale.Terms.PersonMax > 0 || sale.Terms.Draw > 0))
        {
            ruling = new Ruling(ResultCode.PersonMissing, BodyField.Person);
        }

        ReferenceWave? wave = null;
        ReferenceEntry? entry = null;
        if (ruling.IsAccepted && sale.Terms.Draw > 0)
        {
            ruling = draws.CheckSlot(sale, person, decision.At, out wave, out entry);
        }

        ruling = ruling.IsAccepted && person.Length > 0 ? CheckCaps(sale, person, hold.Lines) : ruling;
        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        decision.ExpiresAt = Math.Min(decision.At + (sale.HoldSeconds * Second), sale.LastMoment(decision.At));
        decision.ExpiresAt = wave is null ? decision.ExpiresAt : Math.Min(decision.ExpiresAt, wave.EndsAt);
        decision.Hold = new ReferenceHold
        {
            Number = decision.Number,
            Source = decision.Source,
            Sale = sale,
            Person = person,
            Lines = [.. hold.Lines.Select(line => new ReferenceSeats(sale.Cell(line.Session, line.Category)!, line.Quantity))],
            ExpiresAt = decision.ExpiresAt,
            Wave = wave,
        };
        decision.AmountCents = decision.Hold.AmountCents;
        entry?.Arrive();
        book.Add(decision.Hold);
        return Ruling.Accepted;
    }

    public Ruling Confirm(Confirm confirm, Decision decision)
    {
        string authorisation = Key(confirm.Authorisation);
        decision.Reference = confirm.Hold;
        var ruling = CheckOrder(confirm.Hold, authorisation, decision.At, out var hold);
        if (ruling.IsAccepted && hold!.Authorisation.Length > 0)
        {
            ruling = hold.Authorisation == authorisation ? ruling : new Ruling(ResultCode.AuthorisationDiffers, BodyField.Authorisation);
        }
        else if (ruling.IsAccepted && book.UsedAuthorisations.Contains(authorisation))
        {
            ruling = new Ruling(ResultCode.AuthorisationUsed, BodyField.Authorisation);
        }

        if (ruling.IsAccepted && confirm.AmountCents != hold!.AmountCents)
        {
            ruling = new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
        }

        if (ruling.IsAccepted)
        {
            hold!.Authorisation = authorisation;
            book.UsedAuthorisations.Add(authorisation);
            book.End(hold, PresentState.Confirmed, decision.Number);
            draws.EntryOf(hold)?.Buy();
            decision.Hold = hold;
            decision.AmountCents = confirm.AmountCents;
            decision.Payment = book.Order(decision.Number, PaymentKind.Capture, confirm.Hold, confirm.AmountCents, authorisation);
        }

        return ruling;
    }

    public Ruling Authorise(Authorise authorise, Decision decision)
    {
        string authorisation = Key(authorise.Authorisation);
        decision.Reference = authorise.Hold;
        var ruling = CheckOrder(authorise.Hold, authorisation, decision.At, out var hold);
        if (ruling.IsAccepted && book.UsedAuthorisations.Contains(authorisation))
        {
            ruling = new Ruling(ResultCode.AuthorisationUsed, BodyField.Authorisation);
        }

        if (ruling.IsAccepted && authorise.AmountCents != hold!.AmountCents)
        {
            ruling = new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
        }

        if (ruling.IsAccepted)
        {
            decision.AmountCents = authorise.AmountCents;
            decision.Payment = hold!.Authorisation.Length > 0
                ? book.Order(decision.Number, PaymentKind.Void, authorise.Hold, hold.AmountCents, hold.Authorisation)
                : null;
            hold.Authorisation = authorisation;
            book.UsedAuthorisations.Add(authorisation);
        }

        return ruling;
    }

    /// <summary>An authorisation that came with a refusal and was never used is let go of.</summary>
    public void Refused(object? message, Decision decision)
    {
        var (hold, amount, bytes) = message switch
        {
            Confirm confirm => (confirm.Hold, confirm.AmountCents, confirm.Authorisation),
            Authorise authorise => (authorise.Hold, authorise.AmountCents, authorise.Authorisation),
            _ => (0UL, 0L, Array.Empty<byte>()),
        };
        if (bytes.Length > 0 && book.UsedAuthorisations.Add(Key(bytes)))
        {
            decision.Payment = book.Order(decision.Number, PaymentKind.Void, hold, amount, Key(bytes));
        }
    }

    public Ruling Release(Release release, Decision decision)
    {
        decision.Reference = release.Hold;
        var ruling = CheckLive(release.Hold, decision.At, out var hold);
        if (ruling.IsAccepted)
        {
            decision.Payment = book.End(hold!, PresentState.Released, decision.Number);
        }

        return ruling;
    }

    /// <summary>Undoes a hold by its sequence.</summary>
    public Ruling Reverse(Decision original, long amountCents, Decision decision)
    {
        var hold = original.Hold!;
        if (hold.State != PresentState.Held)
        {
            return new Ruling(hold.State == PresentState.Confirmed ? ResultCode.CancelNotAllowed : ResultCode.AlreadyCancelled, BodyField.Sequence);
        }

        if (amountCents != original.AmountCents)
        {
            return new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
        }

        decision.AmountCents = original.AmountCents;
        decision.Payment = book.End(hold, PresentState.Reversed, decision.Number);
        return Ruling.Accepted;
    }

    public Ruling Return(TicketReturn back, Decision decision)
    {
        decision.Reference = back.Number;
        if (book.Hold(back.Number) is not { } order)
        {
            return new Ruling(ResultCode.HoldUnknown, BodyField.Number);
        }

        if (order.State != PresentState.Confirmed)
        {
            return new Ruling(ResultCode.ReturnNotAllowed, BodyField.Number);
        }

        if (order.Sale.Status != SaleStatus.Open)
        {
            return new Ruling(ResultCode.SaleClosed, BodyField.Sale);
        }

        if (back.Line < 1 || back.Line > order.Lines.Count)
        {
            return new Ruling(ResultCode.ReturnNotAllowed, BodyField.Lines);
        }

        var line = order.Lines[back.Line - 1];
        if (back.Quantity == 0 || back.Quantity > line.Left)
        {
            return new Ruling(ResultCode.ReturnNotAllowed, BodyField.Quantity);
        }

        line.Returned += back.Quantity;
        line.Cell.Sold -= back.Quantity;
        order.State = order.Lines.TrueForAll(static one => one.Left == 0) ? PresentState.Returned : PresentState.Confirmed;
        decision.AmountCents = back.Quantity * line.Cell.PriceCents;
        decision.Payment = book.Order(decision.Number, PaymentKind.Refund, back.Number, decision.AmountCents, "");
        decision.Returned =
        [
            .. BitConverter.GetBytes(order.Sale.Id), .. BitConverter.GetBytes(line.Cell.Session), .. BitConverter.GetBytes(line.Cell.Category),
            (byte)(order.State == PresentState.Returned ? 1 : 0), (byte)(order.Person.Length / 2), .. Convert.FromHexString(order.Person),
        ];
        return Ruling.Accepted;
    }

    /// <summary>True limits of a person: seats of the session over all sales and in these lines, seats of all sales.</summary>
    public Ruling CheckCaps(ReferenceSale sale, string person, HoldLine[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            int wanted = lines[..(i + 1)].Where(line => line.Session == lines[i].Session).Sum(static line => line.Quantity);
            if (book.Seats(person, lines[i].Session) + wanted > sale.Cell(lines[i].Session, lines[i].Category)!.QuantityMax)
            {
                return new Ruling(ResultCode.PersonCapReached, BodyField.Quantity, i + 1);
            }
        }

        return sale.Terms.PersonMax > 0 && book.Seats(person) + lines.Sum(static line => line.Quantity) > sale.Terms.PersonMax
            ? new Ruling(ResultCode.PersonCapReached, BodyField.Person)
            : Ruling.Accepted;
    }

    public static Ruling NotOpen(ReferenceSale sale) =>
        new(sale.Status == SaleStatus.Closed ? ResultCode.SaleClosed : ResultCode.SaleNotOpen, BodyField.Sale);

    private static Ruling CheckLines(ReferenceSale sale, HoldLine[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            var ruling = CheckLine(sale, lines[i], lines[..i]);
            if (!ruling.IsAccepted)
            {
                return ruling with { Line = i + 1 };
            }
        }

        return Ruling.Accepted;
    }

    private static Ruling CheckLine(ReferenceSale sale, HoldLine line, HoldLine[] before)
    {
        if (line.Quantity == 0)
        {
            return new Ruling(ResultCode.QuantityInvalid, BodyField.Quantity);
        }

        if (before.Any(other => (other.Pack, other.Session, other.Category) == (line.Pack, line.Session, line.Category)))
        {
            return new Ruling(ResultCode.QuantityInvalid, BodyField.Cell);
        }

        if (sale.Cell(line.Session, line.Category) is not { } cell)
        {
            return new Ruling(ResultCode.UnknownCell, BodyField.Cell);
        }

        HoldLine[] lines = [.. before, line];
        if (lines.Where(one => one.Session == line.Session).Sum(static one => one.Quantity) > cell.QuantityMax)
        {
            return new Ruling(ResultCode.QuantityAboveMaximum, BodyField.Quantity);
        }

        return lines.Where(one => (one.Session, one.Category) == (line.Session, line.Category)).Sum(static one => one.Quantity) > cell.Available
            ? new Ruling(ResultCode.SoldOut, BodyField.Cell)
            : Ruling.Accepted;
    }

    /// <summary>A pack is as many different sessions as the sale says, with the same number of seats in each.</summary>
    private static Ruling CheckPacks(SaleTerms terms, HoldLine[] lines)
    {
        if (terms.PackSessions == 0)
        {
            return Ruling.Accepted;
        }

        var packs = lines.GroupBy(static line => line.Pack).ToList();
        bool isRight = packs.TrueForAll(pack => pack.Key >= 1
            && pack.Count() == terms.PackSessions
            && pack.Select(static line => line.Session).Distinct().Count() == terms.PackSessions
            && pack.Select(static line => line.Quantity).Distinct().Count() == 1);
        return isRight && (terms.PacksMax == 0 || packs.Count <= terms.PacksMax)
            ? Ruling.Accepted
            : new Ruling(ResultCode.PackInvalid, BodyField.Pack);
    }

    private Ruling CheckLive(ulong number, long now, out ReferenceHold? hold)
    {
        hold = book.Hold(number);
        if (hold is { State: PresentState.Held })
        {
            return now < hold.ExpiresAt ? Ruling.Accepted : new Ruling(ResultCode.HoldExpired, BodyField.Time);
        }

        // A number that never was a hold's is told by what became of it, as one that was.
        return (hold?.State ?? book.StateOf(number)) switch
        {
            PresentState.Expired => new Ruling(ResultCode.HoldExpired, BodyField.Time),
            PresentState.Confirmed or PresentState.Released or PresentState.Reversed or PresentState.Returned => new Ruling(ResultCode.HoldNotLive, BodyField.Number),
            _ => new Ruling(ResultCode.HoldUnknown, BodyField.Number),
        };
    }

    private Ruling CheckOrder(ulong number, string authorisation, long now, out ReferenceHold? hold)
    {
        var ruling = CheckLive(number, now, out hold);
        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        if (hold!.Sale.Status == SaleStatus.Closed)
        {
            return new Ruling(ResultCode.SaleClosed, BodyField.Sale);
        }

        return authorisation.Length == 0 ? new Ruling(ResultCode.AuthorisationMissing, BodyField.Authorisation) : Ruling.Accepted;
    }
}
