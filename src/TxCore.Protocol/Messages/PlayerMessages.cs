namespace TxCore.Protocol.Messages;

/// <summary>Sells a voucher: the outlet takes the money and gives out a sealed paper, which is redeemed once.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="AmountCents">Its amount, in cents, 1 or more.</param>
public readonly record struct VoucherIssue(TransactionHeader Header, long ClientTime, uint Clerk, long AmountCents) : IMessage<VoucherIssue>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.VoucherIssue;

    /// <inheritdoc/>
    public static VoucherIssue Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.Int64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Clerk);
        writer.Int64(AmountCents);
    }
}

/// <summary>Takes a voucher back for its whole amount, once, at any terminal of the channel.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="Number">The voucher's number.</param>
/// <param name="ControlCode">The control code printed on it, 8 ASCII characters.</param>
public sealed record VoucherRedeem(TransactionHeader Header, long ClientTime, uint Clerk, ulong Number, byte[] ControlCode) : IMessage<VoucherRedeem>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.VoucherRedeem;

    /// <inheritdoc/>
    public static VoucherRedeem Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.UInt64(), reader.CountedBytes(16).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Clerk);
        writer.UInt64(Number);
        writer.CountedBytes(ControlCode);
    }
}

/// <summary>Decides a ticket whose reversal came after a stop.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason; granting needs a second actor.</param>
/// <param name="Number">The ticket's number.</param>
/// <param name="IsGranted">True: it is reversed after all. False: it stands.</param>
public readonly record struct SupervisorResolve(TransactionHeader Header, ControlHeader Control, ulong Number, bool IsGranted)
    : IMessage<SupervisorResolve>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SupervisorResolve;

    /// <inheritdoc/>
    public static SupervisorResolve Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt64(), (reader.Byte() & 1) != 0);

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt64(Number);
        writer.Byte(IsGranted ? (byte)1 : (byte)0);
    }
}

/// <summary>What the list of barred players says of one player from now on.</summary>
/// <param name="Player">Player key, 32 bytes.</param>
/// <param name="Bar">Banned, self-excluded, or no longer barred.</param>
/// <param name="Until">Self-excluded: until when, microseconds since 1970-01-01 UTC; else 0.</param>
public sealed record BarredPlayer(byte[] Player, PlayerBar Bar, long Until);

/// <summary>
/// Changes the list of barred players. Parts of one version are collected and count together from the last one on, so that a refreshed
/// list never lets a barred player through in between.
/// </summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Version">The list's version: one more than the present one, the same in all its parts.</param>
/// <param name="ReplacesAll">First part of a whole list: whoever is not on it is no longer banned. Self-exclusions stay until their time.</param>
/// <param name="IsLast">Last part: the version counts from here on.</param>
/// <param name="Players">0..1,000 players.</param>
public sealed record PlayersBar(
    TransactionHeader Header, ControlHeader Control, uint Version, bool ReplacesAll, bool IsLast, BarredPlayer[] Players) : IMessage<PlayersBar>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PlayersBar;

    /// <inheritdoc/>
    public static PlayersBar Read(ref WireReader reader)
    {
        var header = TransactionHeader.Read(ref reader);
        var control = ControlHeader.Read(ref reader);
        uint version = reader.UInt32();
        byte flags = reader.Byte();
        int count = reader.UInt16();
        if (count > Wire.BarredPlayersMax)
        {
            reader.Fail();
            count = 0;
        }

        var players = new BarredPlayer[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var item = reader.Element();
            players[i] = new BarredPlayer(item.Bytes(Wire.PersonKeyBytes).ToArray(), (PlayerBar)item.Byte(), item.Int64());
            if (item.Failed)
            {
                reader.Fail();
            }
        }

        return new PlayersBar(header, control, version, (flags & 1) != 0, (flags & 2) != 0, reader.Failed ? [] : players);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Version);
        writer.Byte((byte)((ReplacesAll ? 1 : 0) | (IsLast ? 2 : 0)));
        writer.UInt16(checked((ushort)Players.Length));
        foreach (var player in Players)
        {
            int mark = writer.BeginElement();
            writer.Bytes(player.Player);
            writer.Byte((byte)player.Bar);
            writer.Int64(player.Until);
            writer.EndElement(mark);
        }
    }
}

/// <summary>Sets the stake limits of a player. A lower limit counts at once, a higher one after the waiting time of the rules.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Player">Player key, 32 bytes.</param>
/// <param name="DayCents">Most stakes in a business day, in cents; the highest value means no limit.</param>
/// <param name="WeekCents">Most stakes in a week from Monday, in cents.</param>
/// <param name="MonthCents">Most stakes in a calendar month, in cents.</param>
public sealed record PlayerLimit(
    TransactionHeader Header, ControlHeader Control, byte[] Player, long DayCents, long WeekCents, long MonthCents) : IMessage<PlayerLimit>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PlayerLimit;

    /// <inheritdoc/>
    public static PlayerLimit Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.Bytes(Wire.PersonKeyBytes).ToArray(), reader.Int64(),
        reader.Int64(), reader.Int64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.Bytes(Player);
        writer.Int64(DayCents);
        writer.Int64(WeekCents);
        writer.Int64(MonthCents);
    }
}
