using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Reference;

/// <summary>The part of <see cref="StateText"/> about sales, seats, persons and draws.</summary>
internal static class TicketingText
{
    public static void Write(ReferenceShard shard, StateWriter text)
    {
        var book = shard.Book;
        foreach (var sale in book.Sales.Values)
        {
            text.Add("sale", sale.Id, sale.Status, sale.ClosesAt, sale.HoldSeconds, sale.Terms);
            foreach (var cell in sale.Cells.OrderBy(static cell => (cell.Session, cell.Category)))
            {
                text.Add("cell", cell.Session, cell.Category, cell.PriceCents, cell.QuantityMax, cell.Capacity, cell.Blocked, cell.Held, cell.Sold);
                foreach (var wait in cell.Waits.OrderBy(static wait => wait.Rank).ThenBy(static wait => wait.Number))
                {
                    text.Add("wait", wait.Number, wait.Person, wait.Quantity, wait.Rank);
                }
            }
        }

        foreach (var hold in book.Live.OrderBy(static hold => hold.Number))
        {
            text.Add(
                "hold", hold.Number, hold.Source, hold.ExpiresAt, hold.AmountCents, hold.Person, hold.Wait, hold.Authorisation, hold.Wave?.Number ?? 0,
                string.Join(' ', hold.Lines.Select(static line => $"{line.Cell.Sale.Id}/{line.Cell.Session}/{line.Cell.Category}:{line.Quantity}")));
        }

        foreach (var order in book.Holds.Values.Where(static hold => hold.State == PresentState.Confirmed).OrderBy(static hold => hold.Number))
        {
            for (int i = 0; i < order.Lines.Count; i++)
            {
                Returned(order.Number, i + 1, order.Lines[i].Returned, text);
            }
        }

        var waits = book.Sales.Values.SelectMany(static sale => sale.Cells).SelectMany(static cell => cell.Waits).ToLookup(static wait => wait.Person);
        foreach (string person in book.Persons)
        {
            Person(shard, person, waits[person], text);
        }

        text.Add("payments", book.AcknowledgedPayments, book.UsedAuthorisations.Count);
        foreach (var draw in shard.Draws.All.Values)
        {
            Draw(draw, text);
        }
    }

    public static void Write(ShardState shard, StateWriter text)
    {
        foreach (var sale in shard.Sales.Values.OrderBy(static sale => sale.Id))
        {
            text.Add("sale", sale.Id, sale.Status, sale.ClosesAt, sale.HoldSeconds, sale.Terms);
            foreach (var cell in sale.Cells.Values.OrderBy(static cell => (cell.Session, cell.Category)))
            {
                text.Add("cell", cell.Session, cell.Category, cell.PriceCents, cell.QuantityMax, cell.Capacity, cell.Blocked, cell.Held, cell.Sold);
                foreach (var wait in shard.Waits.Values.Where(wait => wait.Cell == cell).OrderBy(cell.Waiting.Ahead))
                {
                    text.Add("wait", wait.Number, StateText.Name(wait.Person), wait.Quantity, wait.Rank);
                }
            }
        }

        foreach (var hold in shard.Holds.Values.OrderBy(static hold => hold.Number))
        {
            text.Add(
                "hold", hold.Number, hold.Source, hold.ExpiresAt, hold.AmountCents, hold.Person is { } person ? StateText.Name(person) : "", hold.Wait,
                Convert.ToHexString(hold.Authorisation), hold.Wave?.Number ?? 0,
                string.Join(' ', hold.Seats.Select(static seats => $"{seats.Cell.Sale.Id}/{seats.Cell.Session}/{seats.Cell.Category}:{seats.Quantity}")));
        }

        foreach (var ((number, line), returned) in shard.Returned.OrderBy(static pair => pair.Key))
        {
            Returned(number, line, returned, text);
        }

        foreach (var (key, account) in shard.Persons.All.OrderBy(static pair => pair.Key))
        {
            text.Add(
                "person", StateText.Name(key), account.Seats, string.Join(' ', account.Sessions.ToArray().Order().Select(static item => $"{item.Session}:{item.Seats}")),
                string.Join(' ', account.Holds), string.Join(' ', account.Waits));
        }

        text.Add("payments", shard.AcknowledgedPayments, shard.Authorisations.Count);
        foreach (var draw in shard.Draws.Values.OrderBy(static draw => draw.Id))
        {
            Draw(draw, text);
        }
    }

