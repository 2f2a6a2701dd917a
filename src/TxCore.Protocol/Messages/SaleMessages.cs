namespace TxCore.Protocol.Messages;

/// <summary>What a sale asks of buyers beyond the limits of its cells.</summary>
/// <param name="Draw">The draw whose slots buyers need; 0: anyone may buy while the sale is open.</param>
/// <param name="PersonMax">Most seats of a person over all sales of the shard, held and bought; 0 for no limit.</param>
/// <param name="PackSessions">Different sessions of a pack; 0: no packs. With packs, every line of a hold belongs to one.</param>
/// <param name="PacksMax">Most packs of one hold; 0 for no limit but that of the lines.</param>
/// <param name="OfferSeconds">Life of an offer to the waiting list, in seconds; 0: the sale has no waiting list.</param>
/// <param name="WaitMax">Most persons that wait for one cell.</param>
public readonly record struct SaleTerms(uint Draw, ushort PersonMax, byte PackSessions, byte PacksMax, uint OfferSeconds, uint WaitMax)
{
    internal static SaleTerms Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.UInt16(), reader.Byte(), reader.Byte(), reader.UInt32(), reader.UInt32());

    internal void Write(ref WireWriter writer)
    {
        writer.UInt32(Draw);
        writer.UInt16(PersonMax);
        writer.Byte(PackSessions);
        writer.Byte(PacksMax);
        writer.UInt32(OfferSeconds);
        writer.UInt32(WaitMax);
    }
}

/// <summary>Defines a sale; cells are added to it while it is a draft.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Sale">The sale, 1 or more.</param>
/// <param name="ClosesAt">When it closes by itself, microseconds since 1970-01-01 UTC.</param>
/// <param name="HoldSeconds">Life of a hold, in seconds, 1..86,400.</param>
/// <param name="Terms">What it asks of buyers.</param>
public readonly record struct SaleDefine(
    TransactionHeader Header, ControlHeader Control, uint Sale, long ClosesAt, uint HoldSeconds, SaleTerms Terms = default)
    : IMessage<SaleDefine>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SaleDefine;

    /// <inheritdoc/>
    public static SaleDefine Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.Int64(), reader.UInt32(),
        SaleTerms.Read(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Sale);
        writer.Int64(ClosesAt);
        writer.UInt32(HoldSeconds);
        Terms.Write(ref writer);
    }
}

/// <summary>An inventory cell: the seats of one price category in one session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="PriceCents">Price of a seat, in cents.</param>
/// <param name="Capacity">Seats in all.</param>
/// <param name="Blocked">Seats of them not for sale.</param>
/// <param name="QuantityMax">Most seats of the session that one hold may take, and a person may have over all sales of the shard.</param>
public readonly record struct CellDefinition(uint Session, ushort Category, long PriceCents, uint Capacity, uint Blocked, ushort QuantityMax)
{
    internal static CellDefinition Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var cell = new CellDefinition(
            reader.UInt32(), reader.UInt16(), reader.Int64(), reader.UInt32(), reader.UInt32(), reader.UInt16());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return cell;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.Int64(PriceCents);
        writer.UInt32(Capacity);
        writer.UInt32(Blocked);
        writer.UInt16(QuantityMax);
        writer.EndElement(mark);
    }
}

/// <summary>Adds inventory cells to a draft sale, all or none.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Cells">1..1,000 cells.</param>
public sealed record CellsDefine(TransactionHeader Header, ControlHeader Control, uint Sale, CellDefinition[] Cells) : IMessage<CellsDefine>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CellsDefine;

    /// <inheritdoc/>
    public static CellsDefine Read(ref WireReader reader)
    {
        var header = TransactionHeader.Read(ref reader);
        var control = ControlHeader.Read(ref reader);
        uint sale = reader.UInt32();
        int count = reader.UInt16();
        if (count is 0 or > Wire.CellsMax)
        {
            reader.Fail();
            count = 0;
        }

        var cells = new CellDefinition[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            cells[i] = CellDefinition.Read(ref reader);
        }

        return new CellsDefine(header, control, sale, cells);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Sale);
        writer.UInt16(checked((ushort)Cells.Length));
        foreach (var cell in Cells)
        {
            cell.Write(ref writer);
        }
    }
}

/// <summary>Opens or closes a sale; the message type in the frame header tells which.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Sale">The sale.</param>
public sealed record SaleControl(TransactionHeader Header, ControlHeader Control, uint Sale)
{
    /// <summary>Encodes the control as a whole frame of <paramref name="type"/>.</summary>
    public byte[] Encode(MessageType type)
    {
        byte[] frame = new byte[Wire.HeaderBytes + Wire.TransactionHeaderBytes + Wire.ControlHeaderBytes + sizeof(uint)];
        var writer = new WireWriter(frame.AsSpan(Wire.HeaderBytes));
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Sale);
        Frame.WriteHeader(frame, type, writer.Position);
        return frame;
    }

    /// <summary>Decodes the payload of either.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out SaleControl message)
    {
        var reader = new WireReader(payload);
        message = new SaleControl(TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32());
        return !reader.Failed;
    }
}

/// <summary>Sets how many seats of a cell are not for sale.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="Blocked">Seats not for sale from now on; at most what is not held or sold.</param>
public readonly record struct SeatsBlock(
    TransactionHeader Header, ControlHeader Control, uint Sale, uint Session, ushort Category, uint Blocked) : IMessage<SeatsBlock>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SeatsBlock;

    /// <inheritdoc/>
    public static SeatsBlock Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.UInt32(), reader.UInt16(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Sale);
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt32(Blocked);
    }
}

/// <summary>Moves available seats of a cell to the same cell of another sale: what one phase did not sell, the next offers.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Sale">The sale that gives.</param>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="ToSale">The sale that takes.</param>
/// <param name="Quantity">Seats, 1 or more.</param>
public readonly record struct SeatsMove(
    TransactionHeader Header, ControlHeader Control, uint Sale, uint Session, ushort Category, uint ToSale, uint Quantity) : IMessage<SeatsMove>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SeatsMove;

    /// <inheritdoc/>
    public static SeatsMove Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.UInt32(), reader.UInt16(), reader.UInt32(),
        reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Sale);
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt32(ToSale);
        writer.UInt32(Quantity);
    }
}

/// <summary>Tells that payment orders up to a number were carried out and need not be told again.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="UpTo">The number up to which they were; never lower than before.</param>
public readonly record struct PaymentsAcknowledge(TransactionHeader Header, ControlHeader Control, ulong UpTo) : IMessage<PaymentsAcknowledge>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PaymentsAcknowledge;

    /// <inheritdoc/>
    public static PaymentsAcknowledge Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt64(UpTo);
    }
}
