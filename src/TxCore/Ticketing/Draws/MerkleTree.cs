using System.Numerics;
using System.Security.Cryptography;

namespace TxCore.Ticketing.Draws;

/// <summary>Writes the data of a leaf. Called from several threads at once, in any order.</summary>
/// <param name="index">The leaf, from 0.</param>
/// <param name="leafData">Receives all its bytes.</param>
public delegate void LeafWriter(int index, Span<byte> leafData);

/// <summary>
/// Merkle trees as in RFC 6962 section 2.1 (<c>domain.md</c> section 3.3): a leaf is SHA-256 of 0x00 and the data, a node is SHA-256 of 0x01 and
/// its two children, and the left child covers the largest power of two smaller than the number of leaves.
/// </summary>
public static class MerkleTree
{
    internal const byte LeafPrefix = 0;
    internal const byte NodePrefix = 1;
    private const int LeafBytesAtOnce = 64;

    /// <summary>The root over leaves of one length, on all processors.</summary>
    /// <param name="count">Leaves, at least 0.</param>
    /// <param name="leafBytes">Bytes of a leaf, at least 1.</param>
    /// <param name="write">Writes a leaf.</param>
    public static byte[] Root(int count, int leafBytes, LeafWriter write) => new MerklePaths(count, leafBytes, write).Root();

    /// <summary>The hashes that lead from a leaf to the root, the one beside the leaf first. For many paths see <see cref="MerklePaths"/>.</summary>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="count">Leaves.</param>
    /// <param name="leafBytes">Bytes of a leaf, at least 1.</param>
    /// <param name="write">Writes a leaf.</param>
    public static byte[][] Path(int index, int count, int leafBytes, LeafWriter write) =>
        new MerklePaths(count, leafBytes, write).Path(index);

    /// <summary>
    /// Whether a path leads from a leaf to the root (RFC 9162 section 2.1.3.2). <paramref name="count"/> must be the published one: with
    /// another, a leaf can be shown at a place where it is not.
    /// </summary>
    /// <param name="leafData">The data of the leaf.</param>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="count">Leaves.</param>
    /// <param name="path">The hashes of <see cref="Path"/>.</param>
    /// <param name="root">The root.</param>
    public static bool Verify(ReadOnlySpan<byte> leafData, int index, int count, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if ((uint)index >= (uint)count)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> reached = stackalloc byte[MerkleRoot.HashBytes];
        HashLeaf(hash, leafData, reached);
        int at = index;
        int last = count - 1;
        foreach (byte[] beside in path)
        {
            if (last == 0 || beside is not { Length: MerkleRoot.HashBytes })
            {
                return false;
            }

            if ((at & 1) == 0 && at != last)
            {
                HashNode(hash, reached, beside, reached);
            }
            else
            {
                HashNode(hash, beside, reached, reached);

                // The last node of a level without a neighbour goes up as it is.
                int lone = at == 0 ? 0 : BitOperations.TrailingZeroCount(at);
                at >>= lone;
                last >>= lone;
            }

            at >>= 1;
            last >>= 1;
        }

        return last == 0 && reached.SequenceEqual(root);
    }

    /// <summary>The hash of a leaf.</summary>
    internal static void HashLeaf(IncrementalHash hash, ReadOnlySpan<byte> data, Span<byte> into)
    {
        if (data.Length > LeafBytesAtOnce)
        {
            hash.AppendData([LeafPrefix]);
            hash.AppendData(data);
            hash.GetHashAndReset(into);
            return;
        }

        // One call into the library instead of two: it is what a tree spends its time on.
        Span<byte> leaf = stackalloc byte[1 + LeafBytesAtOnce];
        leaf[0] = LeafPrefix;
        data.CopyTo(leaf[1..]);
        hash.AppendData(leaf[..(1 + data.Length)]);
        hash.GetHashAndReset(into);
    }

    /// <summary>The hash of a node; it may be written over one of its children.</summary>
    internal static void HashNode(IncrementalHash hash, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> into)
    {
        Span<byte> node = stackalloc byte[1 + MerkleRoot.HashBytes + MerkleRoot.HashBytes];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + MerkleRoot.HashBytes)..]);
        hash.AppendData(node);
        hash.GetHashAndReset(into);
    }
}
