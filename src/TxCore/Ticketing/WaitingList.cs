namespace TxCore.Ticketing;

/// <summary>Somebody who waits for seats.</summary>
/// <param name="Number">The number of the entry that joined.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Person">Who.</param>
/// <param name="Quantity">Seats wanted.</param>
/// <param name="Rank">Rank in the sale's draw; <see cref="uint.MaxValue"/> without a draw.</param>
public sealed record Waiter(long Number, InventoryCell Cell, PersonKey Person, ushort Quantity, uint Rank);

/// <summary>
/// Those who wait for one cell, in the order of the draw, then of joining. Kept in chunks, so that a change among a million costs no more
/// than a few microseconds of the deciding thread.
/// </summary>
public sealed class WaitingList
{
    private const int ChunkMax = 512;
    private readonly List<List<Waiter>> _chunks = [];

    /// <summary>Persons who wait.</summary>
    public int Count { get; private set; }

    /// <summary>Who is next; null when nobody waits.</summary>
    public Waiter? First => _chunks.Count == 0 ? null : _chunks[0][0];

    /// <summary>Takes in a person.</summary>
    public void Add(Waiter waiter)
    {
        Count++;
        if (_chunks.Count == 0)
        {
            _chunks.Add([waiter]);
            return;
        }

        int at = ChunkOf(waiter);
        var chunk = _chunks[at];
        chunk.Insert(~chunk.BinarySearch(waiter, Order.Instance), waiter);
        if (chunk.Count > ChunkMax)
        {
            _chunks.Insert(at + 1, chunk.GetRange(ChunkMax / 2, chunk.Count - (ChunkMax / 2)));
            chunk.RemoveRange(ChunkMax / 2, chunk.Count - (ChunkMax / 2));
        }
    }

    /// <summary>Lets a person go.</summary>
    public void Remove(Waiter waiter)
    {
        int at = ChunkOf(waiter);
        _chunks[at].RemoveAt(_chunks[at].BinarySearch(waiter, Order.Instance));
        Count--;
        if (_chunks[at].Count == 0)
        {
            _chunks.RemoveAt(at);
        }
    }

    /// <summary>How many persons are before one who waits.</summary>
    public int Ahead(Waiter waiter)
    {
        int at = ChunkOf(waiter);
        int ahead = _chunks[at].BinarySearch(waiter, Order.Instance);
        for (int i = 0; i < at; i++)
        {
            ahead += _chunks[i].Count;
        }

        return ahead;
    }

    /// <summary>The last chunk that does not begin behind a waiter, or the first.</summary>
    private int ChunkOf(Waiter waiter)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = Order.Instance.Compare(_chunks[middle][0], waiter) <= 0 ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private sealed class Order : IComparer<Waiter>
    {
        public static readonly Order Instance = new();

        public int Compare(Waiter? x, Waiter? y) => (x!.Rank, x.Number).CompareTo((y!.Rank, y.Number));
    }
}
