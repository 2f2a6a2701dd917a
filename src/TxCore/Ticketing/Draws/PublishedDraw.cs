namespace TxCore.Ticketing.Draws;

/// <summary>What of a published draw does not change any more.</summary>
/// <param name="Id">The draw.</param>
/// <param name="Keys">The keys of its entries, struck ones included.</param>
/// <param name="Ranks">Rank, from 1, by position among the keys.</param>
/// <param name="OrderHash">SHA-256 of the order.</param>
public sealed record PublishedDraw(uint Id, PersonKeyList Keys, int[] Ranks, byte[] OrderHash)
{
    /// <summary>The published order, index in the list by rank - 1, from the sorted positions of the keys.</summary>
    public int[] OrderOf(int[] sorted)
    {
        int[] order = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            order[Ranks[sorted[i]] - 1] = i;
        }

        return order;
    }
}
