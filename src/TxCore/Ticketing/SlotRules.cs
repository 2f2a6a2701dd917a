using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Ticketing;

/// <summary>Decides who may buy in a sale that a draw opens, and how many seats a person may have.</summary>
internal static class SlotRules
{
    /// <summary>Finds the entry of a person in the draw of a sale: registered, not struck, with the order published.</summary>
    public static Verdict CheckEntry(ShardState state, Sale sale, in PersonKey person, out Draw? draw, out int index)
    {
        index = -1;
        if (!state.Draws.TryGetValue(sale.Terms.Draw, out draw) || draw.Status != DrawStatus.Published)
        {
            return Verdict.Refuse(ResultCode.SlotNotOpen, BodyField.Draw);
        }

        index = draw.Entries.Find(in person);
        if (index < 0 || (draw.Entries[index] & EntryFlags.Withdrawn) != EntryFlags.None)
        {
            return Verdict.Refuse(ResultCode.NotRegistered, BodyField.Person);
        }

        return (draw.Entries[index] & EntryFlags.Excluded) == EntryFlags.None ? Verdict.Accepted : Verdict.Refuse(ResultCode.PersonExcluded, BodyField.Person);
    }

    /// <summary>The slot of a person in a sale: the wave of the rank, its sale, its time.</summary>
    public static Verdict CheckSlot(ShardState state, Sale sale, in PersonKey person, long now, out Wave? wave)
    {
        wave = null;
        var verdict = CheckEntry(state, sale, in person, out var draw, out int index);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        wave = draw!.WaveOf(draw.RankOf(index));
        if (wave is null || wave.Sale != sale.Id)
        {
            return Verdict.Refuse(ResultCode.SlotNotOpen, BodyField.Wave);
        }

        return now >= wave.StartsAt && now < wave.EndsAt ? Verdict.Accepted : Verdict.Refuse(ResultCode.SlotNotOpen, BodyField.Time);
    }

    /// <summary>Checks one line more against what a person may have in the session; <paramref name="planned"/> are seats of the same hold in it.</summary>
    public static bool AllowsInSession(PersonAccount? account, InventoryCell cell, int planned) =>
        (account?.SeatsIn(cell.Session) ?? 0) + planned <= cell.QuantityMax;

    /// <summary>Checks so many seats more against what a person may have over all sales.</summary>
    public static bool AllowsInAll(PersonAccount? account, Sale sale, int planned) =>
        sale.Terms.PersonMax == 0 || (account?.Seats ?? 0) + planned <= sale.Terms.PersonMax;
}
