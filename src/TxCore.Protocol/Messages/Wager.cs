namespace TxCore.Protocol.Messages;

/// <summary>A leg of a report (parlay) line (<c>domain.md</c> section 1.9).</summary>
/// <param name="Race">The race within the meeting of the line.</param>
/// <param name="CarryForm">1: <paramref name="Carry"/> is a percentage of the gains; 2: a multiple of the minimum stake.</param>
/// <param name="Carry">Percentage (25, 50, 75, 100) or multiple (1..1000).</param>
/// <param name="Pool">Pool of the leg.</param>
/// <param name="Bases">Runners of the leg.</param>
public sealed record ReportLeg(byte Race, byte CarryForm, ushort Carry, ushort Pool, byte[] Bases)
{
    internal static ReportLeg Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var leg = new ReportLeg(reader.Byte(), reader.Byte(), reader.UInt16(), reader.UInt16(), reader.CountedBytes(Wire.RunnersMax).ToArray());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return leg;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.Byte(Race);
        writer.Byte(CarryForm);
        writer.UInt16(Carry);
        writer.UInt16(Pool);
        writer.CountedBytes(Bases);
        writer.EndElement(mark);
    }
}

/// <summary>One line of a wager: one pool of one race (<c>domain.md</c> section 1.4).</summary>
/// <param name="Race">The race.</param>
/// <param name="Pool">The pool: a <see cref="BetType"/>, plus <see cref="BetTypes.OnlineOffset"/> online.</param>
/// <param name="Formula">The formula.</param>
/// <param name="AllOrders">In all orders (dtlo).</param>
/// <param name="Spot">The host picks the missing runners.</param>
/// <param name="Risk">Multi: 4..7; else 0.</param>
/// <param name="Complement">Complement runner; 0 for none.</param>
/// <param name="StakeForm">Which of the three stake forms <paramref name="Stake"/> is.</param>
/// <param name="Stake">Multiple, percentage, or cents.</param>
/// <param name="AmountCents">The price the terminal announced, in cents; it must match the host's.</param>
/// <param name="Bases">Runners in order; 0 is a free place (X).</param>
/// <param name="Associates">Associated runners.</param>
/// <param name="Legs">Legs of a report; else empty.</param>
public sealed record WagerLine(
    RaceId Race, ushort Pool, Formula Formula, bool AllOrders, bool Spot, byte Risk, byte Complement, StakeForm StakeForm, long Stake,
    long AmountCents, byte[] Bases, byte[] Associates, ReportLeg[] Legs)
{
    internal static WagerLine Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var race = RaceId.Read(ref reader);
        ushort pool = reader.UInt16();
        var formula = (Formula)reader.Byte();
        byte flags = reader.Byte();
        var line = new WagerLine(
            race, pool, formula, (flags & 1) != 0, (flags & 2) != 0, reader.Byte(), reader.Byte(), (StakeForm)reader.Byte(), reader.Int64(),
            reader.Int64(), reader.CountedBytes(Wire.RunnersMax).ToArray(), reader.CountedBytes(Wire.RunnersMax).ToArray(), ReadLegs(ref reader));
        if (reader.Failed)
        {
            outer.Fail();
        }

        return line;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        Race.Write(ref writer);
        writer.UInt16(Pool);
        writer.Byte((byte)Formula);
        writer.Byte((byte)((AllOrders ? 1 : 0) | (Spot ? 2 : 0)));
        writer.Byte(Risk);
        writer.Byte(Complement);
        writer.Byte((byte)StakeForm);
        writer.Int64(Stake);
        writer.Int64(AmountCents);
        writer.CountedBytes(Bases);
        writer.CountedBytes(Associates);
        writer.Byte(checked((byte)Legs.Length));
        foreach (var leg in Legs)
        {
            leg.Write(ref writer);
        }

        writer.EndElement(mark);
    }

    private static ReportLeg[] ReadLegs(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count > Wire.LegsMax)
        {
            reader.Fail();
            return [];
        }

        var legs = count == 0 ? [] : new ReportLeg[count];
        for (int i = 0; i < count; i++)
        {
            legs[i] = ReportLeg.Read(ref reader);
        }

        return legs;
    }
}

/// <summary>A wager: one ticket of 1..20 lines, decided whole.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The terminal's clock, microseconds since 1970-01-01 UTC; recorded, never decided on.</param>
/// <param name="DefinitionsVersion">The definitions version the terminal priced with; 0 when unknown.</param>
/// <param name="Clerk">Who served, by number; 0 for none.</param>
/// <param name="PaymentMeans">How it is paid.</param>
/// <param name="Player">Player key (HMAC-SHA-256, 32 bytes) for wagers on account; else empty.</param>
/// <param name="Authorisation">The frontend's payment authorisation reference for stakes on account; else empty.</param>
/// <param name="AmountCents">Total price announced, in cents.</param>
/// <param name="Lines">The lines.</param>
public sealed record Wager(
    TransactionHeader Header, long ClientTime, ulong DefinitionsVersion, uint Clerk, PaymentMeans PaymentMeans, byte[] Player,
    byte[] Authorisation, long AmountCents, WagerLine[] Lines) : IMessage<Wager>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Wager;

    /// <inheritdoc/>
    public static Wager Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt64(), reader.UInt32(), (PaymentMeans)reader.Byte(),
        reader.CountedBytes(Wire.PersonKeyBytes).ToArray(), reader.CountedBytes(Wire.AuthorisationBytesMax).ToArray(), reader.Int64(),
        ReadLines(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt64(DefinitionsVersion);
        writer.UInt32(Clerk);
        writer.Byte((byte)PaymentMeans);
        writer.CountedBytes(Player);
        writer.CountedBytes(Authorisation);
        writer.Int64(AmountCents);
        writer.Byte(checked((byte)Lines.Length));
        foreach (var line in Lines)
        {
            line.Write(ref writer);
        }
    }

    private static WagerLine[] ReadLines(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count is 0 or > Wire.LinesMax)
        {
            reader.Fail();
            return [];
        }

        var lines = new WagerLine[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            lines[i] = WagerLine.Read(ref reader);
        }

        return reader.Failed ? [] : lines;
    }
}
