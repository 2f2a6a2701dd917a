namespace TxCore.Ticketing;

/// <summary>Somebody who waits for seats.</summary>
/// <param name="Number">The number of the entry that joined.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Person">Who.</param>
/// <param name="Quantity">Seats wanted.</param>
/// <param name="Rank">Rank in the sale's draw; <see cref="uint.MaxValue"/> without a draw.</param>
public sealed record Waiter(long Number, InventoryCell Cell, PersonKey Person, ushort Quantity, uint Rank);

/// <summary>Those who wait for one cell, in the order of the draw, then of joining.</summary>
public sealed class WaitingList
{
    private readonly List<Waiter> _waiters = [];

    /// <summary>Persons who wait.</summary>
    public int Count => _waiters.Count;

    /// <summary>Who is next; null when nobody waits.</summary>
    public Waiter? First => _waiters.Count == 0 ? null : _waiters[0];

    /// <summary>Takes in a person.</summary>
    public void Add(Waiter waiter) => _waiters.Insert(~Find(waiter), waiter);

    /// <summary>Lets a person go.</summary>
    public void Remove(Waiter waiter) => _waiters.RemoveAt(Find(waiter));

    /// <summary>How many persons are before one who waits.</summary>
    public int Ahead(Waiter waiter) => Find(waiter);

    private int Find(Waiter waiter) => _waiters.BinarySearch(waiter, Order.Instance);

    private sealed class Order : IComparer<Waiter>
    {
        public static readonly Order Instance = new();

        public int Compare(Waiter? x, Waiter? y) => (x!.Rank, x.Number).CompareTo((y!.Rank, y.Number));
    }
}
