using System.Numerics;
using System.Security.Cryptography;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// Builds the root of a Merkle tree (RFC 6962 section 2.1, with SHA-256) leaf by leaf: it keeps one hash per level, so its memory does not
/// grow with the list. One thread at a time. The number of leaves is bounded by <see cref="int.MaxValue"/>.
/// </summary>
public sealed class MerkleRoot : IDisposable
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int LevelsMax = 32;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Complete sub-trees from left to right: one for each bit set in the number of leaves, the largest first.
    private readonly byte[] _roots = new byte[LevelsMax * HashBytes];

    /// <summary>Leaves added so far.</summary>
    public int Count { get; private set; }

    private int Depth => BitOperations.PopCount((uint)Count);

    /// <summary>Adds a leaf; its hash is SHA-256 of a 0x00 byte and the data.</summary>
    public void Add(ReadOnlySpan<byte> leafData)
    {
        Span<byte> leaf = stackalloc byte[HashBytes];
        MerkleTree.HashLeaf(_hash, leafData, leaf);
        Push(leaf, 0);
    }

    /// <summary>Adds leaves of one length that lie behind each other, on all processors where there are many.</summary>
    /// <param name="leaves">The data of the leaves.</param>
    /// <param name="leafBytes">Bytes of one leaf, at least 1.</param>
    /// <exception cref="ArgumentException">The data does not end with a whole leaf.</exception>
    public void AddLeaves(ReadOnlyMemory<byte> leaves, int leafBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leafBytes, 1);
        (int count, int rest) = Math.DivRem(leaves.Length, leafBytes);
        if (rest != 0)
        {
            throw new ArgumentException($"{leaves.Length} bytes are not a whole number of leaves of {leafBytes} bytes.", nameof(leaves));
        }

        int ahead = Math.Min(count, -Count & (MerkleSubtree.Leaves - 1));
        AddEach(leaves.Span[..(ahead * leafBytes)], leafBytes);
        int subtrees = (count - ahead) >> MerkleSubtree.Bits;
        int subtreeBytes = MerkleSubtree.Leaves * leafBytes;
        var roots = new byte[subtrees][];
        var whole = leaves[(ahead * leafBytes)..];
        Parallel.For(0, subtrees, i =>
            roots[i] = MerkleSubtree.Root(whole.Span.Slice(i * subtreeBytes, subtreeBytes), leafBytes));
        Array.ForEach(roots, AddSubtree);
        AddEach(whole.Span[(subtrees * subtreeBytes)..], leafBytes);
    }

    /// <summary>The root over the leaves so far; SHA-256 of nothing when there are none. More leaves may follow.</summary>
    public byte[] Complete()
    {
        byte[] root = new byte[HashBytes];
        int depth = Depth;
        if (depth == 0)
        {
            SHA256.HashData([], root);
            return root;
        }

        Slot(--depth).CopyTo(root);
        while (depth > 0)
        {
            MerkleTree.HashNode(_hash, Slot(--depth), root, root);
        }

        return root;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    /// <summary>Adds the root of the next <see cref="MerkleSubtree.Leaves"/> leaves; as many times that number must have been added before.</summary>
    internal void AddSubtree(byte[] root) => Push(root, MerkleSubtree.Bits);

    private void AddEach(ReadOnlySpan<byte> leaves, int leafBytes)
    {
        for (int at = 0; at < leaves.Length; at += leafBytes)
        {
            Add(leaves.Slice(at, leafBytes));
        }
    }

    /// <summary>Puts a complete sub-tree on the right: each on its left that is as large is taken into it, as a carry in binary addition.</summary>
    private void Push(ReadOnlySpan<byte> root, int level)
    {
        Span<byte> carried = stackalloc byte[HashBytes];
        root.CopyTo(carried);
        int depth = Depth;
        int count = checked(Count + (1 << level));
        for (; (Count >> level & 1) != 0; level++)
        {
            MerkleTree.HashNode(_hash, Slot(--depth), carried, carried);
        }

        carried.CopyTo(Slot(depth));
        Count = count;
    }

    private Span<byte> Slot(int depth) => _roots.AsSpan(depth * HashBytes, HashBytes);
}
