using System.Buffers;
using System.Security.Cryptography;
using TxCore.Hashing;

namespace TxCore.Ticketing.Draws;

/// <summary>The root of a sub-tree of <see cref="Leaves"/> leaves: small enough to share out, large enough that sharing costs nothing.</summary>
internal static class MerkleSubtree
{
    public const int Bits = 12;
    public const int Leaves = 1 << Bits;
    private const int HashBytes = MerkleRoot.HashBytes;
    private const int NodeBlocks = 2;

    // A leaf of one block: the prefix, the data, and nine bytes or more that end the message.
    private const int WideLeafBytesMax = WideSha256.BlockBytes - 1 - 9;

    /// <summary>The root over leaves that lie behind each other.</summary>
    public static byte[] Root(ReadOnlySpan<byte> leaves, int leafBytes) =>
        WideSha256.IsSupported && leafBytes <= WideLeafBytesMax ? WideRoot(leaves, leafBytes) : PlainRoot(leaves, leafBytes);

    /// <summary>The root, one hash after the other.</summary>
    public static byte[] PlainRoot(ReadOnlySpan<byte> leaves, int leafBytes)
    {
        using var root = new MerkleRoot();
        for (int at = 0; at < leaves.Length; at += leafBytes)
        {
            root.Add(leaves.Slice(at, leafBytes));
        }

        return root.Complete();
    }

    /// <summary>The root, level by level, eight hashes at once down to the last eight nodes.</summary>
    private static byte[] WideRoot(ReadOnlySpan<byte> leaves, int leafBytes)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Leaves * HashBytes);
        var level = rented.AsSpan(0, Leaves * HashBytes);
        HashLeaves(leaves, leafBytes, level);
        int count = Leaves / 2;
        for (; count >= WideSha256.Lanes; count /= 2)
        {
            HashNodes(level, count);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (; count >= 1; count /= 2)
        {
            for (int i = 0; i < count; i++)
            {
                var children = level.Slice(i * 2 * HashBytes, 2 * HashBytes);
                MerkleTree.HashNode(hash, children[..HashBytes], children[HashBytes..], level.Slice(i * HashBytes, HashBytes));
            }
        }

        byte[] root = level[..HashBytes].ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return root;
    }

    private static void HashLeaves(ReadOnlySpan<byte> leaves, int leafBytes, Span<byte> level)
    {
        Span<byte> messages = stackalloc byte[WideSha256.Lanes * WideSha256.BlockBytes];
        for (int lane = 0; lane < WideSha256.Lanes; lane++)
        {
            var message = messages.Slice(lane * WideSha256.BlockBytes, WideSha256.BlockBytes);
            message[0] = MerkleTree.LeafPrefix;
            WideSha256.Pad(message, 1 + leafBytes);
        }

        for (int i = 0; i < Leaves; i += WideSha256.Lanes)
        {
            for (int lane = 0; lane < WideSha256.Lanes; lane++)
            {
                leaves.Slice((i + lane) * leafBytes, leafBytes).CopyTo(messages[((lane * WideSha256.BlockBytes) + 1)..]);
            }

            WideSha256.Hash(messages, 1, level.Slice(i * HashBytes, WideSha256.Lanes * HashBytes));
        }
    }

    /// <summary>Writes so many nodes over their children, which have been read by then.</summary>
    private static void HashNodes(Span<byte> level, int count)
    {
        const int MessageBytes = NodeBlocks * WideSha256.BlockBytes;
        Span<byte> messages = stackalloc byte[WideSha256.Lanes * MessageBytes];
        for (int lane = 0; lane < WideSha256.Lanes; lane++)
        {
            var message = messages.Slice(lane * MessageBytes, MessageBytes);
            message[0] = MerkleTree.NodePrefix;
            WideSha256.Pad(message, 1 + HashBytes + HashBytes);
        }

        for (int i = 0; i < count; i += WideSha256.Lanes)
        {
            for (int lane = 0; lane < WideSha256.Lanes; lane++)
            {
                level.Slice((i + lane) * 2 * HashBytes, 2 * HashBytes).CopyTo(messages[((lane * MessageBytes) + 1)..]);
            }

            WideSha256.Hash(messages, NodeBlocks, level.Slice(i * HashBytes, WideSha256.Lanes * HashBytes));
        }
    }
}
