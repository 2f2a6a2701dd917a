using System.Runtime.InteropServices;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Pipeline;

/// <summary>The part of a snapshot that holds sales, persons, holds, waiting lists, payments and draws.</summary>
internal static class TicketingSnapshot
{
    public static void Save(ShardState state, SnapshotWriter writer)
    {
        DrawSnapshot.Save(state, writer);
        SaveSales(state, writer);
        SavePersons(state, writer);
        SaveHolds(state, writer);
        SaveWaits(state, writer);
        SavePayments(state, writer);
    }

    public static void Load(ShardState state, ref SnapshotReader reader)
    {
        DrawSnapshot.Load(state, ref reader);
        LoadSales(state, ref reader);
        LoadPersons(state, ref reader);
        LoadHolds(state, ref reader);
        LoadWaits(state, ref reader);
        LoadPayments(state, ref reader);
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
            writer.Int64(sale.Terms.Draw);
            writer.Int64(sale.Terms.PersonMax);
            writer.Int64(sale.Terms.PackSessions);
            writer.Int64(sale.Terms.PacksMax);
            writer.Int64(sale.Terms.OfferSeconds);
            writer.Int64(sale.Terms.WaitMax);
            writer.Int64(sale.Cells.Count);
            foreach (var cell in sale.Cells.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
            {
                writer.Int64(cell.Session);
                writer.Int64(cell.Category);
                writer.Int64(cell.PriceCents);
                writer.Int64(cell.QuantityMax);
                writer.Int64(cell.Capacity);
                writer.Int64(cell.Blocked);
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
                Terms = new SaleTerms(
                    (uint)reader.Int64(), (ushort)reader.Int64(), (byte)reader.Int64(), (byte)reader.Int64(), (uint)reader.Int64(),
                    (uint)reader.Int64()),
            };
            for (int cells = reader.Count(); cells > 0; cells--)
            {
                var cell = new InventoryCell(sale, (uint)reader.Int64(), (ushort)reader.Int64())
                {
                    PriceCents = reader.Int64(),
                    QuantityMax = (ushort)reader.Int64(),
                };
                cell.Restore((int)reader.Int64(), (int)reader.Int64(), (int)reader.Int64(), (int)reader.Int64());
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
            writer.Person(hold.Person);
            writer.Int64(hold.Wait);
            writer.Counted(hold.Authorisation);
            writer.Int64(hold.Wave?.Draw.Id ?? 0);
            writer.Int64(hold.Wave?.Number ?? 0);
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
            var person = reader.Person();
            long wait = reader.Int64();
            byte[] authorisation = reader.Counted().ToArray();
            uint draw = (uint)reader.Int64();
            int wave = (int)reader.Int64();
            var seats = new HeldSeats[reader.Count()];
            for (int i = 0; i < seats.Length; i++)
            {
                var cell = state.Sales[(uint)reader.Int64()].FindCell((uint)reader.Int64(), (ushort)reader.Int64())
                    ?? throw new InvalidDataException($"Hold {number} of the snapshot names a cell that its sale lacks.");
                seats[i] = new HeldSeats(cell, (int)reader.Int64());
            }

            var hold = new LiveHold(number, source, expiresAt, amountCents, person, wait, seats)
            {
                Authorisation = authorisation,
                Wave = draw == 0 ? null : state.Draws[draw].Waves[wave - 1],
            };
            state.Holds.Add(number, hold);
            if (person is { } holder)
            {
                state.Persons.Get(in holder).Holds.Add(number);
            }

            state.Expiries.Add(MessageType.HoldExpired, number, expiresAt);
        }
    }

    private static void SavePersons(ShardState state, SnapshotWriter writer)
    {
        var persons = state.Persons.All.Where(static pair => pair.Value.Seats > 0).OrderBy(static pair => pair.Key).ToArray();
        writer.Int64(persons.Length);
        foreach (var (key, account) in persons)
        {
            writer.Person(key);
            writer.Int64(account.Sessions.Length);
            foreach (var (session, seats) in account.Sessions)
            {
                writer.Int64(session);
                writer.Int64(seats);
            }
        }
    }

    private static void LoadPersons(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var account = state.Persons.Get(reader.Person() ?? throw new InvalidDataException("A person of the snapshot has no key."));
            for (int sessions = reader.Count(); sessions > 0; sessions--)
            {
                account.Add((uint)reader.Int64(), (int)reader.Int64());
            }
        }
    }

    private static void SaveWaits(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Waits.Count);
        foreach (var waiter in state.Waits.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
        {
            writer.Int64(waiter.Number);
            writer.Int64(waiter.Cell.Sale.Id);
            writer.Int64(waiter.Cell.Session);
            writer.Int64(waiter.Cell.Category);
            writer.Person(waiter.Person);
            writer.Int64(waiter.Quantity);
            writer.Int64(waiter.Rank);
        }
    }

    private static void LoadWaits(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            long number = reader.Int64();
            var cell = state.Sales[(uint)reader.Int64()].FindCell((uint)reader.Int64(), (ushort)reader.Int64())
                ?? throw new InvalidDataException($"Waiting list entry {number} of the snapshot names a cell that its sale lacks.");
            var person = reader.Person() ?? throw new InvalidDataException($"Waiting list entry {number} of the snapshot names nobody.");
            state.AddWaiter(new Waiter(number, cell, person, (ushort)reader.Int64(), (uint)reader.Int64()));
            state.NoteOffer(cell);
        }
    }

    private static void SavePayments(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.AcknowledgedPayments);
        writer.Int64(state.Returned.Count);
        foreach (var ((number, line), seats) in state.Returned.OrderBy(static pair => pair.Key))
        {
            writer.Int64(number);
            writer.Int64(((long)line << 32) | seats);
        }

        var marks = state.Authorisations.All.ToArray();
        Array.Sort(marks);
        writer.Counted(MemoryMarshal.AsBytes<UInt128>(marks));
    }

    private static void LoadPayments(ShardState state, ref SnapshotReader reader)
    {
        state.AcknowledgedPayments = reader.Int64();
        for (int count = reader.Count(); count > 0; count--)
        {
            long number = reader.Int64();
            long packed = reader.Int64();
            state.Returned.Add((number, (byte)(packed >> 32)), (ushort)packed);
        }

        foreach (var mark in MemoryMarshal.Cast<byte, UInt128>(reader.Counted().ToArray()))
        {
            state.Authorisations.Add(mark);
        }
    }
}
