using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// The draw of <c>domain.md</c> section 3.3 once more, straight from its text and by none of the server's code: list, root, commitment, seed,
/// shuffle, order.
/// </summary>
internal sealed class OwnDraw
{
    private const int HashBytes = 32;

    /// <summary>Person by place in the sorted list.</summary>
    private readonly int[] _list;
    private readonly PersonKeys _keys;
    private int[] _order = [];

    /// <param name="persons">Everybody ever entered, withdrawn ones included.</param>
    /// <param name="keys">Their keys.</param>
    public OwnDraw(IReadOnlyList<int> persons, PersonKeys keys)
    {
        _keys = keys;
        _list = [.. persons];
        ulong[] prefixes = new ulong[_list.Length];
        Span<byte> key = stackalloc byte[HashBytes];
        for (int i = 0; i < _list.Length; i++)
        {
            keys.Write(_list[i], key);
            prefixes[i] = BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Array.Sort(prefixes, _list);
        OrderEqualPrefixes(prefixes);
        Root = Merkle(_list.Length, HashBytes, (i, leaf) => keys.Write(_list[i], leaf));
    }

    public int Entries => _list.Length;

    public byte[] Root { get; }

    public byte[] OrderHash { get; private set; } = [];

    public byte[] OrderRoot { get; private set; } = [];

    /// <summary>The rank of each person by index, from 1; 0 for nobody entered.</summary>
    public int[] Ranks { get; private set; } = [];

    public byte[] Commitment(string name, ReadOnlySpan<byte> secret) => SHA256.HashData(Message("txcore/draw/commit/v1", name, secret));

    /// <summary>Draws.</summary>
    public void Run(string name, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> randomness)
    {
        byte[] seed = HMACSHA256.HashData(randomness, Message("txcore/draw/seed/v1", name, secret));
        int[] order = [.. Enumerable.Range(0, _list.Length)];
        var words = new Words(seed);
        for (int i = order.Length - 1; i >= 1; i--)
        {
            int j = (int)words.Below((ulong)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        _order = order;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] word = new byte[sizeof(int)];
        foreach (int index in order)
        {
            BinaryPrimitives.WriteInt32LittleEndian(word, index);
            hash.AppendData(word);
        }

        OrderHash = hash.GetHashAndReset();
        OrderRoot = Merkle(order.Length, sizeof(int), (rank, leaf) => BinaryPrimitives.WriteInt32LittleEndian(leaf, order[rank]));
        Ranks = new int[_list.Length == 0 ? 0 : _list.Max() + 1];
        for (int rank = 0; rank < order.Length; rank++)
        {
            Ranks[_list[order[rank]]] = rank + 1;
        }
    }

    /// <summary>The rank of a person; 0 for one who is not entered.</summary>
    public int RankOf(int person) => (uint)person < (uint)Ranks.Length ? Ranks[person] : 0;

    /// <summary>The person of a rank, from 1.</summary>
    public int PersonAt(int rank) => _list[_order[rank - 1]];

    /// <summary>RFC 6962: leaves and nodes are hashed with a byte of their own in front, and the left tree is the largest full one.</summary>
    public static byte[] Merkle(int count, int leafBytes, LeafWriter write)
    {
        if (count == 0)
        {
            return SHA256.HashData([]);
        }

        // One hash for each full tree that is complete so far, the largest first.
        byte[] trees = new byte[HashBytes * 33];
        int height = 0;
        Span<byte> leaf = stackalloc byte[1 + leafBytes];
        Span<byte> node = stackalloc byte[1 + (2 * HashBytes)];
        node[0] = 1;
        for (int i = 0; i < count; i++)
        {
            write(i, leaf[1..]);
            SHA256.HashData(leaf, trees.AsSpan(height++ * HashBytes));
            for (int merges = BitOperations.TrailingZeroCount(~i); merges > 0; merges--)
            {
                Join(trees, ref height, node);
            }
        }

        while (height > 1)
        {
            Join(trees, ref height, node);
        }

        return trees[..HashBytes];
    }

    internal delegate void LeafWriter(int index, Span<byte> leaf);

    private static void Join(byte[] trees, ref int height, Span<byte> node)
    {
        height--;
        var left = trees.AsSpan((height - 1) * HashBytes, 2 * HashBytes);
        left.CopyTo(node[1..]);
        SHA256.HashData(node, left);
    }

    private byte[] Message(string purpose, string name, ReadOnlySpan<byte> secret) =>
        [.. Encoding.ASCII.GetBytes(purpose), 0, .. Encoding.ASCII.GetBytes(name), 0, .. Root, .. secret];

    private void OrderEqualPrefixes(ulong[] prefixes)
    {
        for (int i = 1; i < prefixes.Length; i++)
        {
            for (int j = i; j > 0 && prefixes[j] == prefixes[j - 1] && _keys.Of(_list[j]).AsSpan().SequenceCompareTo(_keys.Of(_list[j - 1])) < 0; j--)
            {
                (_list[j], _list[j - 1]) = (_list[j - 1], _list[j]);
            }
        }
    }

    /// <summary>The stream of 64-bit numbers that a seed gives, four a block.</summary>
    private sealed class Words(byte[] seed)
    {
        private readonly byte[] _counter = new byte[8];
        private readonly byte[] _block = new byte[HashBytes];
        private ulong _blocks;
        private int _left;

        public ulong Below(ulong limit)
        {
            // 2^64 mod limit: words from 2^64 less that on would favour small numbers, and are passed over.
            ulong over = unchecked(0UL - limit) % limit;
            while (true)
            {
                ulong word = Next();
                if (over == 0 || word < unchecked(0UL - over))
                {
                    return word % limit;
                }
            }
        }

        private ulong Next()
        {
            if (_left == 0)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_counter, _blocks++);
                HMACSHA256.HashData(seed, _counter, _block);
                _left = 4;
            }

            return BinaryPrimitives.ReadUInt64BigEndian(_block.AsSpan((4 - _left--) * 8));
        }
    }
}
