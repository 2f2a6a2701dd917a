using TxCore.Protocol;

namespace TxCore.Pipeline;

/// <summary>Something that happens at a time.</summary>
/// <param name="Kind">What.</param>
/// <param name="Subject">To what: race, sale or hold.</param>
/// <param name="At">When, microseconds since 1970-01-01 UTC.</param>
public readonly record struct DueItem(MessageType Kind, long Subject, long At);

/// <summary>
/// What falls due, in time order. Items are not removed when they lapse: whoever takes one out checks whether it still holds.
/// Equal times are taken by kind and subject, so that a replay takes them in the same order.
/// </summary>
public sealed class DueQueue
{
    private readonly PriorityQueue<DueItem, (long At, ushort Kind, long Subject)> _items = new();

    /// <summary>Items in the queue, lapsed ones included.</summary>
    public int Count => _items.Count;

    /// <summary>Adds an item.</summary>
    public void Add(MessageType kind, long subject, long at) => _items.Enqueue(new DueItem(kind, subject, at), (at, (ushort)kind, subject));

    /// <summary>Takes out the first item whose time has come: <c>now >= at</c>.</summary>
    public bool TryTake(long now, out DueItem item)
    {
        if (_items.TryPeek(out item, out _) && now >= item.At)
        {
            _items.Dequeue();
            return true;
        }

        item = default;
        return false;
    }
}
