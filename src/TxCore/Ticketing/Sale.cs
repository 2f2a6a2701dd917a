using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing.Draws;

namespace TxCore.Ticketing;

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

    /// <summary>What it asks of buyers.</summary>
    public SaleTerms Terms { get; set; }

    /// <summary>Its cells by session and category.</summary>
    public Dictionary<(uint Session, ushort Category), InventoryCell> Cells { get; } = [];

    /// <summary>The cell of a session and category; null when there is none.</summary>
    public InventoryCell? FindCell(uint session, ushort category) => Cells.GetValueOrDefault((session, category));
}

/// <summary>Seats of one cell in a hold.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Quantity">Seats.</param>
public readonly record struct HeldSeats(InventoryCell Cell, int Quantity);

/// <summary>A live hold, or an offer to somebody who waited.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Source">Who holds; 0 for an offer.</param>
/// <param name="ExpiresAt">When it expires, microseconds since 1970-01-01 UTC.</param>
/// <param name="AmountCents">Price of all its seats, in cents.</param>
/// <param name="Person">For whom; null for nobody named.</param>
/// <param name="Wait">Number of the waiting list entry that it is an offer for; 0 for a hold.</param>
/// <param name="Seats">Its seats, one item a line.</param>
public sealed record LiveHold(long Number, uint Source, long ExpiresAt, long AmountCents, PersonKey? Person, long Wait, HeldSeats[] Seats)
{
    /// <summary>The payment authorisation recorded for it; empty for none.</summary>
    public byte[] Authorisation { get; set; } = [];

    /// <summary>The slot it was made in; null without one.</summary>
    public Wave? Wave { get; init; }

    /// <summary>Seats of all lines.</summary>
    public int Quantity
    {
        get
        {
            int quantity = 0;
            foreach (var seats in Seats)
            {
                quantity += seats.Quantity;
            }

            return quantity;
        }
    }
}
