namespace TxCore.Protocol.Messages;

/// <summary>Asks for one page of what is on sale. Pages of one version fit together; a changed version means starting again at page 0.</summary>
/// <param name="KnownVersion">The version the client holds; equal to the server's, the page comes back empty.</param>
/// <param name="Page">Page, from 0.</param>
public readonly record struct DefinitionsRequest(ulong KnownVersion, uint Page) : IMessage<DefinitionsRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DefinitionsRequest;

    /// <inheritdoc/>
    public static DefinitionsRequest Read(ref WireReader reader) => new(reader.UInt64(), reader.UInt32());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt64(KnownVersion);
        writer.UInt32(Page);
    }
}

/// <summary>An item of a definitions page: exactly one of the four is set.</summary>
/// <param name="Race">A race, or null.</param>
/// <param name="Sale">A sale, or null.</param>
/// <param name="Cell">An inventory cell, or null.</param>
/// <param name="Draw">A draw, or null.</param>
public sealed record DefinitionItem(RaceItem? Race, SaleItem? Sale, CellItem? Cell, DrawItem? Draw = null);

/// <summary>A race as it stands. Item kind 1.</summary>
/// <param name="Race">The race.</param>
/// <param name="Status">Its state.</param>
/// <param name="Epoch">Counts its reopenings.</param>
/// <param name="StartsAt">Start, microseconds since 1970-01-01 UTC.</param>
/// <param name="LatestStopAt">Latest stop, microseconds since 1970-01-01 UTC.</param>
/// <param name="RunnerCount">Runners 1..N.</param>
/// <param name="ScratchedMask">Bit n set: runner n is scratched.</param>
/// <param name="Pools">Its pools.</param>
/// <param name="Stage">How far its result has got.</param>
/// <param name="Finish">Its order of finish.</param>
public sealed record RaceItem(
    RaceId Race, RaceStatus Status, ushort Epoch, long StartsAt, long LatestStopAt, byte RunnerCount, uint ScratchedMask, PoolDefinition[] Pools,
    ResultStage Stage, FinishPlace[] Finish);

/// <summary>A sale as it stands. Item kind 2.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Status">Its state.</param>
/// <param name="ClosesAt">When it closes by itself, microseconds since 1970-01-01 UTC.</param>
/// <param name="HoldSeconds">Life of a hold, in seconds.</param>
/// <param name="Terms">What it asks of buyers.</param>
public sealed record SaleItem(uint Sale, SaleStatus Status, long ClosesAt, uint HoldSeconds, SaleTerms Terms = default);

/// <summary>A draw as it stands; more of it tells <see cref="DrawState"/>. Item kind 4.</summary>
/// <param name="Draw">The draw.</param>
/// <param name="Status">Its state.</param>
/// <param name="Name">Its public name, ASCII.</param>
/// <param name="ClosesAt">When registration closes by itself, microseconds since 1970-01-01 UTC.</param>
/// <param name="RequiredConsent">Consent flags that an entry must carry.</param>
public sealed record DrawItem(uint Draw, DrawStatus Status, byte[] Name, long ClosesAt, uint RequiredConsent);

/// <summary>An inventory cell as it stood at the last commit. Item kind 3.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Session">The session.</param>
/// <param name="Category">The price category.</param>
/// <param name="PriceCents">Price of a seat, in cents.</param>
/// <param name="Capacity">Seats in all.</param>
/// <param name="Available">Seats free to hold.</param>
/// <param name="QuantityMax">Most seats of the session that one hold may take, and a person may have over all sales of the shard.</param>
public sealed record CellItem(uint Sale, uint Session, ushort Category, long PriceCents, uint Capacity, uint Available, ushort QuantityMax);

