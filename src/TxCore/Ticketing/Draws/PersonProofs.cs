using System.Buffers.Binary;

namespace TxCore.Ticketing.Draws;

/// <summary>Makes the proofs of many persons of one draw: the two trees are hashed once, then a proof takes milliseconds.</summary>
public sealed class PersonProofs
{
    private readonly DrawRecord _record;
    private readonly PersonKeyList _keys;
    private readonly int[] _sorted;
    private readonly int[] _order;
    private readonly MerklePaths _listPaths;
    private readonly MerklePaths _orderPaths;

    /// <summary>Hashes the list and the order, on all processors.</summary>
    /// <param name="record">The values of the draw.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="sorted">Their positions, sorted.</param>
    /// <param name="order">Index in the list by rank - 1.</param>
    public PersonProofs(DrawRecord record, PersonKeyList keys, int[] sorted, int[] order)
    {
        _record = record;
        _keys = keys;
        _sorted = sorted;
        _order = order;
        _listPaths = new MerklePaths(sorted.Length, DrawList.KeyBytes, (i, leaf) => keys[sorted[i]].Write(leaf));
        _orderPaths = new MerklePaths(order.Length, DrawOrder.IndexBytes, (i, leaf) => BinaryPrimitives.WriteInt32LittleEndian(leaf, order[i]));
    }

    /// <summary>The proof of a person; null when the list does not hold the key.</summary>
    public PersonProof? Of(in PersonKey person)
    {
        int index = DrawList.IndexOf(_keys, _sorted, person);
        if (index < 0)
        {
            return null;
        }

        byte[] key = new byte[DrawList.KeyBytes];
        person.Write(key);
        int at = Array.IndexOf(_order, index);
        return new PersonProof
        {
            DrawName = _record.DrawName,
            Entries = _record.Entries,
            ListRoot = _record.ListRoot,
            OrderRoot = _record.OrderRoot,
            PersonKey = key,
            ListIndex = index,
            ListPath = _listPaths.Path(index),
            Rank = at + 1,
            OrderPath = _orderPaths.Path(at),
        };
    }
}
