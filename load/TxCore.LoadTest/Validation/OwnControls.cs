using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>What a control that was accepted changes in the tool's own picture of sales and draw.</summary>
internal static class OwnControls
{
    /// <summary>Takes over a control that was accepted.</summary>
    public static void Apply(OwnSaleRules rules, MessageType kind, object control)
    {
        var (sales, lottery) = (rules.Sales, rules.Lottery);
        switch (control)
        {
            case SaleDefine define:
                sales[define.Sale] = new OwnSale(define);
                break;
            case CellsDefine cells:
                foreach (var cell in cells.Cells)
                {
                    sales[cells.Sale].Cells[(cell.Session, cell.Category)] = new OwnCell(cell);
                }

                break;
            case SaleControl sale:
                sales[sale.Sale].Status = kind == MessageType.SaleOpen ? SaleStatus.Open : SaleStatus.Closed;
                break;
            case SeatsBlock block:
                sales[block.Sale].Cells[(block.Session, block.Category)].Blocked = block.Blocked;
                break;
            case SeatsMove move:
                sales[move.Sale].Cells[(move.Session, move.Category)].Capacity -= move.Quantity;
                sales[move.ToSale].Cells[(move.Session, move.Category)].Capacity += move.Quantity;
                break;
            case DrawDefine define:
                (lottery.Status, lottery.RequiredConsent, lottery.PersonMax) = (DrawStatus.Draft, define.RequiredConsent, define.PersonMax);
                break;
            case DrawWave wave:
                lottery.AddWave(wave);
                break;
            case DrawExclude exclude:
                lottery.Exclude(exclude.Persons);
                break;
            default:
                lottery.Status = kind switch
                {
                    MessageType.DrawOpen => DrawStatus.Open,
                    MessageType.DrawClose => DrawStatus.Closed,
                    MessageType.DrawFreeze => DrawStatus.Frozen,
                    MessageType.DrawRun => DrawStatus.Drawn,
                    MessageType.DrawPublish => DrawStatus.Published,
                    MessageType.DrawEnd => DrawStatus.Ended,
                    _ => lottery.Status,
                };
                break;
        }
    }
}
