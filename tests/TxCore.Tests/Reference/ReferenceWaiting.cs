using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Waiting lists: who waits for a cell, and who is offered the seats that come free.</summary>
internal sealed class ReferenceWaiting(ReferenceBook book, ReferenceDraws draws, ReferenceTickets tickets)
{
    public Ruling Join(WaitJoin join, Decision decision)
    {
        if (!book.Sales.TryGetValue(join.Sale, out var sale))
        {
            return new Ruling(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Status != SaleStatus.Open)
        {
            return ReferenceTickets.NotOpen(sale);
        }

        if (sale.Cell(join.Session, join.Category) is not { } cell)
        {
            return new Ruling(ResultCode.UnknownCell, BodyField.Cell);
        }

        if (join.Quantity == 0 || join.Quantity > cell.QuantityMax)
        {
            return new Ruling(ResultCode.QuantityInvalid, BodyField.Quantity);
        }

        if (sale.Terms.OfferSeconds == 0)
        {
            return new Ruling(ResultCode.WaitingListFull, BodyField.Sale);
        }

        string person = ReferenceTickets.Key(join.Person);
        uint rank = uint.MaxValue;
        if (sale.Terms.Draw > 0)
        {
            var standing = draws.CheckEntered(draws.All[sale.Terms.Draw], person, out var entry);
            if (!standing.IsAccepted)
            {
                return standing;
            }

            rank = (uint)entry!.Rank;
        }

        if (cell.Waits.Any(wait => wait.Person == person))
        {
            return new Ruling(ResultCode.AlreadyWaiting, BodyField.Person);
        }

        var ruling = tickets.CheckCaps(sale, person, [new HoldLine(join.Session, join.Category, join.Quantity, 0)]);
        if (!ruling.IsAccepted)
        {
            return ruling with { Line = 0 };
        }

        if (cell.Waits.Count >= sale.Terms.WaitMax)
        {
            return new Ruling(ResultCode.WaitingListFull, BodyField.Cell);
        }

        decision.Wait = new ReferenceWait(decision.Number, cell, person, join.Quantity, rank);
        book.Persons.Add(person);
        book.Waits.Add(decision.Number, decision.Wait);
        cell.Waits.Add(decision.Wait);
        return Ruling.Accepted;
    }

    public Ruling Leave(WaitLeave leave, Decision decision)
    {
        decision.Reference = leave.Number;
        if (leave.Number > long.MaxValue || book.Waits.GetValueOrDefault((long)leave.Number) is not { State: PresentState.Waiting } wait)
        {
            return new Ruling(ResultCode.WaitUnknown, BodyField.Number);
        }

        End(wait, PresentState.Released);
        return Ruling.Accepted;
    }

    /// <summary>Serves the first of the first cell that can be; null when nobody can be served.</summary>
    public ReferenceDue? Serve(long number, long now)
    {
        var cell = book.Sales.Values.Where(static sale => sale.Status == SaleStatus.Open)
            .SelectMany(static sale => sale.Cells)
            .Where(static cell => cell.Waits.Count > 0 && cell.Next!.Quantity <= cell.Available)
            .MinBy(static cell => (cell.Sale.Id, cell.Session, cell.Category));
        if (cell is null)
        {
            return null;
        }

        var wait = cell.Next!;
        var sale = cell.Sale;
        var line = new HoldLine(cell.Session, cell.Category, (ushort)wait.Quantity, 0);
        bool isExcluded = sale.Terms.Draw > 0 && draws.All[sale.Terms.Draw].IsExcluded(wait.Person);
        if (isExcluded || !tickets.CheckCaps(sale, wait.Person, [line]).IsAccepted)
        {
            End(wait, PresentState.Expired);
            return new ReferenceDue(MessageType.WaitLapsed, wait.Number, []);
        }

        End(wait, PresentState.Offered);
        book.Add(new ReferenceHold
        {
            Number = number,
            Source = 0,
            Sale = sale,
            Person = wait.Person,
            Lines = [new ReferenceSeats(cell, wait.Quantity)],
            ExpiresAt = Math.Min(now + (sale.Terms.OfferSeconds * 1_000_000L), sale.LastMoment(now)),
            Wait = wait.Number,
        });
        byte[] body = Frame.Encode(new Hold(default, 0, sale.Id, Convert.FromHexString(wait.Person), [line]));
        return new ReferenceDue(MessageType.WaitOffered, wait.Number, body[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..]);
    }

    private static void End(ReferenceWait wait, PresentState state)
    {
        wait.Cell.Waits.Remove(wait);
        wait.State = state;
    }
}
