using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Sale, draw and waiting list by the tool's own rules (<c>domain.md</c> section 3.2), one entry after the other in the order of their
/// numbers: what each has to be decided as, and what follows from it.
/// </summary>
internal sealed class OwnSaleRules(SentBook book, OwnLottery lottery)
{
    public Dictionary<uint, OwnSale> Sales { get; } = [];

    public Dictionary<int, OwnPerson> Persons { get; } = [];

    public Dictionary<uint, OwnHold> Holds { get; } = [];

    public Dictionary<uint, OwnWait> Waits { get; } = [];

    public OwnPayments Payments { get; } = new();

    public OwnLottery Lottery => lottery;

    /// <summary>Decides what somebody sent.</summary>
    public OwnDecision Decide(in SentItem item, uint number, long now) => item.Kind switch
    {
        MessageType.DrawRegister => lottery.Register(item.Person, item.Subject, Persons.GetValueOrDefault(item.Person)),
        MessageType.DrawWithdraw => lottery.Withdraw(item.Person),
        MessageType.Hold => Hold(in item, number, now),
        MessageType.Authorise => Authorise(in item, number, now),
        MessageType.Confirm => Confirm(in item, number, now),
        MessageType.Release => Release(in item, number, now),
        MessageType.TicketReturn => Return(in item, number),
        MessageType.WaitJoin => Join(in item, number),
        MessageType.WaitLeave => Leave(in item),
        _ => throw new InvalidOperationException($"The tool has no rule for {item.Kind}."),
    };

    /// <summary>A hold reached its end; null, or what is wrong with that.</summary>
    public string? Expire(uint number, uint hold, long now)
    {
        if (!Holds.TryGetValue(hold, out var held) || held.State != PresentState.Held || now < held.ExpiresAt)
        {
            return $"number {number} at {now} lets hold {hold} expire, which is {held?.State.ToString() ?? "not there"}, until {held?.ExpiresAt}";
        }

        End(held, PresentState.Expired, number, hold);
        return null;
    }

    /// <summary>Seats were offered to who waits; null, or what is wrong with that.</summary>
    public string? Offer(uint number, uint wait, long now, long expiresAt, long amountCents)
    {
        string? wrong = TakeFirst(wait, out var waiter);
        if (wrong is not null)
        {
            return wrong;
        }

        var definition = waiter!.Cell.Definition;
        HoldLine[] lines = [new HoldLine(definition.Session, definition.Category, (ushort)waiter.Quantity, 0)];
        long expires = Math.Min(now + waiter.Sale.OfferMicroseconds, Math.Max(waiter.Sale.ClosesAt, now + 1));
        long amount = waiter.Quantity * definition.PriceCents;
        bool mayBuy = MayBuy(waiter);
        bool isThere = waiter.Sale.Status == SaleStatus.Open && waiter.Cell.Available >= waiter.Quantity;
        Take(number, new OwnHold(waiter.Person, waiter.Sale, lines, amount, expires));
        return mayBuy && isThere && expires == expiresAt && amount == amountCents
            ? null
            : $"number {number} offers to wait {wait}: may buy {mayBuy}, seats there {isThere}, until {expiresAt} for {amountCents}, own {expires} for {amount}";
    }

    /// <summary>Who waits lost the place; null, or what is wrong with that.</summary>
    public string? Lapse(uint wait) =>
        TakeFirst(wait, out var waiter) ?? (MayBuy(waiter!) ? $"wait {wait} lapsed although the person might buy" : null);

    private OwnDecision Hold(in SentItem item, uint number, long now)
    {
        var code = CheckOpen(item.Subject, out var sale);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        HoldLine[] lines = [.. book.LinesOf(in item)];
        long amount = 0;
        for (int i = 0; i < lines.Length && code == ResultCode.Accepted; i++)
        {
            code = OwnHoldRules.CheckLine(sale!, lines.AsSpan(0, i + 1));
            amount += code == ResultCode.Accepted ? lines[i].Quantity * sale!.Find(lines[i])!.Definition.PriceCents : 0;
        }

        long slotEnd = long.MaxValue;
        code = code == ResultCode.Accepted ? OwnHoldRules.CheckPacks(sale!.Terms, lines) : code;
        code = code == ResultCode.Accepted ? CheckPerson(item.Person, sale!, lines, now, out slotEnd) : code;
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        long expires = Math.Min(Math.Min(now + sale!.HoldMicroseconds, Math.Max(sale.ClosesAt, now + 1)), slotEnd);
        Take(number, new OwnHold(item.Person, sale, lines, amount, expires));
        return new OwnDecision(ResultCode.Accepted, amount, expires);
    }

