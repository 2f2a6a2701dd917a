using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>What a hold has to be like whoever asks for it: its lines, its packs, and the limits of a person.</summary>
internal static class OwnHoldRules
{
    public static ResultCode CheckLine(OwnSale sale, ReadOnlySpan<HoldLine> lines)
    {
        var line = lines[^1];
        int inSession = 0, inCell = 0;
        foreach (var before in lines)
        {
            inSession += before.Session == line.Session ? before.Quantity : 0;
            inCell += (before.Session, before.Category) == (line.Session, line.Category) ? before.Quantity : 0;
        }

        foreach (var before in lines[..^1])
        {
            if ((before.Pack, before.Session, before.Category) == (line.Pack, line.Session, line.Category))
            {
                return ResultCode.QuantityInvalid;
            }
        }

        if (line.Quantity == 0)
        {
            return ResultCode.QuantityInvalid;
        }

        if (sale.Find(line) is not { } cell)
        {
            return ResultCode.UnknownCell;
        }

        return inSession > cell.PersonMax ? ResultCode.QuantityAboveMaximum : inCell > cell.Available ? ResultCode.SoldOut : ResultCode.Accepted;
    }

    public static ResultCode CheckPacks(in SaleTerms terms, HoldLine[] lines)
    {
        if (terms.PackSessions == 0)
        {
            return ResultCode.Accepted;
        }

        int sessions = terms.PackSessions;
        var packs = lines.GroupBy(line => line.Pack).ToList();
        bool isRight = packs.TrueForAll(pack => pack.Key > 0 && pack.Count() == sessions && pack.Select(line => line.Session).Distinct().Count() == sessions
            && pack.Select(line => line.Quantity).Distinct().Count() == 1);
        return isRight && (terms.PacksMax == 0 || packs.Count <= terms.PacksMax) ? ResultCode.Accepted : ResultCode.PackInvalid;
    }

    public static ResultCode CheckCaps(OwnPerson? seats, OwnSale sale, HoldLine[] lines)
    {
        foreach (var session in lines.GroupBy(line => line.Session))
        {
            int wanted = seats?.InSession.GetValueOrDefault(session.Key) ?? 0;
            foreach (var line in session)
            {
                wanted += line.Quantity;
                if (wanted > sale.Find(line)!.PersonMax)
                {
                    return ResultCode.PersonCapReached;
                }
            }
        }

        int all = (seats?.Seats ?? 0) + lines.Sum(line => line.Quantity);
        return sale.Terms.PersonMax > 0 && all > sale.Terms.PersonMax ? ResultCode.PersonCapReached : ResultCode.Accepted;
    }
}
