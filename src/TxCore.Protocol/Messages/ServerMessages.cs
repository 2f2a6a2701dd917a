namespace TxCore.Protocol.Messages;

/// <summary>The runners that the host picked for a line.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Runners">The runners picked, in the order of the free places.</param>
public sealed record Pick(byte Line, byte[] Runners)
{
    internal static Pick[] ReadAll(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count > Wire.LinesMax)
        {
            reader.Fail();
            return [];
        }

        var picks = count == 0 ? [] : new Pick[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var item = reader.Element();
            picks[i] = new Pick(item.Byte(), item.CountedBytes(Wire.RunnersMax).ToArray());
            if (item.Failed)
            {
                reader.Fail();
            }
        }

        return reader.Failed ? [] : picks;
    }

    internal static void WriteAll(ref WireWriter writer, Pick[] picks)
    {
        writer.Byte(checked((byte)picks.Length));
        foreach (var pick in picks)
        {
            int mark = writer.BeginElement();
            writer.Byte(pick.Line);
            writer.CountedBytes(pick.Runners);
            writer.EndElement(mark);
        }
    }
}

/// <summary>The decision on a transaction: everything a terminal prints.</summary>
/// <param name="Source">The source.</param>
/// <param name="Sequence">The sequence.</param>
/// <param name="TransactionType">The type of the transaction.</param>
/// <param name="Code">The decision.</param>
/// <param name="IsRepeat">True when it was decided by an earlier arrival.</param>
/// <param name="State">What became of it up to now; only <see cref="PresentState.Live"/> may be printed as a ticket.</param>
/// <param name="Number">Its number in the shard, without holes.</param>
/// <param name="SequencedAt">Sequence time of the decision, microseconds since 1970-01-01 UTC.</param>
/// <param name="BusinessDay">The business day as <c>YYYYMMDD</c>.</param>
/// <param name="AmountCents">Amount taken, given back or paid, in cents.</param>
/// <param name="ExpiresAt">Hold: when it expires, microseconds since 1970-01-01 UTC; else 0.</param>
/// <param name="Reference">The number the transaction was about (cancelled ticket, confirmed hold); else 0.</param>
/// <param name="Line">Refusal: the line at fault, from 1; else 0.</param>
/// <param name="Field">Refusal: the field at fault.</param>
/// <param name="TicketSerial">15 characters printed on the ticket (<c>domain.md</c> section 1.10); empty when there is nothing to print.</param>
/// <param name="ControlCode">8 characters printed on the ticket; empty when there is nothing to print.</param>
/// <param name="Picks">Lines with spot: the runners that the host picked.</param>
public sealed record Outcome(
    uint Source, ulong Sequence, MessageType TransactionType, ResultCode Code, bool IsRepeat, PresentState State, ulong Number,
    long SequencedAt, uint BusinessDay, long AmountCents, long ExpiresAt, ulong Reference, byte Line, BodyField Field, string TicketSerial,
    string ControlCode, Pick[] Picks) : IMessage<Outcome>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Outcome;

    /// <inheritdoc/>
    public static Outcome Read(ref WireReader reader) => new(
        reader.UInt32(), reader.UInt64(), (MessageType)reader.UInt16(), (ResultCode)reader.UInt16(), (reader.Byte() & 1) != 0,
        (PresentState)reader.Byte(), reader.UInt64(), reader.Int64(), reader.UInt32(), reader.Int64(), reader.Int64(), reader.UInt64(),
        reader.Byte(), (BodyField)reader.Byte(), Text(reader.CountedBytes(32)), Text(reader.CountedBytes(32)),
        Pick.ReadAll(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Sequence);
        writer.UInt16((ushort)TransactionType);
        writer.UInt16((ushort)Code);
        writer.Byte(IsRepeat ? (byte)1 : (byte)0);
        writer.Byte((byte)State);
        writer.UInt64(Number);
        writer.Int64(SequencedAt);
        writer.UInt32(BusinessDay);
        writer.Int64(AmountCents);
        writer.Int64(ExpiresAt);
        writer.UInt64(Reference);
        writer.Byte(Line);
        writer.Byte((byte)Field);
        writer.CountedBytes(System.Text.Encoding.ASCII.GetBytes(TicketSerial));
        writer.CountedBytes(System.Text.Encoding.ASCII.GetBytes(ControlCode));
        Pick.WriteAll(ref writer, Picks);
    }

    private static string Text(ReadOnlySpan<byte> ascii) => ascii.IsEmpty ? "" : System.Text.Encoding.ASCII.GetString(ascii);
}

