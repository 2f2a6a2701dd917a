namespace TxCore.Protocol.Messages;

/// <summary>Registers a person in a draw, once.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Person">Person key (HMAC-SHA-256), exactly 32 bytes.</param>
/// <param name="Consent">Consent flags.</param>
public sealed record DrawRegister(TransactionHeader Header, long ClientTime, uint Draw, byte[] Person, uint Consent) : IMessage<DrawRegister>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawRegister;

    /// <inheritdoc/>
    public static DrawRegister Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.Bytes(Wire.PersonKeyBytes).ToArray(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Draw);
        writer.Bytes(Person);
        writer.UInt32(Consent);
    }
}

/// <summary>Withdraws a person from a draw before it is frozen.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="ClientTime">The frontend's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Person">Person key (HMAC-SHA-256), exactly 32 bytes.</param>
public sealed record DrawWithdraw(TransactionHeader Header, long ClientTime, uint Draw, byte[] Person) : IMessage<DrawWithdraw>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawWithdraw;

    /// <inheritdoc/>
    public static DrawWithdraw Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), reader.Int64(), reader.UInt32(), reader.Bytes(Wire.PersonKeyBytes).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        writer.Int64(ClientTime);
        writer.UInt32(Draw);
        writer.Bytes(Person);
    }
}

/// <summary>Defines a draw.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Draw">The draw, 1 or more.</param>
/// <param name="Name">Its public name, 1..32 ASCII letters, digits, '-', '_' or '.': it enters the commitment and the seed.</param>
/// <param name="ClosesAt">When registration closes by itself, microseconds since 1970-01-01 UTC.</param>
/// <param name="EntriesMax">Most entries, 1..50,000,000.</param>
/// <param name="RequiredConsent">Consent flags that an entry must carry.</param>
/// <param name="PersonMax">A person who has so many seats already is not entered; 0 for no such limit.</param>
public sealed record DrawDefine(
    TransactionHeader Header, ControlHeader Control, uint Draw, byte[] Name, long ClosesAt, uint EntriesMax, uint RequiredConsent, ushort PersonMax)
    : IMessage<DrawDefine>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawDefine;

    /// <inheritdoc/>
    public static DrawDefine Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.CountedBytes(Wire.DrawNameBytesMax).ToArray(),
        reader.Int64(), reader.UInt32(), reader.UInt32(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        writer.CountedBytes(Name);
        writer.Int64(ClosesAt);
        writer.UInt32(EntriesMax);
        writer.UInt32(RequiredConsent);
        writer.UInt16(PersonMax);
    }
}

/// <summary>Opens, closes, publishes or ends a draw; the message type in the frame header tells which.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason; publishing needs a second actor.</param>
/// <param name="Draw">The draw.</param>
public sealed record DrawControl(TransactionHeader Header, ControlHeader Control, uint Draw)
{
    /// <summary>Encodes the control as a whole frame of <paramref name="type"/>.</summary>
    public byte[] Encode(MessageType type)
    {
        byte[] frame = new byte[Wire.HeaderBytes + Wire.TransactionHeaderBytes + Wire.ControlHeaderBytes + sizeof(uint)];
        var writer = new WireWriter(frame.AsSpan(Wire.HeaderBytes));
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        Frame.WriteHeader(frame, type, writer.Position);
        return frame;
    }

    /// <summary>Decodes the payload of any of them.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out DrawControl message)
    {
        var reader = new WireReader(payload);
        message = new DrawControl(TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32());
        return !reader.Failed;
    }
}

