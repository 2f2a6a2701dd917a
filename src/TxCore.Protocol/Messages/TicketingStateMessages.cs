namespace TxCore.Protocol.Messages;

/// <summary>Asks for one page of the cells of a sale as of a commit at most half a second ago.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Page">Page, from 0.</param>
public readonly record struct SaleStateRequest(uint Sale, uint Page) : IMessage<SaleStateRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SaleStateRequest;

    /// <inheritdoc/>
    public static SaleStateRequest Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Sale);
        writer.UInt32(Page);
    }
}

/// <summary>The seats of a cell: available + held + sold + blocked = capacity.</summary>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="Capacity">Seats in all.</param>
/// <param name="Blocked">Seats not for sale.</param>
/// <param name="Held">Seats in live holds and offers.</param>
/// <param name="Sold">Seats in orders.</param>
/// <param name="Waiting">Persons on its waiting list.</param>
public readonly record struct CellState(uint Session, ushort Category, uint Capacity, uint Blocked, uint Held, uint Sold, uint Waiting)
{
    /// <summary>Seats free to hold.</summary>
    public uint Available => Capacity - Blocked - Held - Sold;

    internal static CellState Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var cell = new CellState(
            reader.UInt32(), reader.UInt16(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return cell;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt32(Session);
        writer.UInt16(Category);
        writer.UInt32(Capacity);
        writer.UInt32(Blocked);
        writer.UInt32(Held);
        writer.UInt32(Sold);
        writer.UInt32(Waiting);
        writer.EndElement(mark);
    }
}

/// <summary>One page of a sale's cells. All pages with the same number are of one moment.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Status">Its state; None when it is not known.</param>
/// <param name="Number">The highest committed number the page takes in.</param>
/// <param name="At">Sequence time of it, microseconds since 1970-01-01 UTC.</param>
/// <param name="Page">Page, from 0.</param>
/// <param name="PageCount">Pages in all.</param>
/// <param name="Cells">0..1,000 cells, by session and category.</param>
public sealed record SaleState(uint Sale, SaleStatus Status, ulong Number, long At, uint Page, uint PageCount, CellState[] Cells) : IMessage<SaleState>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SaleState;

    /// <inheritdoc/>
    public static SaleState Read(ref WireReader reader)
    {
        uint sale = reader.UInt32();
        var status = (SaleStatus)reader.Byte();
        ulong number = reader.UInt64();
        long at = reader.Int64();
        uint page = reader.UInt32();
        uint pageCount = reader.UInt32();
        int count = reader.UInt16();
        if (count > Wire.CellsMax)
        {
            reader.Fail();
            count = 0;
        }

        var cells = new CellState[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            cells[i] = CellState.Read(ref reader);
        }

        return new SaleState(sale, status, number, at, page, pageCount, cells);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Sale);
        writer.Byte((byte)Status);
        writer.UInt64(Number);
        writer.Int64(At);
        writer.UInt32(Page);
        writer.UInt32(PageCount);
        writer.UInt16(checked((ushort)Cells.Length));
        foreach (var cell in Cells)
        {
            cell.Write(ref writer);
        }
    }
}

/// <summary>Asks how far a draw has got.</summary>
/// <param name="Draw">The draw.</param>
public readonly record struct DrawStateRequest(uint Draw) : IMessage<DrawStateRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawStateRequest;

    /// <inheritdoc/>
    public static DrawStateRequest Read(ref WireReader reader) => new(reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer) => writer.UInt32(Draw);
}