    private ResultCode CheckPerson(int person, OwnSale sale, HoldLine[] lines, long now, out long slotEnd)
    {
        slotEnd = long.MaxValue;
        if (person < 0)
        {
            return sale.Terms.PersonMax > 0 || sale.Terms.Draw != 0 ? ResultCode.PersonMissing : ResultCode.Accepted;
        }

        if (sale.Terms.Draw != 0 && lottery.CheckSlot(person, sale.Id, now, out slotEnd) is not ResultCode.Accepted and var code)
        {
            return code;
        }

        return OwnHoldRules.CheckCaps(Persons.GetValueOrDefault(person), sale, lines);
    }

    private OwnDecision Authorise(in SentItem item, uint number, long now)
    {
        var code = CheckPayable(in item, now, out var hold);
        code = code == ResultCode.Accepted && Payments.IsUsed(item.Detail) ? ResultCode.AuthorisationUsed : code;
        code = code == ResultCode.Accepted && hold!.AmountCents != item.AskedCents ? ResultCode.AmountMismatch : code;
        if (code != ResultCode.Accepted)
        {
            Payments.Refuse(item.Detail, number, item.Reference, item.AskedCents);
            return code;
        }

        Payments.Record(hold!, item.Detail, number, item.Reference);
        return new OwnDecision(ResultCode.Accepted, hold!.AmountCents);
    }

    private OwnDecision Confirm(in SentItem item, uint number, long now)
    {
        var code = CheckPayable(in item, now, out var hold);
        if (code == ResultCode.Accepted)
        {
            code = hold!.Authorisation != 0
                ? hold.Authorisation == item.Detail ? ResultCode.Accepted : ResultCode.AuthorisationDiffers
                : Payments.IsUsed(item.Detail) ? ResultCode.AuthorisationUsed : ResultCode.Accepted;
        }

        code = code == ResultCode.Accepted && hold!.AmountCents != item.AskedCents ? ResultCode.AmountMismatch : code;
        if (code != ResultCode.Accepted)
        {
            Payments.Refuse(item.Detail, number, item.Reference, item.AskedCents);
            return code;
        }

        Payments.Capture(hold!, item.Detail, number, item.Reference);
        hold!.State = PresentState.Confirmed;
        Move(hold, (cell, line) => (cell.Held, cell.Sold) = (cell.Held - line.Quantity, cell.Sold + line.Quantity));
        return new OwnDecision(ResultCode.Accepted, hold.AmountCents);
    }

    private ResultCode CheckPayable(in SentItem item, long now, out OwnHold? hold)
    {
        var code = CheckLive(item.Reference, now, out hold);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        return hold!.Sale.Status == SaleStatus.Closed ? ResultCode.SaleClosed : item.Detail == 0 ? ResultCode.AuthorisationMissing : ResultCode.Accepted;
    }

    private ResultCode CheckLive(uint number, long now, out OwnHold? hold)
    {
        if (!Holds.TryGetValue(number, out hold))
        {
            return ResultCode.HoldUnknown;
        }

        return hold.State switch
        {
            PresentState.Held => now >= hold.ExpiresAt ? ResultCode.HoldExpired : ResultCode.Accepted,
            PresentState.Expired => ResultCode.HoldExpired,
            _ => ResultCode.HoldNotLive,
        };
    }

    private OwnDecision Release(in SentItem item, uint number, long now)
    {
        var code = CheckLive(item.Reference, now, out var hold);
        if (code == ResultCode.Accepted)
        {
            End(hold!, PresentState.Released, number, item.Reference);
        }

        return code;
    }

    private OwnDecision Return(in SentItem item, uint number)
    {
        if (!Holds.TryGetValue(item.Reference, out var order))
        {
            return ResultCode.HoldUnknown;
        }

        if (order.State != PresentState.Confirmed)
        {
            return ResultCode.ReturnNotAllowed;
        }

        var code = CheckOpen(order.Sale.Id, out _);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        int line = item.Lines - 1;
        if (line < 0 || line >= order.Lines.Length || item.Quantity == 0 || item.Quantity > order.Left[line])
        {
            return ResultCode.ReturnNotAllowed;
        }

        var cell = order.Sale.Find(order.Lines[line])!;
        order.Left[line] -= item.Quantity;
        cell.Sold -= item.Quantity;
        Seats(order.Person)?.Take(order.Lines[line].Session, -item.Quantity);
        order.State = order.Left.All(left => left == 0) ? PresentState.Returned : order.State;
        long amount = item.Quantity * cell.Definition.PriceCents;
        Payments.Refund(number, item.Reference, amount);
        return new OwnDecision(ResultCode.Accepted, amount);
    }

