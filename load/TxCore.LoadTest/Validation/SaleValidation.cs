using Npgsql;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>What a person was told, to be compared with the tool's own rules.</summary>
internal sealed record PersonSample(int Person, PersonState Told);

/// <summary>What was asked when the last answer had come: samples and lists that must agree with the sequence.</summary>
internal sealed record ToldAtEnd(IReadOnlyList<PersonSample> Persons, DrawState? Draw, IReadOnlyList<SaleSnapshot> Sales, IReadOnlyList<PaymentItem> Payments);

/// <summary>The check of a ticket sale: one pass over all rows beside the tool's own rules, then the same from the rows alone in SQL.</summary>
internal static class SaleValidation
{
    private const int ExamplesMax = 5;

    public static async Task<(ValidationResult Result, SaleReplay Replay, long DatabaseBytes)> RunAsync(
        string connectionString, SentBook book, OwnSaleRules rules, PersonKeys keys, ToldAtEnd told, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        long bytes = await StoredCheck.CountAsync(connection, "SELECT pg_database_size(current_database())", cancellationToken);
        var replay = new SaleReplay(book, rules);
        await foreach (var entry in StoredEntries.ReadAsync(connection, cancellationToken))
        {
            replay.Next(entry);
        }

        replay.End();
        await new SaleTables(connection).FillAsync(book, rules, keys, cancellationToken);
        List<CheckResult> checks =
        [
            .. replay.Results, SoldOut(rules), Payments(rules, told.Payments), Persons(rules, told), .. told.Draw is null ? [] : new[] { DrawTold(rules, told.Draw) },
            .. await StoredCheck.RunAllAsync(connection, SeatSql.All, cancellationToken),
        ];
        return (new ValidationResult(checks, replay.Rows, replay.Entries, connection.ServerVersion), replay, bytes);
    }

    private static CheckResult SoldOut(OwnSaleRules rules) => Check(
        "every seat is sold in the end, by the tool's own rules",
        rules.Sales.Values.SelectMany(sale => sale.Cells.Where(cell => cell.Value.Sold != cell.Value.Capacity || cell.Value.Blocked != 0 || cell.Value.Held != 0)
            .Select(cell => $"sale {sale.Id} cell {cell.Key}: {cell.Value.Sold} sold and {cell.Value.Held} held of {cell.Value.Capacity}")));

    private static CheckResult Payments(OwnSaleRules rules, IReadOnlyList<PaymentItem> told)
    {
        var own = rules.Payments.Orders;
        var wrong = new List<string>();
        for (int i = 0; i < Math.Max(own.Count, told.Count); i++)
        {
            string expected = i < own.Count
                ? $"{own[i].Number} {own[i].Kind} hold {own[i].Hold} {own[i].AmountCents} {System.Text.Encoding.ASCII.GetString(SentBook.AuthorisationBytes(own[i].Authorisation))}"
                : "none";
            string found = i < told.Count
                ? $"{told[i].Number} {told[i].Kind} hold {told[i].Hold} {told[i].AmountCents} {System.Text.Encoding.ASCII.GetString(told[i].Authorisation)}"
                : "none";
            if (expected != found)
            {
                wrong.Add($"order {i + 1} of the list is {found}, own {expected}");
            }
        }

        return Check("the list of payment orders is complete, in order, and the tool's own", wrong);
    }

    private static CheckResult Persons(OwnSaleRules rules, ToldAtEnd told)
    {
        var lottery = rules.Lottery;
        var wrong = new List<string>();
        foreach (var (person, state) in told.Persons)
        {
            var status = lottery.StatusOf(person);
            uint rank = status == EntryStatus.None || lottery.Draw is null ? 0 : (uint)lottery.Draw.RankOf(person);
            int wave = rank == 0 ? 0 : lottery.Waves.FindIndex(one => rank >= one.FirstRank && rank <= one.LastRank) + 1;
            uint seats = (uint)(rules.Persons.GetValueOrDefault(person)?.Seats ?? 0);
            if (state.Entry != status || state.Rank != rank || state.Wave != wave || state.Seats != seats)
            {
                wrong.Add(
                    $"person {person} was told {state.Entry}, rank {state.Rank}, wave {state.Wave}, {state.Seats} seats; own {status}, {rank}, {wave}, {seats}");
            }
        }

        foreach (var (sale, cell) in told.Sales.SelectMany(sale => sale.Cells.Select(cell => (sale.Sale, cell))))
        {
            var own = rules.Sales[sale].Cells[(cell.Session, cell.Category)];
            if ((cell.Capacity, cell.Blocked, cell.Held, cell.Sold, cell.Waiting) != (own.Capacity, own.Blocked, own.Held, own.Sold, own.Waiting.Count))
            {
                wrong.Add($"sale {sale} was told {cell}, own {own.Capacity} seats, {own.Held} held, {own.Sold} sold, {own.Waiting.Count} waiting");
            }
        }

        return Check($"what {told.Persons.Count} persons and the sales' readers were told in the end is right", wrong);
    }

    private static CheckResult DrawTold(OwnSaleRules rules, DrawState told)
    {
        var own = rules.Lottery;
        var wrong = new List<string>();
        if (told.Entries != own.Count || told.Struck != own.Struck || told.Status != own.Status || told.Waves.Length != own.Waves.Count)
        {
            wrong.Add(
                $"told {told.Status}, {told.Entries} entries, {told.Struck} struck, {told.Waves.Length} waves; own {own.Status}, {own.Count}, {own.Struck}, "
                + $"{own.Waves.Count}");
        }

        wrong.AddRange(told.Waves.Zip(own.Waves).Where(pair => pair.First.FirstRank != pair.Second.FirstRank || pair.First.LastRank != pair.Second.LastRank)
            .Select(pair => $"told wave {pair.First}, own {pair.Second}"));
        return Check("the state of the draw is told right", wrong);
    }

    private static CheckResult Check(string rule, IEnumerable<string> wrong)
    {
        string[] all = [.. wrong];
        return new CheckResult(rule, all.Length, [.. all.Take(ExamplesMax)]);
    }
}
