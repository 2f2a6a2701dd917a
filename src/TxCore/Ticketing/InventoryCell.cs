namespace TxCore.Ticketing;

/// <summary>The counters of a cell at one moment: available + held + sold + blocked = capacity.</summary>
/// <param name="Capacity">Seats in all.</param>
/// <param name="Blocked">Seats not for sale.</param>
/// <param name="Held">Seats in live holds and offers.</param>
/// <param name="Sold">Seats in orders.</param>
/// <param name="Waiting">Persons on its waiting list.</param>
public readonly record struct CellCounts(int Capacity, int Blocked, int Held, int Sold, int Waiting)
{
    /// <summary>Seats free to hold.</summary>
    public int Available => Capacity - Blocked - Held - Sold;
}

/// <summary>Seats of one price category in one session: available + held + sold + blocked = capacity, always.</summary>
public sealed class InventoryCell(Sale sale, uint session, ushort category)
{
    /// <summary>The sale it belongs to.</summary>
    public Sale Sale { get; } = sale;

    /// <summary>The session.</summary>
    public uint Session { get; } = session;

    /// <summary>The price category.</summary>
    public ushort Category { get; } = category;

    /// <summary>Price of a seat, in cents.</summary>
    public long PriceCents { get; init; }

    /// <summary>Most seats of the session that one hold may take, and a person may have over all sales.</summary>
    public ushort QuantityMax { get; init; }

    /// <summary>Seats in all.</summary>
    public int Capacity { get; private set; }

    /// <summary>Seats not for sale.</summary>
    public int Blocked { get; private set; }

    /// <summary>Seats in live holds and offers.</summary>
    public int Held { get; private set; }

    /// <summary>Seats in orders.</summary>
    public int Sold { get; private set; }

    /// <summary>Seats free to hold.</summary>
    public int Available => Capacity - Blocked - Held - Sold;

    /// <summary>The counters as of the last commit; guarded by the board that tells them.</summary>
    internal CellCounts Committed { get; set; }

    /// <summary>Seats free to hold as of the last commit; written by the reply stage, read by any thread.</summary>
    public int CommittedAvailable { get => Volatile.Read(ref _committedAvailable); set => Volatile.Write(ref _committedAvailable, value); }

    /// <summary>Seats in all as of the last commit; written by the reply stage, read by any thread.</summary>
    public int CommittedCapacity { get => Volatile.Read(ref _committedCapacity); set => Volatile.Write(ref _committedCapacity, value); }

    private int _committedAvailable;
    private int _committedCapacity;

    /// <summary>Who waits for it.</summary>
    public WaitingList Waiting { get; } = new();

    /// <summary>The counters as they are.</summary>
    public CellCounts Counts => new(Capacity, Blocked, Held, Sold, Waiting.Count);

    /// <summary>Sets all counters: a new cell's, or those of a snapshot.</summary>
    public void Restore(int capacity, int blocked, int held, int sold)
    {
        (Capacity, Blocked, Held, Sold) = (capacity, blocked, held, sold);
        Check();
    }

    /// <summary>Takes seats into a hold.</summary>
    public void Hold(int quantity) => Move(held: quantity, sold: 0);

    /// <summary>Turns held seats into sold ones.</summary>
    public void Confirm(int quantity) => Move(held: -quantity, sold: quantity);

    /// <summary>Gives held seats back.</summary>
    public void Release(int quantity) => Move(held: -quantity, sold: 0);

    /// <summary>Gives sold seats back.</summary>
    public void Return(int quantity) => Move(held: 0, sold: -quantity);

    /// <summary>Sets how many seats are not for sale.</summary>
    public void Block(int blocked)
    {
        Blocked = blocked;
        Check();
    }

    /// <summary>Adds seats, or with a negative number takes away available ones.</summary>
    public void Resize(int seats)
    {
        Capacity += seats;
        Check();
    }

    private void Move(int held, int sold)
    {
        Held += held;
        Sold += sold;
        Check();
    }

    private void Check()
    {
        if (Held < 0 || Sold < 0 || Blocked < 0 || Available < 0)
        {
            throw new InvalidOperationException(
                $"Inventory of sale {Sale.Id}, session {Session}, category {Category} does not add up: capacity {Capacity}, blocked {Blocked}, held {Held}, sold {Sold}.");
        }
    }
}

/// <summary>Cells by sale, session and category.</summary>
internal sealed class CellOrder : IComparer<InventoryCell>
{
    public static readonly CellOrder Instance = new();

    public int Compare(InventoryCell? x, InventoryCell? y) =>
        (x!.Sale.Id, x.Session, x.Category).CompareTo((y!.Sale.Id, y.Session, y.Category));
}
