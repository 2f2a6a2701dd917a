using System.Security.Cryptography;
using TxCore.Hashing;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>Merkle trees against the definition in RFC 6962.</summary>
public sealed class MerkleTests
{
    private const int LeafBytes = 5;

    [Fact]
    public void A_root_is_that_of_the_definition()
    {
        for (int count = 0; count <= 33; count++)
        {
            byte[][] leaves = Leaves(count);
            using var root = new MerkleRoot();
            Array.ForEach(leaves, leaf => root.Add(leaf));
            Assert.Equal(count, root.Count);
            Assert.Equal(NaiveDraw.Root(leaves), root.Complete());
            Assert.Equal(NaiveDraw.Root(leaves), MerkleTree.Root(count, LeafBytes, (i, leaf) => leaves[i].CopyTo(leaf)));
        }
    }

    [Fact]
    public void A_root_may_be_asked_for_between_leaves()
    {
        byte[][] leaves = Leaves(33);
        using var root = new MerkleRoot();
        for (int i = 0; i < leaves.Length; i++)
        {
            root.Add(leaves[i]);
            Assert.Equal(NaiveDraw.Root(leaves[..(i + 1)]), root.Complete());
        }
    }

    [Fact]
    public void Leaves_of_any_length_are_hashed_whole()
    {
        foreach (int length in new[] { 0, 1, 63, 64, 65, 1000 })
        {
            byte[][] leaves = [new byte[length], [.. Enumerable.Repeat((byte)1, length)], new byte[length]];
            using var root = new MerkleRoot();
            Array.ForEach(leaves, leaf => root.Add(leaf));
            Assert.Equal(NaiveDraw.Root(leaves), root.Complete());
        }
    }

    [Theory]
    [InlineData(1, 3 * MerkleSubtree.Leaves)]
    [InlineData(MerkleSubtree.Leaves, MerkleSubtree.Leaves)]
    [InlineData(100, (2 * MerkleSubtree.Leaves) + 1)]
    [InlineData(MerkleSubtree.Leaves - 1, 10)]
    public void Leaves_added_in_blocks_give_the_same_root(int first, int second)
    {
        byte[][] leaves = Leaves(first + second);
        byte[] data = [.. leaves.SelectMany(static leaf => leaf)];
        using var root = new MerkleRoot();
        root.AddLeaves(data.AsMemory(0, first * LeafBytes), LeafBytes);
        root.AddLeaves(data.AsMemory(first * LeafBytes), LeafBytes);
        Assert.Equal(NaiveDraw.Root(leaves), root.Complete());
        Assert.Throws<ArgumentException>(() => root.AddLeaves(new byte[LeafBytes + 1], LeafBytes));
    }

    [Fact]
    public void Every_path_leads_to_the_root_and_none_that_was_changed()
    {
        for (int count = 1; count <= 40; count++)
        {
            byte[][] leaves = Leaves(count);
            byte[] root = NaiveDraw.Root(leaves);
            for (int index = 0; index < count; index++)
            {
                byte[][] path = MerkleTree.Path(index, count, LeafBytes, (i, leaf) => leaves[i].CopyTo(leaf));
                Assert.True(MerkleTree.Verify(leaves[index], index, count, path, root));
                RefuseChanged(leaves[index], index, count, path, root);
            }
        }
    }

    [Fact]
    public void A_path_of_a_large_tree_leads_to_the_root()
    {
        int count = (5 * MerkleSubtree.Leaves) + 17;
        byte[][] leaves = Leaves(count);
        byte[] root = NaiveDraw.Root(leaves);
        var paths = new MerklePaths(count, LeafBytes, (i, leaf) => leaves[i].CopyTo(leaf));
        Assert.Equal(root, paths.Root());
        foreach (int index in new[] { 0, 1, MerkleSubtree.Leaves - 1, MerkleSubtree.Leaves, (4 * MerkleSubtree.Leaves) + 5, count - 1 })
        {
            Assert.True(MerkleTree.Verify(leaves[index], index, count, paths.Path(index), root));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => paths.Path(count));
    }

    [Fact]
    public void Eight_messages_at_once_have_the_hashes_of_each()
    {
        var random = new Random(8);
        for (int length = 0; length <= 183; length++)
        {
            int blocks = (length + 9 + WideSha256.BlockBytes - 1) / WideSha256.BlockBytes;
            byte[] messages = new byte[WideSha256.Lanes * blocks * WideSha256.BlockBytes];
            random.NextBytes(messages);
            byte[][] expected = new byte[WideSha256.Lanes][];
            for (int lane = 0; lane < WideSha256.Lanes; lane++)
            {
                var message = messages.AsSpan(lane * blocks * WideSha256.BlockBytes, blocks * WideSha256.BlockBytes);
                expected[lane] = SHA256.HashData(message[..length]);
                WideSha256.Pad(message, length);
            }

            byte[] hashes = new byte[WideSha256.Lanes * MerkleRoot.HashBytes];
            WideSha256.Hash(messages, blocks, hashes);
            Assert.Equal(expected, hashes.Chunk(MerkleRoot.HashBytes));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(54)]
    [InlineData(55)]
    [InlineData(200)]
    public void A_subtree_has_the_same_root_eight_at_once_and_one_by_one(int leafBytes)
    {
        byte[] leaves = new byte[MerkleSubtree.Leaves * leafBytes];
        new Random(leafBytes).NextBytes(leaves);
        byte[] root = MerkleSubtree.Root(leaves, leafBytes);
        Assert.Equal(MerkleSubtree.PlainRoot(leaves, leafBytes), root);
        Assert.Equal(NaiveDraw.Root([.. leaves.Chunk(leafBytes)]), root);
    }

    private static void RefuseChanged(byte[] leaf, int index, int count, byte[][] path, byte[] root)
    {
        foreach (byte[] bytes in path.Append(leaf).Append(root))
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                bytes[at] ^= 1;
                Assert.False(MerkleTree.Verify(leaf, index, count, path, root));
                bytes[at] ^= 1;
            }
        }

        for (int other = -1; other <= count; other++)
        {
            Assert.Equal(other == index, MerkleTree.Verify(leaf, other, count, path, root));
        }

        Assert.False(MerkleTree.Verify(leaf, index, count, [.. path, root], root));
        Assert.False(path.Length > 0 && MerkleTree.Verify(leaf, index, count, path[1..], root));
        Assert.False(path.Length > 0 && MerkleTree.Verify(leaf, index, count, [path[0][1..], .. path[1..]], root));
    }

    private static byte[][] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => new byte[] { (byte)i, (byte)(i >> 8), (byte)(i >> 16), 0, 7 })];
}
