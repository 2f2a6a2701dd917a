using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Decides and carries out what an administrator does to sales and their seats.</summary>
internal sealed class ReferenceSales(ReferenceBook book, ReferenceDraws draws)
{
    private const uint DaySeconds = 86_400;
    private const uint WaitMax = 1_000_000;
    private const long PriceMax = 1_000_000_000_000;

    public Ruling Define(SaleDefine define, long now)
    {
        var terms = define.Terms;
        if (define.Sale is 0 or > int.MaxValue)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Sale);
        }

        if (book.Sales.ContainsKey(define.Sale))
        {
            return new Ruling(ResultCode.SaleExists, BodyField.Sale);
        }

        if (define.HoldSeconds is 0 or > DaySeconds || define.ClosesAt <= now)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        if (terms.Draw != 0 && !draws.All.ContainsKey(terms.Draw))
        {
            return new Ruling(ResultCode.UnknownDraw, BodyField.Draw);
        }

        if (terms.PackSessions is 1 or > 10 || (terms.PacksMax > 0 && terms.PackSessions == 0))
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Pack);
        }

        if (terms.OfferSeconds > DaySeconds)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        if (terms.OfferSeconds > 0 && terms.WaitMax is 0 or > WaitMax)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Quantity);
        }

        book.Sales.Add(define.Sale, new ReferenceSale(define));
        return Ruling.Accepted;
    }

    public Ruling Cells(CellsDefine define)
    {
        if (!book.Sales.TryGetValue(define.Sale, out var sale))
        {
            return UnknownSale;
        }

        if (sale.Status != SaleStatus.Draft)
        {
            return WrongState;
        }

        for (int i = 0; i < define.Cells.Length; i++)
        {
            var cell = define.Cells[i];
            if (sale.Cell(cell.Session, cell.Category) is not null
                || define.Cells[..i].Any(other => (other.Session, other.Category) == (cell.Session, cell.Category)))
            {
                return new Ruling(ResultCode.CellExists, BodyField.Cell);
            }

            if (cell.Capacity > int.MaxValue || cell.Blocked > cell.Capacity || cell.QuantityMax == 0 || cell.PriceCents is < 0 or > PriceMax)
            {
                return new Ruling(ResultCode.DefinitionInvalid, BodyField.Cell);
            }
        }

        sale.Cells.AddRange(define.Cells.Select(cell => new ReferenceCell(sale, cell)));
        return Ruling.Accepted;
    }

    public Ruling Control(MessageType type, SaleControl control, long now)
    {
        if (!book.Sales.TryGetValue(control.Sale, out var sale))
        {
            return UnknownSale;
        }

        bool opens = type == MessageType.SaleOpen;
        if (sale.Status != (opens ? SaleStatus.Draft : SaleStatus.Open))
        {
            return WrongState;
        }

        if (opens && sale.ClosesAt <= now)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        sale.Status = opens ? SaleStatus.Open : SaleStatus.Closed;
        return Ruling.Accepted;
    }

    public Ruling Block(SeatsBlock block)
    {
        var ruling = FindCell(block.Sale, block.Session, block.Category, out var cell);
        if (ruling.IsAccepted && block.Blocked > cell!.Capacity - cell.Held - cell.Sold)
        {
            ruling = TooSmall;
        }

        if (ruling.IsAccepted)
        {
            cell!.Blocked = (int)block.Blocked;
        }

        return ruling;
    }

    public Ruling Move(SeatsMove move)
    {
        var ruling = FindCell(move.Sale, move.Session, move.Category, out var gives);
        ReferenceCell? takes = null;
        ruling = ruling.IsAccepted ? FindCell(move.ToSale, move.Session, move.Category, out takes) : ruling;
        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        if (gives == takes || move.Quantity == 0)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Quantity);
        }

        if (move.Quantity > gives!.Available)
        {
            return TooSmall;
        }

        gives.Capacity -= (int)move.Quantity;
        takes!.Capacity += (int)move.Quantity;
        return Ruling.Accepted;
    }

    public Ruling Acknowledge(PaymentsAcknowledge acknowledge, long lastNumber)
    {
        if (acknowledge.UpTo < (ulong)book.AcknowledgedPayments || acknowledge.UpTo > (ulong)lastNumber)
        {
            return new Ruling(ResultCode.AcknowledgeInvalid, BodyField.Number);
        }

        book.AcknowledgedPayments = (long)acknowledge.UpTo;
        return Ruling.Accepted;
    }

    private Ruling FindCell(uint sale, uint session, ushort category, out ReferenceCell? cell)
    {
        cell = book.Sales.GetValueOrDefault(sale)?.Cell(session, category);
        if (!book.Sales.TryGetValue(sale, out var found))
        {
            return UnknownSale;
        }

        if (cell is null)
        {
            return new Ruling(ResultCode.UnknownCell, BodyField.Cell);
        }

        return found.Status == SaleStatus.Closed ? WrongState : Ruling.Accepted;
    }

    private static Ruling UnknownSale => new(ResultCode.UnknownSale, BodyField.Sale);

    private static Ruling WrongState => new(ResultCode.SaleState, BodyField.Sale);

    private static Ruling TooSmall => new(ResultCode.InventoryTooSmall, BodyField.Cell);
}
