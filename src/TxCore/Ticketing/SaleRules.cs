using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;

namespace TxCore.Ticketing;

/// <summary>Decides the controls of a sale.</summary>
internal static class SaleRules
{
    private const uint SecondsMax = 86_400;
    private const byte PackSessionsMax = 10;
    private const uint WaitMaxMax = 1_000_000;

    public static Verdict Define(ShardState state, SaleBody body, long now)
    {
        if (body.Sale is 0 or > int.MaxValue)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Sale);
        }

        if (state.Sales.ContainsKey(body.Sale))
        {
            return Verdict.Refuse(ResultCode.SaleExists, BodyField.Sale);
        }

        if (body.HoldSeconds is 0 or > SecondsMax)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        var verdict = ControlRules.Future(body.ClosesAt, now);
        return verdict.IsAccepted ? CheckTerms(state, body.Terms) : verdict;
    }

    public static Verdict DefineCells(ShardState state, ReadOnlySpan<byte> body)
    {
        var definition = Bodies.CellsDefine(body);
        if (!state.Sales.TryGetValue(definition.Sale, out var sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Status != SaleStatus.Draft)
        {
            return Verdict.Refuse(ResultCode.SaleState, BodyField.Sale);
        }

        var seen = new HashSet<(uint, ushort)>();
        foreach (var cell in definition.Cells)
        {
            if (!seen.Add((cell.Session, cell.Category)) || sale.FindCell(cell.Session, cell.Category) is not null)
            {
                return Verdict.Refuse(ResultCode.CellExists, BodyField.Cell);
            }

            if (cell.Capacity > int.MaxValue || cell.Blocked > cell.Capacity || cell.QuantityMax == 0 || cell.PriceCents is < 0 or > ControlRules.PriceCentsMax)
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Cell);
            }
        }

        return Verdict.Accepted;
    }

    public static Verdict Control(ShardState state, MessageType type, SaleBody body, long now)
    {
        if (!state.Sales.TryGetValue(body.Sale, out var sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (type == MessageType.SaleClose)
        {
            return sale.Status == SaleStatus.Open ? Verdict.Accepted : Verdict.Refuse(ResultCode.SaleState, BodyField.Sale);
        }

        return sale.Status != SaleStatus.Draft ? Verdict.Refuse(ResultCode.SaleState, BodyField.Sale) : ControlRules.Future(sale.ClosesAt, now);
    }

    public static Verdict Block(ShardState state, SeatsBlock block)
    {
        var verdict = CheckCell(state, block.Sale, block.Session, block.Category, out var cell);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        return block.Blocked <= cell!.Capacity - cell.Held - cell.Sold
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.InventoryTooSmall, BodyField.Cell);
    }

    public static Verdict Move(ShardState state, SeatsMove move)
    {
        var verdict = CheckCell(state, move.Sale, move.Session, move.Category, out var from);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        verdict = CheckCell(state, move.ToSale, move.Session, move.Category, out var to);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (move.Quantity == 0 || move.Sale == move.ToSale || move.Quantity > int.MaxValue - to!.Capacity)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Quantity);
        }

        return move.Quantity <= from!.Available ? Verdict.Accepted : Verdict.Refuse(ResultCode.InventoryTooSmall, BodyField.Cell);
    }

    public static Verdict Acknowledge(ShardState state, PaymentsAcknowledge acknowledge) =>
        acknowledge.UpTo >= (ulong)state.AcknowledgedPayments && acknowledge.UpTo <= (ulong)state.LastNumber
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.AcknowledgeInvalid, BodyField.Number);

    private static Verdict CheckTerms(ShardState state, in SaleTerms terms)
    {
        if (terms.Draw != 0 && !state.Draws.ContainsKey(terms.Draw))
        {
            return Verdict.Refuse(ResultCode.UnknownDraw, BodyField.Draw);
        }

        if (terms.PackSessions is 1 or > PackSessionsMax || (terms.PacksMax > 0 && terms.PackSessions == 0))
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Pack);
        }

        if (terms.OfferSeconds > SecondsMax)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        return terms.OfferSeconds > 0 && terms.WaitMax is (0 or > WaitMaxMax)
            ? Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Quantity)
            : Verdict.Accepted;
    }

    private static Verdict CheckCell(ShardState state, uint saleId, uint session, ushort category, out InventoryCell? cell)
    {
        cell = null;
        if (!state.Sales.TryGetValue(saleId, out var sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        cell = sale.FindCell(session, category);
        if (cell is null)
        {
            return Verdict.Refuse(ResultCode.UnknownCell, BodyField.Cell);
        }

        return sale.Status == SaleStatus.Closed ? Verdict.Refuse(ResultCode.SaleState, BodyField.Sale) : Verdict.Accepted;
    }
}