/// <summary>One page of what is on sale.</summary>
/// <param name="Version">The definitions version of the page.</param>
/// <param name="Page">Page, from 0.</param>
/// <param name="PageCount">Pages of this version.</param>
/// <param name="Items">The items; each is an element whose first byte is its kind, kinds not known are skipped.</param>
public sealed record DefinitionsPage(ulong Version, uint Page, uint PageCount, DefinitionItem[] Items) : IMessage<DefinitionsPage>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DefinitionsPage;

    /// <inheritdoc/>
    public static DefinitionsPage Read(ref WireReader reader)
    {
        ulong version = reader.UInt64();
        uint page = reader.UInt32();
        uint pageCount = reader.UInt32();
        int count = reader.UInt16();
        var items = new List<DefinitionItem>(Math.Min(count, 1024));
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (ReadItem(ref reader) is { } item)
            {
                items.Add(item);
            }
        }

        return new DefinitionsPage(version, page, pageCount, [.. items]);
    }

    /// <summary>Writes one item as an element; public so that a server can prepare items once and send them often.</summary>
    public static void WriteItem(ref WireWriter writer, DefinitionItem item)
    {
        int mark = writer.BeginElement();
        if (item.Race is { } race)
        {
            writer.Byte(1);
            race.Race.Write(ref writer);
            writer.Byte((byte)race.Status);
            writer.UInt16(race.Epoch);
            writer.Int64(race.StartsAt);
            writer.Int64(race.LatestStopAt);
            writer.Byte(race.RunnerCount);
            writer.UInt32(race.ScratchedMask);
            PoolDefinition.WriteAll(ref writer, race.Pools);
            writer.Byte((byte)race.Stage);
            FinishPlace.WriteAll(ref writer, race.Finish);
        }
        else if (item.Sale is { } sale)
        {
            writer.Byte(2);
            writer.UInt32(sale.Sale);
            writer.Byte((byte)sale.Status);
            writer.Int64(sale.ClosesAt);
            writer.UInt32(sale.HoldSeconds);
            sale.Terms.Write(ref writer);
        }
        else if (item.Cell is { } cell)
        {
            writer.Byte(3);
            writer.UInt32(cell.Sale);
            writer.UInt32(cell.Session);
            writer.UInt16(cell.Category);
            writer.Int64(cell.PriceCents);
            writer.UInt32(cell.Capacity);
            writer.UInt32(cell.Available);
            writer.UInt16(cell.QuantityMax);
        }
        else if (item.Draw is { } draw)
        {
            writer.Byte(4);
            writer.UInt32(draw.Draw);
            writer.Byte((byte)draw.Status);
            writer.CountedBytes(draw.Name);
            writer.Int64(draw.ClosesAt);
            writer.UInt32(draw.RequiredConsent);
        }
        else
        {
            throw new ArgumentException("An item is a race, a sale, a cell or a draw; this one is none.", nameof(item));
        }

        writer.EndElement(mark);
    }

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt64(Version);
        writer.UInt32(Page);
        writer.UInt32(PageCount);
        writer.UInt16(checked((ushort)Items.Length));
        foreach (var item in Items)
        {
            WriteItem(ref writer, item);
        }
    }

    private static DefinitionItem? ReadItem(ref WireReader outer)
    {
        var reader = outer.Element();
        var item = reader.Byte() switch
        {
            1 => new DefinitionItem(
                new RaceItem(
                    RaceId.Read(ref reader), (RaceStatus)reader.Byte(), reader.UInt16(), reader.Int64(), reader.Int64(), reader.Byte(),
                    reader.UInt32(), PoolDefinition.ReadAll(ref reader), (ResultStage)reader.Byte(), FinishPlace.ReadAll(ref reader)),
                null,
                null),
            2 => new DefinitionItem(
                null,
                new SaleItem(reader.UInt32(), (SaleStatus)reader.Byte(), reader.Int64(), reader.UInt32(), SaleTerms.Read(ref reader)),
                null),
            3 => new DefinitionItem(
                null,
                null,
                new CellItem(
                    reader.UInt32(), reader.UInt32(), reader.UInt16(), reader.Int64(), reader.UInt32(), reader.UInt32(), reader.UInt16())),
            4 => new DefinitionItem(
                null,
                null,
                null,
                new DrawItem(
                    reader.UInt32(), (DrawStatus)reader.Byte(), reader.CountedBytes(Wire.DrawNameBytesMax).ToArray(), reader.Int64(),
                    reader.UInt32())),
            _ => null,
        };
        if (reader.Failed)
        {
            outer.Fail();
        }

        return item;
    }
}
