using TxCore.Protocol.Messages;

namespace TxCore.Ticketing.Draws;

/// <summary>The list of a closed draw, worked out beside the ring.</summary>
/// <param name="Draw">The draw.</param>
/// <param name="Entries">Entries, struck ones included.</param>
/// <param name="Root">Merkle root, 32 bytes.</param>
/// <param name="Sorted">Entry index by list index.</param>
public sealed record PreparedList(uint Draw, int Entries, byte[] Root, int[] Sorted);

/// <summary>The order of a draw, worked out beside the ring.</summary>
/// <param name="Draw">The draw.</param>
/// <param name="Secret">The secret it came from, 32 bytes.</param>
/// <param name="Randomness">The randomness it came from, 32 bytes.</param>
/// <param name="Ranks">Rank, from 1, by entry index.</param>
/// <param name="OrderHash">SHA-256 of the order.</param>
/// <param name="OrderRoot">Merkle root of the order.</param>
public sealed record PreparedOrder(uint Draw, byte[] Secret, byte[] Randomness, int[] Ranks, byte[] OrderHash, byte[] OrderRoot)
{
    /// <summary>True when it is the order that a run asks for.</summary>
    public bool IsOf(DrawRun run) =>
        Draw == run.Draw && Secret.AsSpan().SequenceEqual(run.Secret) && Randomness.AsSpan().SequenceEqual(run.Randomness);
}

/// <summary>What takes seconds for millions of entries, and therefore happens beside the ring or in recovery, never while deciding.</summary>
public static class DrawWork
{
    /// <summary>Sorts the keys of a closed draw and hashes them.</summary>
    public static PreparedList List(Draw draw)
    {
        var keys = draw.Entries.Keys;
        int[] sorted = DrawList.Sort(keys);
        return new PreparedList(draw.Id, keys.Count, keys.Count == 0 ? new byte[DrawList.KeyBytes] : DrawList.Root(keys, sorted), sorted);
    }

    /// <summary>Shuffles a frozen list and hashes the order.</summary>
    /// <param name="draw">The draw, frozen.</param>
    /// <param name="sorted">Entry index by list index.</param>
    /// <param name="secret">The secret, 32 bytes.</param>
    /// <param name="randomness">What the beacon published, 32 bytes.</param>
    public static PreparedOrder Order(Draw draw, int[] sorted, byte[] secret, byte[] randomness)
    {
        int[] order = DrawShuffle.Order(DrawCommitment.Seed(randomness, draw.NameText, draw.Root, secret), sorted.Length);
        return new PreparedOrder(draw.Id, secret, randomness, RanksOf(sorted, order), DrawOrder.Hash(order), DrawOrder.Root(order));
    }

    /// <summary>The ranks alone: what recovery needs of a run that was decided.</summary>
    public static int[] Ranks(Draw draw, byte[] secret, byte[] randomness)
    {
        int[] sorted = DrawList.Sort(draw.Entries.Keys);
        return RanksOf(sorted, DrawShuffle.Order(DrawCommitment.Seed(randomness, draw.NameText, draw.Root, secret), sorted.Length));
    }

    private static int[] RanksOf(int[] sorted, int[] order)
    {
        int[] ranks = new int[order.Length];
        for (int rank = 1; rank <= order.Length; rank++)
        {
            ranks[sorted[order[rank - 1]]] = rank;
        }

        return ranks;
    }
}