/// <summary>Freezes the list of a closed draw, commits to a secret and names the beacon that will decide it. Needs a second actor.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Entries">Entries of the list, struck ones included; they must be the host's.</param>
/// <param name="Root">Merkle root of the list, 32 bytes; it must be the host's.</param>
/// <param name="Commitment">The commitment to the operator's secret, 32 bytes (<c>domain.md</c> section 3.3).</param>
/// <param name="BeaconRound">The beacon's round that will be used; it lies in the future.</param>
/// <param name="BeaconChain">
/// Which beacon, 1..64 printable ASCII characters; one that begins with <c>witness</c> publishes no signature: its randomness comes from
/// an independent witness.
/// </param>
public sealed record DrawFreeze(
    TransactionHeader Header, ControlHeader Control, uint Draw, uint Entries, byte[] Root, byte[] Commitment, ulong BeaconRound, byte[] BeaconChain)
    : IMessage<DrawFreeze>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawFreeze;

    /// <inheritdoc/>
    public static DrawFreeze Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.UInt32(), reader.Bytes(Wire.HashBytes).ToArray(),
        reader.Bytes(Wire.HashBytes).ToArray(), reader.UInt64(), reader.CountedBytes(Wire.BeaconChainBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        writer.UInt32(Entries);
        writer.Bytes(Root);
        writer.Bytes(Commitment);
        writer.UInt64(BeaconRound);
        writer.CountedBytes(BeaconChain);
    }
}

/// <summary>Runs a frozen draw: reveals the secret and tells what the beacon published. Needs a second actor.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Secret">The operator's secret, 32 bytes; it must open the commitment.</param>
/// <param name="Randomness">The beacon's randomness, 32 bytes.</param>
/// <param name="Signature">The beacon's signature, whose SHA-256 is the randomness; empty for a witness.</param>
public sealed record DrawRun(
    TransactionHeader Header, ControlHeader Control, uint Draw, byte[] Secret, byte[] Randomness, byte[] Signature) : IMessage<DrawRun>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawRun;

    /// <inheritdoc/>
    public static DrawRun Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.Bytes(Wire.HashBytes).ToArray(),
        reader.Bytes(Wire.HashBytes).ToArray(), reader.CountedBytes(Wire.BeaconSignatureBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        writer.Bytes(Secret);
        writer.Bytes(Randomness);
        writer.CountedBytes(Signature);
    }
}

/// <summary>Gives the next ranks of a published draw their slot in a sale.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Wave">The wave: one more than the last, from 1.</param>
/// <param name="Count">How many ranks, from the first that has no slot yet; 1 or more.</param>
/// <param name="Sale">The sale.</param>
/// <param name="StartsAt">When the slot begins, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsAt">When it is over: nothing is held from that time on.</param>
public readonly record struct DrawWave(
    TransactionHeader Header, ControlHeader Control, uint Draw, ushort Wave, uint Count, uint Sale, long StartsAt, long EndsAt)
    : IMessage<DrawWave>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawWave;

    /// <inheritdoc/>
    public static DrawWave Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.UInt32(), reader.UInt16(), reader.UInt32(), reader.UInt32(),
        reader.Int64(), reader.Int64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        writer.UInt16(Wave);
        writer.UInt32(Count);
        writer.UInt32(Sale);
        writer.Int64(StartsAt);
        writer.Int64(EndsAt);
    }
}

/// <summary>Excludes persons from a draw: not entered, or struck from a list that stays as it is.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Draw">The draw.</param>
/// <param name="Persons">1..1,000 person keys of 32 bytes.</param>
public sealed record DrawExclude(TransactionHeader Header, ControlHeader Control, uint Draw, byte[][] Persons) : IMessage<DrawExclude>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawExclude;

    /// <inheritdoc/>
    public static DrawExclude Read(ref WireReader reader)
    {
        var header = TransactionHeader.Read(ref reader);
        var control = ControlHeader.Read(ref reader);
        uint draw = reader.UInt32();
        int count = reader.UInt16();
        if (count is 0 or > Wire.ExcludedMax)
        {
            reader.Fail();
            count = 0;
        }

        byte[][] persons = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            var element = reader.Element();
            persons[i] = element.Bytes(Wire.PersonKeyBytes).ToArray();
            if (element.Failed)
            {
                reader.Fail();
            }
        }

        return new DrawExclude(header, control, draw, persons);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.UInt32(Draw);
        writer.UInt16(checked((ushort)Persons.Length));
        foreach (byte[] person in Persons)
        {
            int mark = writer.BeginElement();
            writer.Bytes(person);
            writer.EndElement(mark);
        }
    }
}
