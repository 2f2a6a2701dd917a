using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// The published order of a draw: index in the list by rank - 1. As bytes it is one 32-bit little-endian number a rank, rank 1 first; the same
/// four bytes are the data of a leaf.
/// </summary>
public static class DrawOrder
{
    /// <summary>Bytes of one rank.</summary>
    public const int IndexBytes = sizeof(uint);

    private const int BlockRanks = 16 * 1024;

    /// <summary>The order hash: SHA-256 of the order as bytes.</summary>
    public static byte[] Hash(int[] order)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        WriteBlocks(order, hash.AppendData);
        return hash.GetHashAndReset();
    }

    /// <summary>The order root: the Merkle root in which the leaf at rank - 1 is the index in the list.</summary>
    public static byte[] Root(int[] order) =>
        MerkleTree.Root(order.Length, IndexBytes, (rank, leaf) => BinaryPrimitives.WriteInt32LittleEndian(leaf, order[rank]));

    /// <summary>Rank, from 1, by index in the list.</summary>
    /// <exception cref="ArgumentException">Not every index below the length is there exactly once.</exception>
    public static int[] Ranks(int[] order)
    {
        int[] ranks = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            if ((uint)order[i] >= (uint)ranks.Length || ranks[order[i]] != 0)
            {
                throw new ArgumentException($"Rank {i + 1} is list index {order[i]}, which does not exist or has a rank already.", nameof(order));
            }

            ranks[order[i]] = i + 1;
        }

        return ranks;
    }

    /// <summary>Gives the order as bytes, block by block, each over the one before.</summary>
    internal static void WriteBlocks(int[] order, Action<ReadOnlySpan<byte>> write)
    {
        byte[] block = new byte[BlockRanks * IndexBytes];
        for (int start = 0; start < order.Length; start += BlockRanks)
        {
            int count = Math.Min(BlockRanks, order.Length - start);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(i * IndexBytes), order[start + i]);
            }

            write(block.AsSpan(0, count * IndexBytes));
        }
    }
}
