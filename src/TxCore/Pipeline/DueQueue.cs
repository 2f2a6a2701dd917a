using TxCore.Protocol;

namespace TxCore.Pipeline;

/// <summary>Something that happens at a time.</summary>
/// <param name="Kind">What.</param>
/// <param name="Subject">To what: race, sale, draw or hold.</param>
/// <param name="At">When, microseconds since 1970-01-01 UTC.</param>
public readonly record struct DueItem(MessageType Kind, long Subject, long At);

/// <summary>
/// What falls due, in time order; equal times by kind and subject, so that a replay takes them in the same order. What lapses is taken out
/// (<see cref="Remove"/>) or left, and then whoever takes it out checks whether it still holds. A tree: no change of it takes long, however
/// many items there are.
/// </summary>
public sealed class DueQueue
{
    private readonly SortedSet<DueItem> _items = new(Order.Instance);

    /// <summary>Items in the queue.</summary>
    public int Count => _items.Count;

    /// <summary>Adds an item; the same twice is one.</summary>
    public void Add(MessageType kind, long subject, long at) => _items.Add(new DueItem(kind, subject, at));

    /// <summary>Takes an item out that will not happen.</summary>
    public void Remove(MessageType kind, long subject, long at) => _items.Remove(new DueItem(kind, subject, at));

    /// <summary>Takes out the first item whose time has come: <c>now >= at</c>.</summary>
    public bool TryTake(long now, out DueItem item)
    {
        item = _items.Min;
        if (_items.Count == 0 || now < item.At)
        {
            item = default;
            return false;
        }

        _items.Remove(item);
        return true;
    }

    private sealed class Order : IComparer<DueItem>
    {
        public static readonly Order Instance = new();

        public int Compare(DueItem x, DueItem y) =>
            x.At != y.At ? x.At.CompareTo(y.At) : x.Kind != y.Kind ? ((ushort)x.Kind).CompareTo((ushort)y.Kind) : x.Subject.CompareTo(y.Subject);
    }
}
