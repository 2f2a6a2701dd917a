using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Writes and reads a <see cref="ShardState"/> as bytes. The layout is versioned: a snapshot of another version is not read.</summary>
public static class ShardSnapshot
{
    /// <summary>Version of the layout.</summary>
    public const short Format = 2;

    /// <summary>The state as bytes; the same state always gives the same bytes.</summary>
    public static ReadOnlyMemory<byte> Save(ShardState state)
    {
        var writer = new SnapshotWriter();
        writer.Int64(state.LastNumber);
        writer.Int64(state.Time);
        writer.Int64(state.BusinessDay);
        writer.Int64(state.DefinitionsVersion);
        Span<byte> rules = stackalloc byte[ShardRules.Bytes];
        state.Rules.Write(rules);
        writer.Counted(rules);
        writer.Int64(state.KeyEpochs.Count);
        foreach (var (number, epoch) in state.KeyEpochs)
        {
            writer.Int64(number);
            writer.Int64(epoch);
        }

        SaveSources(state, writer);
        RaceSnapshot.Save(state, writer);
        PlayerSnapshot.Save(state.Players, writer);
        SaveSales(state, writer);
        SaveHolds(state, writer);
        SaveTickets(state, writer);
        return writer.Bytes;
    }

    /// <summary>The state that <see cref="Save"/> wrote; bytes that end early or do not add up throw <see cref="InvalidDataException"/>.</summary>
    public static ShardState Load(ShardIdentity identity, Func<uint, int> windowOf, ReadOnlySpan<byte> bytes)
    {
        var reader = new SnapshotReader(bytes);
        var state = new ShardState(identity, windowOf)
        {
            LastNumber = reader.Int64(),
            Time = reader.Int64(),
            BusinessDay = (int)reader.Int64(),
            DefinitionsVersion = reader.Int64(),
            Rules = ShardRules.Read(reader.Counted()),
        };
        state.NextDayStart = state.BusinessDay == 0 ? long.MaxValue : state.Rules.NextDayStart(state.BusinessDay);
        for (int count = reader.Count(); count > 0; count--)
        {
            state.KeyEpochs.Add((reader.Int64(), (ushort)reader.Int64()));
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            var source = SourceState.Load(ref reader);
            source.AllowWindow(windowOf(source.Id));
            state.Sources.Add(source.Id, source);
        }

        RaceSnapshot.Load(state, ref reader);
        PlayerSnapshot.Load(state.Players, ref reader);
        LoadSales(state, ref reader);
        LoadHolds(state, ref reader);
        for (int count = reader.Count(); count > 0; count--)
        {
            state.Tickets.RestorePage(reader.Int64(), reader.Counted().ToArray());
        }

        return reader.AtEnd ? state : throw new InvalidDataException("The snapshot goes on after its end.");
    }

    private static void SaveSources(ShardState state, SnapshotWriter writer)
    {
        // A source that has only logged on is no part of what the rows say.
        var sources = state.Sources.Values.Where(static source => source.LastNumber != 0).OrderBy(static source => source.Id).ToArray();
        writer.Int64(sources.Length);
        foreach (var source in sources)
        {
            source.Save(writer);
        }
    }

    private static void SaveSales(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Sales.Count);
        foreach (var sale in state.Sales.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
        {
            writer.Int64(sale.Id);
            writer.Int64((long)sale.Status);
            writer.Int64(sale.ClosesAt);
            writer.Int64(sale.HoldSeconds);
            writer.Int64(sale.Cells.Count);
            foreach (var cell in sale.Cells.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
            {
                writer.Int64(cell.Session);
                writer.Int64(cell.Category);
                writer.Int64(cell.PriceCents);
                writer.Int64(cell.Capacity);
                writer.Int64(cell.Blocked);
                writer.Int64(cell.QuantityMax);
                writer.Int64(cell.Held);
                writer.Int64(cell.Sold);
            }
        }
    }

    private static void LoadSales(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var sale = new Sale((uint)reader.Int64())
            {
                Status = (SaleStatus)reader.Int64(),
                ClosesAt = reader.Int64(),
                HoldSeconds = (uint)reader.Int64(),
            };
            for (int cells = reader.Count(); cells > 0; cells--)
            {
                var cell = new InventoryCell(sale, (uint)reader.Int64(), (ushort)reader.Int64())
                {
                    PriceCents = reader.Int64(),
                    Capacity = (int)reader.Int64(),
                    Blocked = (int)reader.Int64(),
                    QuantityMax = (ushort)reader.Int64(),
                };
                cell.Restore((int)reader.Int64(), (int)reader.Int64());
                sale.Cells.Add((cell.Session, cell.Category), cell);
            }

            state.Sales.Add(sale.Id, sale);
            if (sale.Status == SaleStatus.Open)
            {
                state.Stops.Add(MessageType.SaleCloseDue, sale.Id, sale.ClosesAt);
            }
        }
    }

    private static void SaveHolds(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Holds.Count);
        foreach (var hold in state.Holds.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
        {
            writer.Int64(hold.Number);
            writer.Int64(hold.Source);
            writer.Int64(hold.ExpiresAt);
            writer.Int64(hold.AmountCents);
            writer.Int64(hold.Seats.Length);
            foreach (var seats in hold.Seats)
            {
                writer.Int64(seats.Cell.Sale.Id);
                writer.Int64(seats.Cell.Session);
                writer.Int64(seats.Cell.Category);
                writer.Int64(seats.Quantity);
            }
        }
    }

    private static void LoadHolds(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            long number = reader.Int64();
            uint source = (uint)reader.Int64();
            long expiresAt = reader.Int64();
            long amountCents = reader.Int64();
            var seats = new HeldSeats[reader.Count()];
            for (int i = 0; i < seats.Length; i++)
            {
                var cell = state.Sales[(uint)reader.Int64()].FindCell((uint)reader.Int64(), (ushort)reader.Int64())
                    ?? throw new InvalidDataException($"Hold {number} of the snapshot names a cell that its sale lacks.");
                seats[i] = new HeldSeats(cell, (int)reader.Int64());
            }

            state.Holds.Add(number, new LiveHold(number, source, expiresAt, amountCents, seats));
            state.Expiries.Add(MessageType.HoldExpired, number, expiresAt);
        }
    }

    private static void SaveTickets(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Tickets.Pages.Count);
        foreach (var (page, bytes) in state.Tickets.Pages.OrderBy(static pair => pair.Key))
        {
            writer.Int64(page);
            writer.Counted(bytes);
        }
    }
}