/// <summary>The transaction was not decided; nothing is stored and the sequence is still expected.</summary>
/// <param name="Source">The source.</param>
/// <param name="Sequence">The sequence that was sent.</param>
/// <param name="Code">Why: busy, gap, conflict, fenced, role.</param>
/// <param name="NextSequence">The next sequence expected, when it was sequenced; 0 when it never reached the ring (busy).</param>
/// <param name="RetryAfterMilliseconds">How long to wait before sending again, in milliseconds.</param>
public readonly record struct NotDecided(uint Source, ulong Sequence, ResultCode Code, ulong NextSequence, uint RetryAfterMilliseconds)
    : IMessage<NotDecided>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.NotDecided;

    /// <inheritdoc/>
    public static NotDecided Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.UInt64(), (ResultCode)reader.UInt16(), reader.UInt64(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Sequence);
        writer.UInt16((ushort)Code);
        writer.UInt64(NextSequence);
        writer.UInt32(RetryAfterMilliseconds);
    }
}

/// <summary>What became of a sequence.</summary>
/// <param name="Source">The source.</param>
/// <param name="Sequence">The sequence asked about.</param>
/// <param name="Status">Decided, pending or unknown.</param>
/// <param name="NextSequence">The next sequence expected of the source; 0 with pending.</param>
/// <param name="Outcome">The decision, when decided; else null.</param>
public sealed record StatusReply(uint Source, ulong Sequence, TransactionStatus Status, ulong NextSequence, Outcome? Outcome) : IMessage<StatusReply>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.StatusReply;

    /// <inheritdoc/>
    public static StatusReply Read(ref WireReader reader)
    {
        uint source = reader.UInt32();
        ulong sequence = reader.UInt64();
        var status = (TransactionStatus)reader.Byte();
        ulong next = reader.UInt64();
        var element = reader.Element();
        if (element.Remaining == 0)
        {
            return new StatusReply(source, sequence, status, next, null);
        }

        var outcome = Outcome.Read(ref element);
        if (element.Failed)
        {
            reader.Fail();
        }

        return new StatusReply(source, sequence, status, next, outcome);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Sequence);
        writer.Byte((byte)Status);
        writer.UInt64(NextSequence);
        int mark = writer.BeginElement();
        Outcome?.Write(ref writer);
        writer.EndElement(mark);
    }
}

/// <summary>
/// A race, sale or draw changed, told after its commit. Versions go up by one: a client that sees a hole asks for the definitions.
/// </summary>
/// <param name="Version">The definitions version the change made.</param>
/// <param name="Number">The number of the entry that made it.</param>
/// <param name="At">Sequence time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Change">The type of that entry.</param>
/// <param name="Race">The race, or default.</param>
/// <param name="Sale">The sale, or 0.</param>
/// <param name="State">The new <see cref="RaceStatus"/>, <see cref="SaleStatus"/> or <see cref="DrawStatus"/>.</param>
/// <param name="Epoch">The race's epoch.</param>
/// <param name="Runner">The scratched runner, or 0.</param>
/// <param name="Draw">The draw, or 0.</param>
public readonly record struct StateChange(
    ulong Version, ulong Number, long At, MessageType Change, RaceId Race, uint Sale, byte State, ushort Epoch, byte Runner, uint Draw = 0)
    : IMessage<StateChange>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.StateChange;

    /// <inheritdoc/>
    public static StateChange Read(ref WireReader reader) => new(
        reader.UInt64(), reader.UInt64(), reader.Int64(), (MessageType)reader.UInt16(), RaceId.Read(ref reader), reader.UInt32(),
        reader.Byte(), reader.UInt16(), reader.Byte(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt64(Version);
        writer.UInt64(Number);
        writer.Int64(At);
        writer.UInt16((ushort)Change);
        Race.Write(ref writer);
        writer.UInt32(Sale);
        writer.Byte(State);
        writer.UInt16(Epoch);
        writer.Byte(Runner);
        writer.UInt32(Draw);
    }
}
