namespace TxCore.Protocol.Messages;

/// <summary>Asks where a person stands. It is answered in the order of the source's transactions, after a commit, and decides nothing.</summary>
/// <param name="Source">The source.</param>
/// <param name="Request">Chosen by the client, told back.</param>
/// <param name="Draw">The draw; 0 when only seats are asked for.</param>
/// <param name="Person">Person key (HMAC-SHA-256), exactly 32 bytes.</param>
public sealed record PersonRequest(uint Source, ulong Request, uint Draw, byte[] Person) : IMessage<PersonRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PersonRequest;

    /// <inheritdoc/>
    public static PersonRequest Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.UInt64(), reader.UInt32(), reader.Bytes(Wire.PersonKeyBytes).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Request);
        writer.UInt32(Draw);
        writer.Bytes(Person);
    }
}

/// <summary>A live hold or offer of a person.</summary>
/// <param name="Hold">Its number.</param>
/// <param name="Sale">The sale.</param>
/// <param name="ExpiresAt">When it expires, microseconds since 1970-01-01 UTC.</param>
/// <param name="AmountCents">Its price, in cents.</param>
/// <param name="Seats">Its seats.</param>
/// <param name="Wait">The number of the <see cref="WaitJoin"/> that it is an offer for; 0 for a hold.</param>
public readonly record struct PersonHold(ulong Hold, uint Sale, long ExpiresAt, long AmountCents, ushort Seats, ulong Wait)
{
    internal static PersonHold Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var hold = new PersonHold(
            reader.UInt64(), reader.UInt32(), reader.Int64(), reader.Int64(), reader.UInt16(), reader.UInt64());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return hold;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt64(Hold);
        writer.UInt32(Sale);
        writer.Int64(ExpiresAt);
        writer.Int64(AmountCents);
        writer.UInt16(Seats);
        writer.UInt64(Wait);
        writer.EndElement(mark);
    }
}

/// <summary>A place of a person on a waiting list.</summary>
/// <param name="Wait">The number of the <see cref="WaitJoin"/>.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="Quantity">Seats wanted.</param>
/// <param name="Ahead">Persons before this one.</param>
public readonly record struct PersonWait(ulong Wait, uint Sale, uint Session, ushort Category, ushort Quantity, uint Ahead)
{
    internal static PersonWait Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var wait = new PersonWait(
            reader.UInt64(), reader.UInt32(), reader.UInt32(), reader.UInt16(), reader.UInt16(), reader.UInt32());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return wait;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt64(Wait);
        writer.UInt32(Sale);
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt16(Quantity);
        writer.UInt32(Ahead);
        writer.EndElement(mark);
    }
}

/// <summary>Where a person stands. Ranks are told once the order is published.</summary>
/// <param name="Source">The source that asked.</param>
/// <param name="Request">As asked.</param>
/// <param name="Draw">As asked.</param>
/// <param name="Entry">How the person stands in the draw.</param>
/// <param name="Rank">The person's rank, from 1; 0 when there is none to tell.</param>
/// <param name="Wave">The wave; 0 when the rank has none yet.</param>
/// <param name="Sale">The sale of the slot.</param>
/// <param name="StartsAt">When the slot begins, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsAt">When it is over.</param>
/// <param name="AheadInWave">Ranks of the wave before this one; with no wave yet, all ranks before this one that have no wave.</param>
/// <param name="Seats">Seats held and bought over all sales.</param>
/// <param name="Holds">0..50 live holds and offers.</param>
/// <param name="Waits">0..50 places on waiting lists.</param>
public sealed record PersonState(
    uint Source, ulong Request, uint Draw, EntryStatus Entry, uint Rank, ushort Wave, uint Sale, long StartsAt, long EndsAt, uint AheadInWave,
    uint Seats, PersonHold[] Holds, PersonWait[] Waits) : IMessage<PersonState>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PersonState;

    /// <inheritdoc/>
    public static PersonState Read(ref WireReader reader) => new(
        reader.UInt32(), reader.UInt64(), reader.UInt32(), (EntryStatus)reader.Byte(), reader.UInt32(), reader.UInt16(), reader.UInt32(),
        reader.Int64(), reader.Int64(), reader.UInt32(), reader.UInt32(), ReadHolds(ref reader), ReadWaits(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Request);
        writer.UInt32(Draw);
        writer.Byte((byte)Entry);
        writer.UInt32(Rank);
        writer.UInt16(Wave);
        writer.UInt32(Sale);
        writer.Int64(StartsAt);
        writer.Int64(EndsAt);
        writer.UInt32(AheadInWave);
        writer.UInt32(Seats);
        writer.Byte(checked((byte)Holds.Length));
        foreach (var hold in Holds)
        {
            hold.Write(ref writer);
        }

        writer.Byte(checked((byte)Waits.Length));
        foreach (var wait in Waits)
        {
            wait.Write(ref writer);
        }
    }

    private static int ReadCount(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count <= Wire.PersonItemsMax)
        {
            return count;
        }

        reader.Fail();
        return 0;
    }

    private static PersonHold[] ReadHolds(ref WireReader reader)
    {
        var holds = new PersonHold[ReadCount(ref reader)];
        for (int i = 0; i < holds.Length; i++)
        {
            holds[i] = PersonHold.Read(ref reader);
        }

        return holds;
    }

    private static PersonWait[] ReadWaits(ref WireReader reader)
    {
        var waits = new PersonWait[ReadCount(ref reader)];
        for (int i = 0; i < waits.Length; i++)
        {
            waits[i] = PersonWait.Read(ref reader);
        }

        return waits;
    }
}
