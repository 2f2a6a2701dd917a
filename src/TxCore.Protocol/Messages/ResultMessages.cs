namespace TxCore.Protocol.Messages;

/// <summary>Where a runner finished. Runners of a dead heat share a place, and as many places as they are more are left out (1, 2, 2, 4).</summary>
/// <param name="Runner">The runner.</param>
/// <param name="Place">Its place, from 1.</param>
public readonly record struct FinishPlace(byte Runner, byte Place)
{
    internal static FinishPlace[] ReadAll(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count > Wire.RunnersMax)
        {
            reader.Fail();
            return [];
        }

        var finish = count == 0 ? [] : new FinishPlace[count];
        for (int i = 0; i < count; i++)
        {
            var place = reader.Element();
            finish[i] = new FinishPlace(place.Byte(), place.Byte());
            if (place.Failed)
            {
                reader.Fail();
            }
        }

        return finish;
    }

    internal static void WriteAll(ref WireWriter writer, FinishPlace[] finish)
    {
        writer.Byte(checked((byte)finish.Length));
        foreach (var place in finish)
        {
            int mark = writer.BeginElement();
            writer.Byte(place.Runner);
            writer.Byte(place.Place);
            writer.EndElement(mark);
        }
    }
}

/// <summary>Tells the order in which the runners finished; those that did not finish, or were disqualified, are left out.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason. An official result is corrected by a second actor only.</param>
/// <param name="Race">The race, stopped.</param>
/// <param name="Stage">Provisional or official.</param>
/// <param name="Finish">The places in order; empty when no runner is classified.</param>
public sealed record RaceResult(TransactionHeader Header, ControlHeader Control, RaceId Race, ResultStage Stage, FinishPlace[] Finish)
    : IMessage<RaceResult>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.RaceResult;

    /// <inheritdoc/>
    public static RaceResult Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), RaceId.Read(ref reader), (ResultStage)reader.Byte(),
        FinishPlace.ReadAll(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        Race.Write(ref writer);
        writer.Byte((byte)Stage);
        FinishPlace.WriteAll(ref writer, Finish);
    }
}

/// <summary>A dividend: what one euro on a payable combination returns, the stake included.</summary>
/// <param name="Rank">What it rewards.</param>
/// <param name="Risk">Multi: the number of runners named, 4..7; else 0.</param>
/// <param name="Runners">The runners, in the order of finish where it matters; 0 stands for a non-runner.</param>
/// <param name="DividendCents">Cents for one euro.</param>
public sealed record Dividend(PayRank Rank, byte Risk, byte[] Runners, long DividendCents)
{
    internal static Dividend[] ReadAll(ref WireReader reader)
    {
        int count = reader.UInt16();
        if (count > Wire.DividendsMax)
        {
            reader.Fail();
            return [];
        }

        var dividends = count == 0 ? [] : new Dividend[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var item = reader.Element();
            dividends[i] = new Dividend((PayRank)item.Byte(), item.Byte(), item.CountedBytes(Wire.RunnersMax).ToArray(), item.Int64());
            if (item.Failed)
            {
                reader.Fail();
            }
        }

        return reader.Failed ? [] : dividends;
    }

    internal static void WriteAll(ref WireWriter writer, Dividend[] dividends)
    {
        writer.UInt16(checked((ushort)dividends.Length));
        foreach (var dividend in dividends)
        {
            int mark = writer.BeginElement();
            writer.Byte((byte)dividend.Rank);
            writer.Byte(dividend.Risk);
            writer.CountedBytes(dividend.Runners);
            writer.Int64(dividend.DividendCents);
            writer.EndElement(mark);
        }
    }
}

/// <summary>The operator's official dividends of a pool.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="IsRefunded">The whole pool is refunded; it has no dividends then.</param>
/// <param name="PaysNonRunners">Unit bets with a scratched runner compete for the dividends with a non-runner and are not refunded.</param>
/// <param name="Dividends">Its dividends.</param>
public sealed record OfficialPool(ushort Pool, bool IsRefunded, bool PaysNonRunners, Dividend[] Dividends)
{
    internal static OfficialPool[] ReadAll(ref WireReader reader)
    {
        int count = reader.Byte();
        if (count > Wire.PoolsMax)
        {
            reader.Fail();
            return [];
        }

        var pools = count == 0 ? [] : new OfficialPool[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var item = reader.Element();
            ushort pool = item.UInt16();
            byte flags = item.Byte();
            pools[i] = new OfficialPool(pool, (flags & 1) != 0, (flags & 2) != 0, Dividend.ReadAll(ref item));
            if (item.Failed)
            {
                reader.Fail();
            }
        }

        return reader.Failed ? [] : pools;
    }

    internal static void WriteAll(ref WireWriter writer, OfficialPool[] pools)
    {
        writer.Byte(checked((byte)pools.Length));
        foreach (var pool in pools)
        {
            int mark = writer.BeginElement();
            writer.UInt16(pool.Pool);
            writer.Byte((byte)((pool.IsRefunded ? 1 : 0) | (pool.PaysNonRunners ? 2 : 0)));
            Dividend.WriteAll(ref writer, pool.Dividends);
            writer.EndElement(mark);
        }
    }
}

