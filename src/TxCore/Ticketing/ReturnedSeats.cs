using TxCore.Protocol;

namespace TxCore.Ticketing;

/// <summary>Seats that came back, as stored behind the return: it is applied from its own row, the order's is not in memory.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Quantity">Seats.</param>
/// <param name="IsWhole">True when nothing is left of the order.</param>
/// <param name="Person">Whose they were; empty for nobody named.</param>
internal readonly record struct ReturnedSeats(InventoryCell Cell, int Quantity, bool IsWhole, byte[] Person)
{
    /// <summary>Price of the seats, in cents: face value.</summary>
    public long AmountCents => Quantity * Cell.PriceCents;

    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Bytes => 4 + 4 + 2 + 1 + 1 + Person.Length;

    /// <summary>Writes sale, session, category, whether whole, person.</summary>
    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        writer.UInt32(Cell.Sale.Id);
        writer.UInt32(Cell.Session);
        writer.UInt16(Cell.Category);
        writer.Byte(IsWhole ? (byte)1 : (byte)0);
        writer.CountedBytes(Person);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ReturnedSeats Read(IReadOnlyDictionary<uint, Sale> sales, ReadOnlySpan<byte> bytes, int quantity)
    {
        var reader = new WireReader(bytes);
        var cell = sales[reader.UInt32()].FindCell(reader.UInt32(), reader.UInt16())!;
        return new ReturnedSeats(cell, quantity, reader.Byte() != 0, reader.CountedBytes(Wire.PersonKeyBytes).ToArray());
    }
}