/// <summary>A wave of a draw and how far it has got.</summary>
/// <param name="Wave">The wave, from 1.</param>
/// <param name="FirstRank">Its first rank.</param>
/// <param name="LastRank">Its last rank.</param>
/// <param name="Sale">The sale its slot is in.</param>
/// <param name="StartsAt">When the slot begins, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsAt">When it is over.</param>
/// <param name="Struck">Persons of it who may not buy: withdrawn or excluded.</param>
/// <param name="Arrived">Persons of it who have held seats.</param>
/// <param name="Bought">Persons of it who have bought.</param>
public readonly record struct WaveState(
    ushort Wave, uint FirstRank, uint LastRank, uint Sale, long StartsAt, long EndsAt, uint Struck, uint Arrived, uint Bought)
{
    /// <summary>Persons of the wave who may still come.</summary>
    public uint Ahead => LastRank - FirstRank + 1 - Struck - Arrived;

    internal static WaveState Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var wave = new WaveState(
            reader.UInt16(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.Int64(), reader.Int64(), reader.UInt32(), reader.UInt32(),
            reader.UInt32());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return wave;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt16(Wave);
        writer.UInt32(FirstRank);
        writer.UInt32(LastRank);
        writer.UInt32(Sale);
        writer.Int64(StartsAt);
        writer.Int64(EndsAt);
        writer.UInt32(Struck);
        writer.UInt32(Arrived);
        writer.UInt32(Bought);
        writer.EndElement(mark);
    }
}

/// <summary>How far a draw has got, as of a commit at most half a second ago. Fields of steps to come are empty.</summary>
/// <param name="Draw">The draw.</param>
/// <param name="Status">Its state; None when it is not known.</param>
/// <param name="Number">The highest committed number it takes in.</param>
/// <param name="At">Sequence time of it, microseconds since 1970-01-01 UTC.</param>
/// <param name="Name">Its public name, ASCII.</param>
/// <param name="ClosesAt">When registration closes by itself, microseconds since 1970-01-01 UTC.</param>
/// <param name="Entries">Entries, struck ones included.</param>
/// <param name="Struck">Struck entries.</param>
/// <param name="Root">Merkle root of the list, 32 bytes: soon after the close, what a freeze has to name.</param>
/// <param name="Commitment">The commitment, 32 bytes.</param>
/// <param name="BeaconChain">The beacon, ASCII.</param>
/// <param name="BeaconRound">Its round.</param>
/// <param name="Randomness">What the beacon published, 32 bytes.</param>
/// <param name="Signature">The beacon's signature.</param>
/// <param name="Secret">The operator's secret, revealed by the run, 32 bytes.</param>
/// <param name="OrderHash">SHA-256 of the order, 32 bytes.</param>
/// <param name="OrderRoot">Merkle root of the order, 32 bytes.</param>
/// <param name="Waves">Its waves.</param>
public sealed record DrawState(
    uint Draw, DrawStatus Status, ulong Number, long At, byte[] Name, long ClosesAt, uint Entries, uint Struck, byte[] Root, byte[] Commitment,
    byte[] BeaconChain, ulong BeaconRound, byte[] Randomness, byte[] Signature, byte[] Secret, byte[] OrderHash, byte[] OrderRoot,
    WaveState[] Waves) : IMessage<DrawState>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DrawState;

    /// <inheritdoc/>
    public static DrawState Read(ref WireReader reader) => new(
        reader.UInt32(), (DrawStatus)reader.Byte(), reader.UInt64(), reader.Int64(), reader.CountedBytes(Wire.DrawNameBytesMax).ToArray(),
        reader.Int64(), reader.UInt32(), reader.UInt32(), Hash(ref reader), Hash(ref reader),
        reader.CountedBytes(Wire.BeaconChainBytesMax).ToArray(), reader.UInt64(), Hash(ref reader),
        reader.CountedBytes(Wire.BeaconSignatureBytesMax).ToArray(), Hash(ref reader), Hash(ref reader), Hash(ref reader), ReadWaves(ref reader));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Draw);
        writer.Byte((byte)Status);
        writer.UInt64(Number);
        writer.Int64(At);
        writer.CountedBytes(Name);
        writer.Int64(ClosesAt);
        writer.UInt32(Entries);
        writer.UInt32(Struck);
        writer.CountedBytes(Root);
        writer.CountedBytes(Commitment);
        writer.CountedBytes(BeaconChain);
        writer.UInt64(BeaconRound);
        writer.CountedBytes(Randomness);
        writer.CountedBytes(Signature);
        writer.CountedBytes(Secret);
        writer.CountedBytes(OrderHash);
        writer.CountedBytes(OrderRoot);
        writer.UInt16(checked((ushort)Waves.Length));
        foreach (var wave in Waves)
        {
            wave.Write(ref writer);
        }
    }

    private static byte[] Hash(ref WireReader reader) => reader.CountedBytes(Wire.HashBytes).ToArray();

    private static WaveState[] ReadWaves(ref WireReader reader)
    {
        int count = reader.UInt16();
        if (count > Wire.WavesMax)
        {
            reader.Fail();
            count = 0;
        }

        var waves = new WaveState[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            waves[i] = WaveState.Read(ref reader);
        }

        return waves;
    }
}