    private static void Returned(long number, int line, int seats, StateWriter text)
    {
        if (seats > 0)
        {
            text.Add("returned", number, line, seats);
        }
    }

    private static void Person(ReferenceShard shard, string person, IEnumerable<ReferenceWait> waiting, StateWriter text)
    {
        var holds = shard.Book.HoldsOf(person).FindAll(static hold => hold.State is PresentState.Held or PresentState.Confirmed);
        var sessions = holds.SelectMany(static hold => hold.Lines).Select(static line => line.Cell.Session).Distinct().Order()
            .Select(session => (Session: session, Seats: shard.Book.Seats(person, session))).Where(static item => item.Seats > 0);
        string live = string.Join(' ', holds.Where(static hold => hold.State == PresentState.Held).Select(static hold => hold.Number).Order());
        string waits = string.Join(' ', waiting.Select(static wait => wait.Number).Order());
        int seats = shard.Book.Seats(person);
        if (seats > 0 || live.Length > 0 || waits.Length > 0)
        {
            text.Add("person", person, seats, string.Join(' ', sessions.Select(static item => $"{item.Session}:{item.Seats}")), live, waits);
        }
    }

    private static void Draw(ReferenceDraw draw, StateWriter text)
    {
        var definition = draw.Definition;
        text.Add(
            "draw", definition.Draw, Hex(definition.Name), draw.Status, definition.ClosesAt, definition.RequiredConsent, definition.PersonMax,
            Hex(draw.Freeze?.Root), Hex(draw.Freeze?.Commitment), Hex(draw.Freeze?.BeaconChain), draw.Freeze?.BeaconRound ?? 0, Hex(draw.Run?.Secret),
            Hex(draw.Run?.Randomness), Hex(draw.Run?.Signature), Hex(draw.OrderHash), Hex(draw.OrderRoot));
        text.Add("barred", string.Join(' ', draw.Barred));
        foreach (var entry in draw.Entries)
        {
            text.Add("entry", entry.Person, entry.IsWithdrawn, entry.IsExcluded, entry.HasArrived, entry.HasBought, entry.Rank);
        }

        foreach (var wave in draw.Waves)
        {
            text.Add("wave", wave.Number, wave.FirstRank, wave.LastRank, wave.Sale, wave.StartsAt, wave.EndsAt);
            var entries = draw.Entries.FindAll(entry => entry.Rank >= wave.FirstRank && entry.Rank <= wave.LastRank);
            if (draw.Status != DrawStatus.Ended)
            {
                text.Add(
                    "came", entries.Count(static entry => entry is { IsStruck: true, HasArrived: false }), entries.Count(static entry => entry.HasArrived),
                    entries.Count(static entry => entry.HasBought));
            }
        }
    }

    private static void Draw(Draw draw, StateWriter text)
    {
        text.Add(
            "draw", draw.Id, Hex(draw.Name), draw.Status, draw.ClosesAt, draw.RequiredConsent, draw.PersonMax, Hex(draw.Root), Hex(draw.Commitment),
            Hex(draw.BeaconChain), draw.BeaconRound, Hex(draw.Secret), Hex(draw.Randomness), Hex(draw.Signature), Hex(draw.OrderHash),
            Hex(draw.OrderRoot));
        text.Add("barred", string.Join(' ', draw.Barred.Order().Select(StateText.Name)));
        for (int i = 0; i < draw.Entries.Count; i++)
        {
            var flags = draw.Entries[i];
            text.Add(
                "entry", StateText.Name(draw.Entries.Keys[i]), flags.HasFlag(EntryFlags.Withdrawn), flags.HasFlag(EntryFlags.Excluded),
                flags.HasFlag(EntryFlags.Arrived), flags.HasFlag(EntryFlags.Bought), draw.RankOf(i));
        }

        foreach (var wave in draw.Waves)
        {
            text.Add("wave", wave.Number, wave.FirstRank, wave.LastRank, wave.Sale, wave.StartsAt, wave.EndsAt);
            if (draw.Status != DrawStatus.Ended)
            {
                text.Add("came", wave.Struck, wave.Arrived, wave.Bought);
            }
        }
    }

    private static string Hex(byte[]? bytes) => Convert.ToHexString(bytes ?? []);
}