    private OwnDecision Join(in SentItem item, uint number)
    {
        var code = CheckOpen(item.Subject, out var sale);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        var line = book.LinesOf(in item)[0];
        if (sale!.Find(line) is not { } cell)
        {
            return ResultCode.UnknownCell;
        }

        if (line.Quantity == 0 || line.Quantity > cell.PersonMax)
        {
            return ResultCode.QuantityInvalid;
        }

        if (sale.Terms.OfferSeconds == 0)
        {
            return ResultCode.WaitingListFull;
        }

        code = sale.Terms.Draw == 0 ? ResultCode.Accepted : lottery.CheckEntry(item.Person);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        if (Persons.GetValueOrDefault(item.Person)?.Waits.Contains(cell) == true)
        {
            return ResultCode.AlreadyWaiting;
        }

        code = OwnHoldRules.CheckCaps(Persons.GetValueOrDefault(item.Person), sale, [line]);
        if (code != ResultCode.Accepted || cell.Waiting.Count >= sale.Terms.WaitMax)
        {
            return code != ResultCode.Accepted ? code : ResultCode.WaitingListFull;
        }

        uint rank = sale.Terms.Draw == 0 ? uint.MaxValue : (uint)lottery.Draw!.RankOf(item.Person);
        Waits[number] = new OwnWait(item.Person, sale, cell, line.Quantity, rank);
        cell.Waiting.Add((rank, number));
        Seats(item.Person)!.Waits.Add(cell);
        return OwnDecision.Accepted;
    }

    private OwnDecision Leave(in SentItem item)
    {
        if (!Waits.Remove(item.Reference, out var wait))
        {
            return ResultCode.WaitUnknown;
        }

        Forget(item.Reference, wait);
        return OwnDecision.Accepted;
    }

    private string? TakeFirst(uint number, out OwnWait? wait)
    {
        if (!Waits.Remove(number, out wait))
        {
            return $"wait {number} is not there";
        }

        var first = wait.Cell.Waiting.Min;
        Forget(number, wait);
        return first.Number == number ? null : $"wait {number} of rank {wait.Rank} came before wait {first.Number} of rank {first.Rank}";
    }

    private void Forget(uint number, OwnWait wait)
    {
        wait.Cell.Waiting.Remove((wait.Rank, number));
        Seats(wait.Person)!.Waits.Remove(wait.Cell);
    }

    private bool MayBuy(OwnWait wait)
    {
        var definition = wait.Cell.Definition;
        return (wait.Sale.Terms.Draw == 0 || lottery.CheckEntry(wait.Person) == ResultCode.Accepted)
            && OwnHoldRules.CheckCaps(
                Persons.GetValueOrDefault(wait.Person), wait.Sale, [new HoldLine(definition.Session, definition.Category, (ushort)wait.Quantity, 0)])
            == ResultCode.Accepted;
    }

    private ResultCode CheckOpen(uint id, out OwnSale? sale) => !Sales.TryGetValue(id, out sale)
        ? ResultCode.UnknownSale
        : sale.Status switch
        {
            SaleStatus.Open => ResultCode.Accepted,
            SaleStatus.Closed => ResultCode.SaleClosed,
            _ => ResultCode.SaleNotOpen,
        };

    private void Take(uint number, OwnHold hold)
    {
        Holds[number] = hold;
        Move(hold, (cell, line) => cell.Held += line.Quantity);
        foreach (var line in hold.Lines)
        {
            Seats(hold.Person)?.Take(line.Session, line.Quantity);
        }
    }

    private void End(OwnHold hold, PresentState state, uint number, uint holdNumber)
    {
        hold.State = state;
        Move(hold, (cell, line) => cell.Held -= line.Quantity);
        foreach (var line in hold.Lines)
        {
            Seats(hold.Person)?.Take(line.Session, -line.Quantity);
        }

        Payments.Void(hold, number, holdNumber);
    }

    private static void Move(OwnHold hold, Action<OwnCell, HoldLine> move)
    {
        foreach (var line in hold.Lines)
        {
            move(hold.Sale.Find(line)!, line);
        }
    }

    private OwnPerson? Seats(int person)
    {
        if (person < 0)
        {
            return null;
        }

        if (!Persons.TryGetValue(person, out var seats))
        {
            Persons.Add(person, seats = new OwnPerson());
        }

        return seats;
    }
}
