using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TxCore.Pipeline;

/// <summary>
/// A table by number in a thousand small ones: growing one of them never keeps the deciding thread for longer than some microseconds, where
/// a single table of a million would be copied whole.
/// </summary>
/// <typeparam name="TValue">What is found.</typeparam>
public sealed class SpreadTable<TValue> : IEnumerable<KeyValuePair<long, TValue>>
{
    private const int Tables = 1024;
    private readonly Dictionary<long, TValue>?[] _tables = new Dictionary<long, TValue>?[Tables];

    /// <summary>Items in the table.</summary>
    public int Count { get; private set; }

    /// <summary>The item of a number that is there.</summary>
    public TValue this[long number] => _tables[number & (Tables - 1)]![number];

    /// <summary>Adds an item under a number that has none.</summary>
    public void Add(long number, TValue value)
    {
        ref var table = ref _tables[number & (Tables - 1)];
        (table ??= []).Add(number, value);
        Count++;
    }

    /// <summary>True when a number has an item.</summary>
    public bool ContainsKey(long number) => _tables[number & (Tables - 1)]?.ContainsKey(number) == true;

    /// <summary>Finds the item of a number.</summary>
    public bool TryGetValue(long number, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        return _tables[number & (Tables - 1)]?.TryGetValue(number, out value) == true;
    }

    /// <summary>Takes out the item of a number.</summary>
    public bool Remove(long number, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        bool removed = _tables[number & (Tables - 1)]?.Remove(number, out value) == true;
        Count -= removed ? 1 : 0;
        return removed;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<long, TValue>> GetEnumerator() =>
        _tables.Where(static table => table is not null).SelectMany(static table => table!).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
