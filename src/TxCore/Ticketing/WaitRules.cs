using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Ticketing;

/// <summary>Decides who waits for seats, and whether the first who waits may have them.</summary>
internal static class WaitRules
{
    public static Verdict Join(ShardState state, WaitJoin join)
    {
        var verdict = SeatRules.CheckSale(state, join.Sale, out var sale);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (sale!.FindCell(join.Session, join.Category) is not { } cell)
        {
            return Verdict.Refuse(ResultCode.UnknownCell, BodyField.Cell);
        }

        if (join.Quantity == 0 || join.Quantity > cell.QuantityMax)
        {
            return Verdict.Refuse(ResultCode.QuantityInvalid, BodyField.Quantity);
        }

        if (sale.Terms.OfferSeconds == 0)
        {
            return Verdict.Refuse(ResultCode.WaitingListFull, BodyField.Sale);
        }

        var person = PersonKey.Read(join.Person);
        if (sale.Terms.Draw != 0)
        {
            verdict = SlotRules.CheckEntry(state, sale, in person, out _, out _);
            if (!verdict.IsAccepted)
            {
                return verdict;
            }
        }

        var account = state.Persons.Find(in person);
        if (account is not null && account.Waits.Exists(number => state.Waits[number].Cell == cell))
        {
            return Verdict.Refuse(ResultCode.AlreadyWaiting, BodyField.Person);
        }

        verdict = CheckLimits(account, cell, join.Quantity);
        return verdict.IsAccepted && cell.Waiting.Count >= sale.Terms.WaitMax ? Verdict.Refuse(ResultCode.WaitingListFull, BodyField.Cell) : verdict;
    }

    public static Verdict Leave(ShardState state, long number) =>
        state.Waits.ContainsKey(number) ? Verdict.Accepted : Verdict.Refuse(ResultCode.WaitUnknown, BodyField.Number);

    /// <summary>True when who waits may still have the seats: not excluded since, and within the limits.</summary>
    public static bool MayBuy(ShardState state, Waiter waiter)
    {
        var sale = waiter.Cell.Sale;
        return (sale.Terms.Draw == 0 || SlotRules.CheckEntry(state, sale, waiter.Person, out _, out _).IsAccepted)
            && CheckLimits(state.Persons.Find(waiter.Person), waiter.Cell, waiter.Quantity).IsAccepted;
    }

    /// <summary>The rank by which a person waits.</summary>
    public static uint RankOf(ShardState state, Sale sale, in PersonKey person) =>
        sale.Terms.Draw != 0 && state.Draws.TryGetValue(sale.Terms.Draw, out var draw) && draw.Entries.Find(in person) is var index and >= 0
            ? draw.RankOf(index)
            : uint.MaxValue;

    private static Verdict CheckLimits(PersonAccount? account, InventoryCell cell, int quantity)
    {
        if (!SlotRules.AllowsInSession(account, cell, quantity))
        {
            return Verdict.Refuse(ResultCode.PersonCapReached, BodyField.Quantity);
        }

        return SlotRules.AllowsInAll(account, cell.Sale, quantity) ? Verdict.Accepted : Verdict.Refuse(ResultCode.PersonCapReached, BodyField.Person);
    }
}
