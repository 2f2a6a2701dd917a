using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// The stored form of a settlement, little-endian and self-contained: basis (8), pools and carried stakes, each list behind its count (2) and
/// each item behind its size (2), so that later fields come at an item's end. What is stored is read again on every recovery, and by SQL.
/// </summary>
public static class SettlementCodec
{
    private const int HeadBytes = 8 + 2 + 2;

    // Size (2), number (2), flags (1), nine amounts (8 each), count of payables (2).
    private const int PoolBytes = 2 + 2 + 1 + (9 * 8) + 2;

    // Size (2), rank (1), risk (1), count of runners (1), others (4), dividend (8), stake (8).
    private const int PayableBytes = 2 + 1 + 1 + 1 + 4 + 8 + 8;

    // Size (2), race (6), pool (2), pool it comes out of (2), amount (8).
    private const int CarriedBytes = 2 + RaceId.Bytes + 2 + 2 + 8;

    private const byte RefundedFlag = 1;
    private const byte NonRunnersFlag = 2;

    /// <summary>Bytes that a settlement takes.</summary>
    public static int SizeOf(RaceSettlement settlement)
    {
        int size = checked(HeadBytes + (settlement.Pools.Length * PoolBytes) + (settlement.Carried.Length * CarriedBytes));
        foreach (var pool in settlement.Pools)
        {
            foreach (var payable in pool.Payables)
            {
                size = checked(size + PayableBytes + payable.Runners.Length);
            }
        }

        return size;
    }

    /// <summary>
    /// Writes a settlement to the start of <paramref name="buffer"/>, which is replaced by a larger one when it is too small; returns the
    /// number of bytes written.
    /// </summary>
    public static int Encode(RaceSettlement settlement, ref byte[] buffer)
    {
        int size = SizeOf(settlement);
        if (buffer.Length < size)
        {
            buffer = new byte[Math.Max(size, checked(buffer.Length * 2))];
        }

        var writer = new WireWriter(buffer.AsSpan(0, size));
        Write(settlement, ref writer);
        return size;
    }

    /// <summary>The bytes of a settlement.</summary>
    public static byte[] Encode(RaceSettlement settlement)
    {
        byte[] buffer = [];
        Encode(settlement, ref buffer);
        return buffer;
    }

    /// <summary>Reads a settlement; false when the bytes are not exactly one of this version.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RaceSettlement? settlement)
    {
        var reader = new WireReader(bytes);
        settlement = null;
        long basis = reader.Int64();
        var pools = ReadPools(ref reader);
        var carried = ReadCarried(ref reader);
        if (reader.Failed || reader.Remaining != 0)
        {
            return false;
        }

        settlement = new RaceSettlement(basis, pools, carried);
        return true;
    }

    private static void Write(RaceSettlement settlement, ref WireWriter writer)
    {
        writer.Int64(settlement.Basis);
        writer.UInt16(checked((ushort)settlement.Pools.Length));
        foreach (var pool in settlement.Pools)
        {
            WritePool(pool, ref writer);
        }

        writer.UInt16(checked((ushort)settlement.Carried.Length));
        foreach (var carried in settlement.Carried)
        {
            int mark = writer.BeginElement();
            writer.UInt32(carried.Race.Day);
            writer.Byte(carried.Race.Meeting);
            writer.Byte(carried.Race.Race);
            writer.UInt16(carried.Pool);
            writer.UInt16(carried.FromPool);
            writer.Int64(carried.Cents);
            writer.EndElement(mark);
        }
    }

    private static void WritePool(PoolSettlement pool, ref WireWriter writer)
    {
        int start = writer.BeginElement();
        writer.UInt16(pool.Pool);
        writer.Byte((byte)((pool.IsRefunded ? RefundedFlag : 0) | (pool.PaysNonRunners ? NonRunnersFlag : 0)));
        writer.Int64(pool.GrossCents);
        writer.Int64(pool.ReportInCents);
        writer.Int64(pool.CarryInCents);
        writer.Int64(pool.RefundCents);
        writer.Int64(pool.TakeoutCents);
        writer.Int64(pool.WinnersCents);
        writer.Int64(pool.BreakageCents);
        writer.Int64(pool.TopUpCents);
        writer.Int64(pool.CarryOverCents);
        writer.UInt16(checked((ushort)pool.Payables.Length));
        foreach (var payable in pool.Payables)
        {
            int mark = writer.BeginElement();
            writer.Byte((byte)payable.Rank);
            writer.Byte(payable.Risk);
            writer.CountedBytes(payable.Runners);
            writer.UInt32(payable.Others);
            writer.Int64(payable.DividendCents);
            writer.Int64(payable.StakeCents);
            writer.EndElement(mark);
        }

        writer.EndElement(start);
    }

    private static PoolSettlement[] ReadPools(ref WireReader reader)
    {
        var pools = new PoolSettlement[Count(ref reader, PoolBytes)];
        for (int i = 0; i < pools.Length; i++)
        {
            var item = reader.Element();
            ushort number = item.UInt16();
            byte flags = item.Byte();
            if ((flags & ~(RefundedFlag | NonRunnersFlag)) != 0)
            {
                reader.Fail();
            }

            pools[i] = new PoolSettlement(
                number, (flags & RefundedFlag) != 0, (flags & NonRunnersFlag) != 0, item.Int64(), item.Int64(), item.Int64(), item.Int64(),
                item.Int64(), item.Int64(), item.Int64(), item.Int64(), item.Int64(), ReadPayables(ref item));
            Close(ref reader, in item);
        }

        return pools;
    }

    private static PayableCombination[] ReadPayables(ref WireReader reader)
    {
        var payables = new PayableCombination[Count(ref reader, PayableBytes)];
        for (int i = 0; i < payables.Length; i++)
        {
            var item = reader.Element();
            var rank = (PayRank)item.Byte();
            byte risk = item.Byte();
            byte[] runners = item.CountedBytes(Wire.RunnersMax).ToArray();
            if (rank is < PayRank.AnyOrder or > PayRank.BonusThree || runners.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)Wire.RunnersMax))
            {
                reader.Fail();
            }

            payables[i] = new PayableCombination(rank, risk, runners, item.UInt32(), item.Int64(), item.Int64());
            Close(ref reader, in item);
        }

        return payables;
    }

    private static CarriedStake[] ReadCarried(ref WireReader reader)
    {
        var carried = new CarriedStake[Count(ref reader, CarriedBytes)];
        for (int i = 0; i < carried.Length; i++)
        {
            var item = reader.Element();
            carried[i] = new CarriedStake(new RaceId(item.UInt32(), item.Byte(), item.Byte()), item.UInt16(), item.UInt16(), item.Int64());
            Close(ref reader, in item);
        }

        return carried;
    }

    private static void Close(ref WireReader reader, in WireReader item)
    {
        if (item.Failed || item.Remaining != 0)
        {
            reader.Fail();
        }
    }

    /// <summary>A count; one that the bytes left cannot hold fails before anything is allocated for it.</summary>
    private static int Count(ref WireReader reader, int leastBytes)
    {
        int count = reader.UInt16();
        if (count * leastBytes <= reader.Remaining)
        {
            return reader.Failed ? 0 : count;
        }

        reader.Fail();
        return 0;
    }
}