/// <summary>Asks for the payment orders behind a number.</summary>
/// <param name="After">The number behind which to begin: the <see cref="PaymentsPage.Next"/> of the page before.</param>
/// <param name="Max">Most orders of the page, 1..500.</param>
public readonly record struct PaymentsRequest(ulong After, ushort Max) : IMessage<PaymentsRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PaymentsRequest;

    /// <inheritdoc/>
    public static PaymentsRequest Read(ref WireReader reader) => new(reader.UInt64(), reader.UInt16());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt64(After);
        writer.UInt16(Max);
    }
}

/// <summary>A payment order.</summary>
/// <param name="Number">The entry that gave it, its place in the order of all.</param>
/// <param name="Kind">Capture, void or refund.</param>
/// <param name="Hold">The number of the hold.</param>
/// <param name="AmountCents">The amount, in cents.</param>
/// <param name="At">Sequence time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Authorisation">The payment authorisation; empty for a refund, which goes against what was captured for the hold.</param>
public sealed record PaymentItem(ulong Number, PaymentKind Kind, ulong Hold, long AmountCents, long At, byte[] Authorisation)
{
    internal static PaymentItem Read(ref WireReader outer)
    {
        var reader = outer.Element();
        var item = new PaymentItem(
            reader.UInt64(), (PaymentKind)reader.Byte(), reader.UInt64(), reader.Int64(), reader.Int64(),
            reader.CountedBytes(Wire.AuthorisationBytesMax).ToArray());
        if (reader.Failed)
        {
            outer.Fail();
        }

        return item;
    }

    internal void Write(ref WireWriter writer)
    {
        int mark = writer.BeginElement();
        writer.UInt64(Number);
        writer.Byte((byte)Kind);
        writer.UInt64(Hold);
        writer.Int64(AmountCents);
        writer.Int64(At);
        writer.CountedBytes(Authorisation);
        writer.EndElement(mark);
    }
}

/// <summary>Payment orders in the order of their numbers, each of them once.</summary>
/// <param name="After">As asked.</param>
/// <param name="Next">The number up to which all orders are told; ask from there. Equal to <paramref name="After"/>: there is none behind it yet.</param>
/// <param name="Acknowledged">The number up to which orders were acknowledged.</param>
/// <param name="Items">0..500 orders; a page may be empty although there are more behind <paramref name="Next"/>.</param>
public sealed record PaymentsPage(ulong After, ulong Next, ulong Acknowledged, PaymentItem[] Items) : IMessage<PaymentsPage>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PaymentsPage;

    /// <inheritdoc/>
    public static PaymentsPage Read(ref WireReader reader)
    {
        ulong after = reader.UInt64();
        ulong next = reader.UInt64();
        ulong acknowledged = reader.UInt64();
        int count = reader.UInt16();
        if (count > Wire.PaymentsMax)
        {
            reader.Fail();
            count = 0;
        }

        var items = new PaymentItem[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = PaymentItem.Read(ref reader);
        }

        return new PaymentsPage(after, next, acknowledged, items);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt64(After);
        writer.UInt64(Next);
        writer.UInt64(Acknowledged);
        writer.UInt16(checked((ushort)Items.Length));
        foreach (var item in Items)
        {
            item.Write(ref writer);
        }
    }
}
