namespace TxCore.Protocol.Messages;

/// <summary>Cancels an accepted ticket, whole, in the outlet that sold it, within the window, never after a stop.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="Number">The ticket's number.</param>
/// <param name="Reason">Reason code; the operator's own list.</param>
public readonly record struct Cancel(TransactionHeader Header, long ClientTime, uint Clerk, ulong Number, ushort Reason) : IMessage<Cancel>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Cancel;

    /// <inheritdoc/>
    public static Cancel Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.UInt64(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Clerk);
        writer.UInt64(Number);
        writer.UInt16(Reason);
    }
}

/// <summary>
/// Undoes a transaction whose answer did not come. Under the sequence of the original it decides that sequence (reversed before
/// arrival); under a sequence of its own it undoes a decided one.
/// </summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="OriginalSequence">The sequence to undo.</param>
/// <param name="AmountCents">The amount of the original, which must match when it was accepted.</param>
/// <param name="Reason">ISO 8583 DE 25 reason: 4000 customer, 4020 invalid response, 4021 time-out.</param>
public readonly record struct Reversal(
    TransactionHeader Header, long ClientTime, uint Clerk, ulong OriginalSequence, long AmountCents, ushort Reason) : IMessage<Reversal>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Reversal;

    /// <inheritdoc/>
    public static Reversal Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.UInt64(), reader.Int64(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Clerk);
        writer.UInt64(OriginalSequence);
        writer.Int64(AmountCents);
        writer.UInt16(Reason);
    }
}

/// <summary>Pays a ticket once.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="Number">The ticket's number.</param>
/// <param name="ControlCode">The control code printed on the ticket, 8 ASCII characters.</param>
/// <param name="IdentityChecked">Identity was recorded, for amounts above the cash limit.</param>
public sealed record Pay(TransactionHeader Header, long ClientTime, uint Clerk, ulong Number, byte[] ControlCode, bool IdentityChecked)
    : IMessage<Pay>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Pay;

    /// <inheritdoc/>
    public static Pay Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.UInt64(), reader.CountedBytes(16).ToArray(),
        (reader.Byte() & 1) != 0);

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Clerk);
        writer.UInt64(Number);
        writer.CountedBytes(ControlCode);
        writer.Byte(IdentityChecked ? (byte)1 : (byte)0);
    }
}
