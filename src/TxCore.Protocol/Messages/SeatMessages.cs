namespace TxCore.Protocol.Messages;

/// <summary>One line of a hold: seats of one inventory cell.</summary>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="Quantity">Seats, 1 or more.</param>
/// <param name="Pack">Lines of one pack share a number; 0 for none.</param>
public readonly record struct HoldLine(uint Session, ushort Category, ushort Quantity, byte Pack)
{
    internal static HoldLine Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var line = new HoldLine(reader.UInt32(), reader.UInt16(), reader.UInt16(), reader.Byte());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return line;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt16(Quantity);
        writer.Byte(Pack);
        writer.EndElement(mark);
    }
}

/// <summary>Holds seats, all lines or none, until the time the outcome tells.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Person">Person key (HMAC-SHA-256, 32 bytes); empty for none.</param>
/// <param name="Lines">1..30 lines.</param>
public sealed record Hold(TransactionHeader Header, long ClientTime, uint Sale, byte[] Person, HoldLine[] Lines) : IMessage<Hold>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Hold;

    /// <inheritdoc/>
    public static Hold Read(ref WireReader reader)
    {
        var header = TransactionHeader.Read(ref reader);
        long clientTime = reader.Int64();
        uint sale = reader.UInt32();
        byte[] person = reader.CountedBytes(Wire.PersonKeyBytes).ToArray();
        int count = reader.Byte();
        if (count is 0 or > Wire.HoldLinesMax)
        {
            reader.Fail();
            count = 0;
        }

        var lines = new HoldLine[count];
        for (int i = 0; i < count; i++)
        {
            lines[i] = HoldLine.Read(ref reader);
        }

        return new Hold(header, clientTime, sale, person, lines);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Sale);
        writer.CountedBytes(Person);
        writer.Byte(checked((byte)Lines.Length));
        foreach (var line in Lines)
        {
            line.Write(ref writer);
        }
    }
}

/// <summary>Turns a live hold into an order.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Hold">The number of the hold.</param>
/// <param name="AmountCents">The price announced, in cents; it must match the host's.</param>
/// <param name="Authorisation">The payment authorisation reference, 1..32 bytes.</param>
public sealed record Confirm(TransactionHeader Header, long ClientTime, ulong Hold, long AmountCents, byte[] Authorisation) : IMessage<Confirm>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Confirm;

    /// <inheritdoc/>
    public static Confirm Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.Int64(),
        reader.CountedBytes(Wire.AuthorisationBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(Hold);
        writer.Int64(AmountCents);
        writer.CountedBytes(Authorisation);
    }
}

/// <summary>Gives a live hold back.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Hold">The number of the hold.</param>
/// <param name="Reason">Reason code; the operator's own list.</param>
public readonly record struct Release(TransactionHeader Header, long ClientTime, ulong Hold, ushort Reason) : IMessage<Release>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Release;

    /// <inheritdoc/>
    public static Release Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(Hold);
        writer.UInt16(Reason);
    }
}

/// <summary>
/// Records the payment authorisation of a live hold before it is confirmed, so that it is voided should the hold end otherwise.
/// </summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Hold">The number of the hold.</param>
/// <param name="AmountCents">The amount authorised, in cents; it must match the hold's.</param>
/// <param name="Authorisation">The payment authorisation reference, 1..32 bytes, never used before.</param>
public sealed record Authorise(TransactionHeader Header, long ClientTime, ulong Hold, long AmountCents, byte[] Authorisation) : IMessage<Authorise>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Authorise;

    /// <inheritdoc/>
    public static Authorise Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.Int64(),
        reader.CountedBytes(Wire.AuthorisationBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(Hold);
        writer.Int64(AmountCents);
        writer.CountedBytes(Authorisation);
    }
}

/// <summary>Gives bought seats of one line back at face value; they go to the waiting list or on sale again, the money is refunded.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Number">The number of the hold that became the order.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Quantity">Seats given back, 1 or more.</param>
/// <param name="Reason">Reason code; the operator's own list.</param>
public readonly record struct TicketReturn(TransactionHeader Header, long ClientTime, ulong Number, byte Line, ushort Quantity, ushort Reason)
    : IMessage<TicketReturn>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TicketReturn;

    /// <inheritdoc/>
    public static TicketReturn Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.Byte(), reader.UInt16(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(Number);
        writer.Byte(Line);
        writer.UInt16(Quantity);
        writer.UInt16(Reason);
    }
}

/// <summary>Puts a person on the waiting list of a cell; seats that come free are offered in the order of the draw.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Person">Person key (HMAC-SHA-256), exactly 32 bytes.</param>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="Quantity">Seats wanted, 1 or more.</param>
public sealed record WaitJoin(
    TransactionHeader Header, long ClientTime, uint Sale, byte[] Person, uint Session, ushort Category, ushort Quantity) : IMessage<WaitJoin>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.WaitJoin;

    /// <inheritdoc/>
    public static WaitJoin Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.Bytes(Wire.PersonKeyBytes).ToArray(), reader.UInt32(),
        reader.UInt16(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Sale);
        writer.Bytes(Person);
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt16(Quantity);
    }
}

/// <summary>Takes a person off a waiting list.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Number">The number of the <see cref="WaitJoin"/>.</param>
/// <param name="Reason">Reason code; the operator's own list.</param>
public readonly record struct WaitLeave(TransactionHeader Header, long ClientTime, ulong Number, ushort Reason) : IMessage<WaitLeave>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.WaitLeave;

    /// <inheritdoc/>
    public static WaitLeave Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(Number);
        writer.UInt16(Reason);
    }
}
