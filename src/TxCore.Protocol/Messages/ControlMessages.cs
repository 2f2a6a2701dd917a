namespace TxCore.Protocol.Messages;

/// <summary>A pool of a race with its own parameters; nothing of them is a constant (<c>domain.md</c> section 1.3).</summary>
/// <param name="Pool">The pool: a <see cref="BetType"/>, plus <see cref="BetTypes.OnlineOffset"/> online.</param>
/// <param name="BaseStakeCents">Base stake, in cents.</param>
/// <param name="MaximumCents">Largest price of a line, in cents.</param>
/// <param name="Flags">
/// 1 order matters, 2 complement, 4 combined allowed, 8 spot allowed, 16 flexi on a unit bet and below one base stake, 32 carried over
/// when nobody wins (else refunded).
/// </param>
/// <param name="FlexiPercents">Flexi percentages allowed.</param>
/// <param name="Risks">Risks allowed (multi).</param>
/// <param name="TakeoutBasisPoints">The operator's share of the pool, in hundredths of a percent, 0..10,000.</param>
/// <param name="RunnersMin">Fewest declared runners with which the pool is offered; 0 for no minimum.</param>
public sealed record PoolDefinition(
    ushort Pool, uint BaseStakeCents, long MaximumCents, byte Flags, byte[] FlexiPercents, byte[] Risks, ushort TakeoutBasisPoints = 0,
    byte RunnersMin = 0)
{
    internal static PoolDefinition Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var pool = new PoolDefinition(
            reader.UInt16(), reader.UInt32(), reader.Int64(), reader.Byte(), reader.CountedBytes(16).ToArray(), reader.CountedBytes(16).ToArray(),
            reader.UInt16(), reader.Byte());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return pool;
    }

    internal static PoolDefinition[] ReadAll(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count > Wire.PoolsMax)
        {
            reader.Fail();
            return [];
        }

        var pools = new PoolDefinition[count];
        for (int i = 0; i < count; i++)
        {
            pools[i] = Read(ref reader);
        }

        return pools;
    }

    internal static void WriteAll(ref WireWriter writer, PoolDefinition[] pools)
    {
        writer.Byte(checked((byte)pools.Length));
        foreach (var pool in pools)
        {
            pool.Write(ref writer);
        }
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt16(Pool);
        writer.UInt32(BaseStakeCents);
        writer.Int64(MaximumCents);
        writer.Byte(Flags);
        writer.CountedBytes(FlexiPercents);
        writer.CountedBytes(Risks);
        writer.UInt16(TakeoutBasisPoints);
        writer.Byte(RunnersMin);
        writer.EndElement(mark);
    }
}

/// <summary>Defines a race with its pools and runners; it is a draft until opened.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Race">The race.</param>
/// <param name="StartsAt">Start, microseconds since 1970-01-01 UTC.</param>
/// <param name="LatestStopAt">When it stops by itself at the latest, microseconds since 1970-01-01 UTC.</param>
/// <param name="RunnerCount">Runners 1..N.</param>
/// <param name="Pools">The pools on sale.</param>
public sealed record RaceDefine(
    TransactionHeader Header, ControlHeader Control, RaceId Race, long StartsAt, long LatestStopAt, byte RunnerCount, PoolDefinition[] Pools)
    : IMessage<RaceDefine>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.RaceDefine;

    /// <inheritdoc/>
    public static RaceDefine Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), RaceId.Read(ref reader), reader.Int64(), reader.Int64(),
        reader.Byte(), PoolDefinition.ReadAll(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        Race.Write(ref writer);
        writer.Int64(StartsAt);
        writer.Int64(LatestStopAt);
        writer.Byte(RunnerCount);
        PoolDefinition.WriteAll(ref writer, Pools);
    }
}

/// <summary>
/// A control of a race: open, suspend, stop, reopen, scratch, cancel or postpone. All have these fields; the message type in the frame
/// header tells which it is.
/// </summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Race">The race.</param>
/// <param name="Runner">Scratch: the runner; else 0.</param>
/// <param name="LatestStopAt">
/// Reopen, and postpone on the same day: the new latest stop time, microseconds since 1970-01-01 UTC; else 0. A postponement with 0 is
/// one to another day.
/// </param>
public sealed record RaceControl(TransactionHeader Header, ControlHeader Control, RaceId Race, byte Runner, long LatestStopAt)
{
    /// <summary>Encodes the control as a whole frame of <paramref name="type"/>.</summary>
    public byte[] Encode(MessageType type)
    {
        byte[] frame = new byte[Wire.HeaderBytes + Wire.TransactionHeaderBytes + Wire.ControlHeaderBytes + RaceId.Bytes + 1 + 8];
        var writer = new WireWriter(frame.AsSpan(Wire.HeaderBytes));
        Header.Write(ref writer);
        Control.Write(ref writer);
        Race.Write(ref writer);
        writer.Byte(Runner);
        writer.Int64(LatestStopAt);
        Frame.WriteHeader(frame, type, writer.Position);
        return frame;
    }

    /// <summary>Decodes the payload of any of them.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out RaceControl message)
    {
        var reader = new WireReader(payload);
        message = new RaceControl(
            TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), RaceId.Read(ref reader), reader.Byte(), reader.Int64());
        return !reader.Failed;
    }
}

/// <summary>Accepts a forward step of the clock after which intake was stopped.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Time">The time the administrator saw and accepts, microseconds since 1970-01-01 UTC.</param>
public readonly record struct TimeConfirm(TransactionHeader Header, ControlHeader Control, long Time) : IMessage<TimeConfirm>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TimeConfirm;

    /// <inheritdoc/>
    public static TimeConfirm Read(ref WireReader reader) =>
        new(TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), reader.Int64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        writer.Int64(Time);
    }
}
