using TxCore.Protocol;

namespace TxCore.Ticketing;

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

    /// <summary>Seats in all.</summary>
    public int Capacity { get; init; }

    /// <summary>Seats not for sale.</summary>
    public int Blocked { get; init; }

    /// <summary>Most seats of one hold.</summary>
    public ushort QuantityMax { get; init; }

    /// <summary>Seats in live holds.</summary>
    public int Held { get; private set; }

    /// <summary>Seats in orders.</summary>
    public int Sold { get; private set; }

    /// <summary>Seats free to hold.</summary>
    public int Available => Capacity - Blocked - Held - Sold;

    /// <summary>Seats free to hold as of the last commit; written by the reply stage, read by any thread.</summary>
    public int CommittedAvailable { get => Volatile.Read(ref _committedAvailable); set => Volatile.Write(ref _committedAvailable, value); }

    private int _committedAvailable;

    /// <summary>Takes seats into a hold.</summary>
    public void Hold(int quantity) => Move(held: quantity, sold: 0);

    /// <summary>Turns held seats into sold ones.</summary>
    public void Confirm(int quantity) => Move(held: -quantity, sold: quantity);

    /// <summary>Gives held seats back.</summary>
    public void Release(int quantity) => Move(held: -quantity, sold: 0);

    /// <summary>Puts the counters of a snapshot back.</summary>
    public void Restore(int held, int sold) => Move(held, sold);

    private void Move(int held, int sold)
    {
        Held += held;
        Sold += sold;
        if (Held < 0 || Sold < 0 || Available < 0)
        {
            throw new InvalidOperationException(
                $"Inventory of sale {Sale.Id}, session {Session}, category {Category} does not add up: capacity {Capacity}, blocked {Blocked}, held {Held}, sold {Sold}.");
        }
    }
}

/// <summary>A sale with its inventory (<c>domain.md</c> section 3.2).</summary>
public sealed class Sale(uint id)
{
    /// <summary>Identity, 1 or more.</summary>
    public uint Id { get; } = id;

    /// <summary>Where it stands.</summary>
    public SaleStatus Status { get; set; } = SaleStatus.Draft;

    /// <summary>When it closes by itself, microseconds since 1970-01-01 UTC.</summary>
    public long ClosesAt { get; set; }

    /// <summary>Life of a hold, in seconds.</summary>
    public uint HoldSeconds { get; set; }

    /// <summary>Its cells by session and category.</summary>
    public Dictionary<(uint Session, ushort Category), InventoryCell> Cells { get; } = [];

    /// <summary>The cell of a session and category; null when there is none.</summary>
    public InventoryCell? FindCell(uint session, ushort category) => Cells.GetValueOrDefault((session, category));
}

/// <summary>Seats of one cell in a hold.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Quantity">Seats.</param>
public readonly record struct HeldSeats(InventoryCell Cell, int Quantity);

/// <summary>A live hold.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Source">Who holds.</param>
/// <param name="ExpiresAt">When it expires, microseconds since 1970-01-01 UTC.</param>
/// <param name="AmountCents">Price of all its seats, in cents.</param>
/// <param name="Seats">Its seats.</param>
public sealed record LiveHold(long Number, uint Source, long ExpiresAt, long AmountCents, HeldSeats[] Seats);