/// <summary>
/// Publishes the dividends of a race with an official result: the host counts the stakes from the stored rows beside the ring, and the
/// whole settlement enters the sequence with this entry.
/// </summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason; a second actor is needed.</param>
/// <param name="Race">The race.</param>
/// <param name="Method">Where the dividends come from.</param>
/// <param name="Pools">Official dividends, one entry for each pool of the race that was bet on; empty for the equal split.</param>
public sealed record RacePublish(TransactionHeader Header, ControlHeader Control, RaceId Race, DividendMethod Method, OfficialPool[] Pools)
    : IMessage<RacePublish>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.RacePublish;

    /// <inheritdoc/>
    public static RacePublish Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), RaceId.Read(ref reader), (DividendMethod)reader.Byte(),
        OfficialPool.ReadAll(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        Race.Write(ref writer);
        writer.Byte((byte)Method);
        OfficialPool.WriteAll(ref writer, Pools);
    }
}

/// <summary>Puts money that earlier pools of the same number carried over into a pool of an open or stopped race.</summary>
/// <param name="Header">Source, sequence, deadline.</param>
/// <param name="Control">Actors and reason.</param>
/// <param name="Race">The race.</param>
/// <param name="Pool">The pool.</param>
/// <param name="AmountCents">How much, in cents.</param>
public readonly record struct PoolCarryIn(TransactionHeader Header, ControlHeader Control, RaceId Race, ushort Pool, long AmountCents)
    : IMessage<PoolCarryIn>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PoolCarryIn;

    /// <inheritdoc/>
    public static PoolCarryIn Read(ref WireReader reader) => new(
        TransactionHeader.Read(ref reader), ControlHeader.Read(ref reader), RaceId.Read(ref reader), reader.UInt16(), reader.Int64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Header.Write(ref writer);
        Control.Write(ref writer);
        Race.Write(ref writer);
        writer.UInt16(Pool);
        writer.Int64(AmountCents);
    }
}

/// <summary>Asks for the pool totals of a race, at most one second old.</summary>
/// <param name="Race">The race.</param>
/// <param name="Pool">The pool whose dividends are wanted too; 0 for the totals of all pools without dividends.</param>
public readonly record struct PoolTotalsRequest(RaceId Race, ushort Pool) : IMessage<PoolTotalsRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PoolTotalsRequest;

    /// <inheritdoc/>
    public static PoolTotalsRequest Read(ref WireReader reader) => new(RaceId.Read(ref reader), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Race.Write(ref writer);
        writer.UInt16(Pool);
    }
}

/// <summary>The total of a pool.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="TotalCents">Stakes in it, less those cancelled and reversed, with what was carried in, in cents.</param>
/// <param name="IsRefunded">Published, and refunded whole.</param>
/// <param name="Dividends">Probable dividends, or those published; at most 1,000, the lowest first. Empty unless the pool was asked for.</param>
public sealed record PoolTotal(ushort Pool, long TotalCents, bool IsRefunded, Dividend[] Dividends);

/// <summary>Pool totals of a race as of a committed number.</summary>
/// <param name="Race">The race.</param>
/// <param name="Status">Its state; none when the race is not known.</param>
/// <param name="Number">The totals include every entry up to this number.</param>
/// <param name="At">Sequence time of that entry, microseconds since 1970-01-01 UTC.</param>
/// <param name="Pools">The pools.</param>
public sealed record PoolTotals(RaceId Race, RaceStatus Status, ulong Number, long At, PoolTotal[] Pools) : IMessage<PoolTotals>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PoolTotals;

    /// <inheritdoc/>
    public static PoolTotals Read(ref WireReader reader)
    {
        var race = RaceId.Read(ref reader);
        var status = (RaceStatus)reader.Byte();
        ulong number = reader.UInt64();
        long at = reader.Int64();
        int count = reader.Byte();
        if (count > Wire.PoolsMax)
        {
            reader.Fail();
            count = 0;
        }

        var pools = new PoolTotal[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var item = reader.Element();
            pools[i] = new PoolTotal(item.UInt16(), item.Int64(), (item.Byte() & 1) != 0, Dividend.ReadAll(ref item));
            if (item.Failed)
            {
                reader.Fail();
            }
        }

        return new PoolTotals(race, status, number, at, reader.Failed ? [] : pools);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        Race.Write(ref writer);
        writer.Byte((byte)Status);
        writer.UInt64(Number);
        writer.Int64(At);
        writer.Byte(checked((byte)Pools.Length));
        foreach (var pool in Pools)
        {
            int mark = writer.BeginElement();
            writer.UInt16(pool.Pool);
            writer.Int64(pool.TotalCents);
            writer.Byte(pool.IsRefunded ? (byte)1 : (byte)0);
            Dividend.WriteAll(ref writer, pool.Dividends);
            writer.EndElement(mark);
        }
    }
}
