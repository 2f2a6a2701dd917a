using TxCore.Protocol;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>The views of seats and draws, figure by figure, over a sale and a draw made by hand.</summary>
public sealed class TicketingViewTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Holds_orders_and_tickets_are_told()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await ReadsAsync(
            database, sale, "seat_holds", "number, lines, seats, amount_cents, state, wait IS NOT NULL, authorisation, person_key IS NOT NULL",
            "H1 2 3 8000 Confirmed f a001 t|H2 1 4 10000 Expired f a002 t|H3 1 2 5000 Released f t|H4 1 2 5000 Reversed f a005 t|"
            + "O1 1 3 7500 Confirmed t t|H6 1 1 3000 Held f a007 t");
        await ReadsAsync(
            database, sale, "orders", "number, sale, seats, amount_cents, authorisation, from_waiting_list, returned_seats, refunded_cents",
            "C1 1 3 8000 a001 f 1 2500|C6 1 3 7500 a006 t 0 0");
        await ReadsAsync(
            database, sale, "seat_tickets", "number, line, sale, session, category, pack, quantity, returned, price_cents, amount_cents",
            "C1 1 1 10 1 2 1 2500 5000|C1 2 1 11 1 3 1 0 3000 3000|C6 1 1 10 1 3 0 2500 7500");
        await ReadsAsync(
            database, sale, "waiting", "number, sale, session, category, quantity, outcome, offer_state",
            "W1 1 10 1 3 Offered Confirmed|W2 1 10 1 1 Left|W3 1 10 1 1 Lapsed|W4 1 10 1 1 Waiting");
        await ReadsAsync(
            database, sale, "sale_state", "sale, state, hold_seconds, draw, person_max, pack_sessions, packs_max, offer_seconds, wait_max",
            "1 Open 900 7 6 600 10|2 Open 900 6 600 10");
        Assert.Equal(
            Convert.ToHexStringLower(HandMadeDraw.PersonOfRank(6)),
            await database.ScalarAsync<string>("SELECT person_key FROM txcore.orders WHERE from_waiting_list"));
    }

    [Fact]
    public async Task Payment_orders_are_told_once_each_with_what_was_acknowledged()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await ReadsAsync(
            database, sale, "payment_orders", "number, kind, amount_cents, authorisation, acknowledged",
            "C1 Capture 8000 a001 t|E2 Void 10000 a002 t|V4 Void 4999 a004 f|R4 Void 5000 a005 f|T1 Refund 2500 f|C6 Capture 7500 a006 f");
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction t, txcore.money_moves(t.kind, t.command)"));
        Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM txcore.balance_misfits('2025-11-05')"));
    }

    [Fact]
    public async Task Inventory_over_time_adds_up()
    {
        var (database, _) = await HandMadeSale.CreateAsync(postgres);
        const string history = """
            SELECT string_agg(concat_ws(' ', message, available, held, sold, blocked, capacity), '|' ORDER BY number)
              FROM txcore.inventory_over_time WHERE sale = 1 AND session = 10
            """;
        Assert.Equal(
            "CellsDefine 8 0 0 2 10|Hold 6 2 0 2 10|Confirm 6 0 2 2 10|Hold 2 4 2 2 10|HoldExpired 6 0 2 2 10|Hold 4 2 2 2 10|Release 6 0 2 2 10|"
            + "Hold 4 2 2 2 10|Reversal 6 0 2 2 10|SeatsBlock 2 0 2 6 10|TicketReturn 3 0 1 6 10|WaitOffered 0 3 1 6 10|Confirm 0 0 4 6 10",
            await database.ScalarAsync<string>(history));
        const string now = """
            SELECT string_agg(concat_ws(' ', sale, session, category, price_cents, available, held, sold, blocked, capacity), '|' ORDER BY sale, session)
              FROM txcore.inventory
            """;
        Assert.Equal("1 10 1 2500 0 0 4 6 10|1 11 1 3000 1 1 1 0 3|2 11 1 3000 2 0 0 0 2", await database.ScalarAsync<string>(now));
        Assert.Equal(0, await database.ScalarAsync<long>(
            "SELECT count(*) FROM txcore.inventory_over_time WHERE available + held + sold + blocked <> capacity OR least(available, held, sold, blocked) < 0"));
    }

    [Fact]
    public async Task Steps_entries_and_slots_of_a_draw_are_told()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await ReadsAsync(
            database, sale, "draw_steps WHERE draw = 7", "step, actor, second_actor, reason_code, name, entries, left(root, 4), beacon_chain, beacon_round, "
            + "left(secret, 4), left(order_root, 4), wave, ranks, persons",
            $"Closed|Defined 7 8 2 {HandMadeDraw.Name}|Excluded 7 8 2 2|Excluded 7 8 2 2|Frozen 7 8 2 10 b10e witness-notary 3311596|Opened 7 8 2|"
            + $"Published 7 8 2|Run 7 8 2 {Hex(HandMadeDraw.Secret)[..4]} {Hex(Ticketing.Draws.DrawOrder.Root(HandMadeDraw.Order))[..4]}|"
            + "Wave 7 8 2 1 4|Wave 7 8 2 2 5");
        const string entries = """
            SELECT string_agg(concat_ws(' ', status, consent, withdrawn_at IS NOT NULL, excluded_at IS NOT NULL), '|' ORDER BY number)
              FROM txcore.draw_entries WHERE draw = 7
            """;
        Assert.Equal(
            "Registered 1 f f|Registered 1 f f|Registered 3 f f|Registered 1 f f|Registered 1 f f|Excluded 1 f t|Excluded 1 f t|Registered 1 f f|"
            + "Registered 1 f f|Withdrawn 1 t f",
            await database.ScalarAsync<string>(entries));
        Assert.Equal(10, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.draw_entries WHERE draw = 263 AND status = 'Registered'"));
        await ReadsAsync(
            database, sale, "draw_slots", "draw, wave, first_rank, last_rank, sale, ends_at - starts_at", "7 1 1 4 1 02:00:00|7 2 5 9 1 02:00:00");
    }

    [Fact]
    public async Task Persons_find_their_slot_and_waves_their_conversions_once_the_ranks_are_written()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);
        await using var projection = new DrawProjection(database.Writer, ShardDatabase.Identity);
        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = Ticketing.Draws.DrawList.Sort(draw.Keys);
        await projection.WriteAsync(HandMadeDraw.Draw, draw.Keys, sorted, HandMadeDraw.Order, draw.Run!.OrderHash, Cancellation);

        const string slots = "SELECT string_agg(concat_ws(' ', rank, list_index, wave, person_key), '|' ORDER BY rank) FROM txcore.draw_person_slots";
        Assert.Equal(
            string.Join('|', Enumerable.Range(1, 10).Select(rank =>
                $"{rank} {HandMadeDraw.Order[rank - 1]} {(rank <= 4 ? "1 " : rank <= 9 ? "2 " : "")}{Hex(HandMadeDraw.PersonOfRank(rank))}")),
            await database.ScalarAsync<string>(slots));
        int struckFirst = Enumerable.Range(1, 4).Count(rank => IsStruck(HandMadeDraw.PersonOfRank(rank)));
        int struckSecond = Enumerable.Range(5, 5).Count(rank => IsStruck(HandMadeDraw.PersonOfRank(rank)));
        await ReadsAsync(
            database, sale, "wave_conversions", "wave, sale, ranks, struck, arrived, bought, seats, amount_cents",
            $"1 1 4 {struckFirst} 3 1 2 5500|2 1 5 {struckSecond} 2 0 0 0");

        static bool IsStruck(byte[] person) => new[] { 2, 7, 9 }.Any(number => HandMadeDraw.Person(number).AsSpan().SequenceEqual(person));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static async Task ReadsAsync(ShardDatabase database, HandMadeSale sale, string view, string columns, string expected)
    {
        string sql = $"SELECT string_agg(line, '|' ORDER BY place) FROM (SELECT row_number() OVER () AS place, v.line FROM ("
            + $"SELECT concat_ws(' ', {columns}) AS line FROM txcore.{view} ORDER BY {columns}) v) w";
        string read = await database.ScalarAsync<string>(sql);
        var names = sale.Numbers.ToDictionary(one => one.Value, one => one.Key);
        Assert.Equal(expected, string.Join('|', read.Split('|').Select(Named)));

        string Named(string line)
        {
            int end = line.IndexOf(' ', StringComparison.Ordinal);
            return end > 0 && columns.StartsWith("number", StringComparison.Ordinal) ? names[long.Parse(line[..end])] + line[end..] : line;
        }
    }
}
