using System.Buffers;
using System.Numerics;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// The root and any number of paths of one Merkle tree: each leaf is hashed once, on all processors; then a path costs at most
/// 4,096 leaves. It keeps the root of every 4,096 leaves, 80 KB for ten million. Safe for several threads when the leaf writer is.
/// </summary>
public sealed class MerklePaths
{
    private readonly int _count;
    private readonly int _leafBytes;
    private readonly LeafWriter _write;
    private readonly byte[][] _subtrees;

    /// <summary>Hashes the leaves.</summary>
    /// <param name="count">Leaves, at least 0.</param>
    /// <param name="leafBytes">Bytes of a leaf, at least 1.</param>
    /// <param name="write">Writes a leaf, the same each time.</param>
    public MerklePaths(int count, int leafBytes, LeafWriter write)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(leafBytes, 1);
        _count = count;
        _leafBytes = leafBytes;
        _write = write;
        _subtrees = new byte[count >> MerkleSubtree.Bits][];
        Parallel.For(0, _subtrees.Length, i =>
            _subtrees[i] = Subtree(i << MerkleSubtree.Bits));
    }

    /// <summary>The root over all leaves; SHA-256 of nothing when there are none.</summary>
    public byte[] Root() => Root(0, _count);

    /// <summary>The hashes that lead from a leaf to the root, the one beside the leaf first.</summary>
    public byte[][] Path(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        var path = new List<byte[]>();
        int start = 0;
        int count = _count;
        while (count > 1)
        {
            int left = 1 << BitOperations.Log2((uint)count - 1);
            bool isLeft = index - start < left;
            path.Add(isLeft ? Root(start + left, count - left) : Root(start, left));
            (start, count) = isLeft ? (start, left) : (start + left, count - left);
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>The root of a node: one that covers a whole sub-tree or more starts with one, so only its end is hashed anew.</summary>
    private byte[] Root(int start, int count)
    {
        using var root = new MerkleRoot();
        int first = start >> MerkleSubtree.Bits;
        int subtrees = count >> MerkleSubtree.Bits;
        for (int i = first; i < first + subtrees; i++)
        {
            root.AddSubtree(_subtrees[i]);
        }

        AddEach(root, start + (subtrees << MerkleSubtree.Bits), count & (MerkleSubtree.Leaves - 1));
        return root.Complete();
    }

    private byte[] Subtree(int start)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(MerkleSubtree.Leaves * _leafBytes);
        var leaves = rented.AsSpan(0, MerkleSubtree.Leaves * _leafBytes);
        for (int i = 0; i < MerkleSubtree.Leaves; i++)
        {
            _write(start + i, leaves.Slice(i * _leafBytes, _leafBytes));
        }

        byte[] root = MerkleSubtree.Root(leaves, _leafBytes);
        ArrayPool<byte>.Shared.Return(rented);
        return root;
    }

    private void AddEach(MerkleRoot root, int start, int count)
    {
        byte[] leaf = new byte[_leafBytes];
        for (int i = start; i < start + count; i++)
        {
            _write(i, leaf);
            root.Add(leaf);
        }
    }
}
