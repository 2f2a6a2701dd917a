using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing;
using TxCore.Wagering.Settlement;

namespace TxCore.Postgres.Tests;

/// <summary>What an analyst reads of the hand-made day, against figures computed by hand.</summary>
public sealed class ResultViewTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_settlement_is_read_as_it_is_written()
    {
        var race = new RaceId(20251105, 1, 8);
        var settlement = new RaceSettlement(
            9,
            [
                new PoolSettlement(1, true, false, 1, 2, 3, 4, 5, 6, 7, 8, 9, [new(PayRank.Order, 4, [3, 0, 7], 1 << 5, 10, 11)]),
                new PoolSettlement(2, false, true, 21, 22, 23, 24, 25, 26, 27, 28, 29, []),
            ],
            [new CarriedStake(race with { Race = 9 }, 3, 2, 31)]);
        var publish = new RacePublish(default, new ControlHeader(1, 2, 3), race, DividendMethod.EqualSplit, []);
        string command = $"'\\x{Convert.ToHexString(StoredCommands.Of(publish, SettlementAnswer.Of(settlement)))}'::bytea";
        var database = await ShardDatabase.CreateAsync(postgres);

        string pools = await database.ScalarAsync<string>($"""
            SELECT string_agg(concat_ws(' ', s.refunded, s.gross_cents, s.report_in_cents, s.carry_in_cents, s.refund_cents, s.takeout_cents,
                   s.winners_cents, s.breakage_cents, s.top_up_cents, s.carry_over_cents), '|') FROM txcore.settled_pools({command}) s
            """);
        string dividends = await database.ScalarAsync<string>($"""
            SELECT string_agg(d::text, '|')
              FROM txcore.settled_pools({command}) s CROSS JOIN LATERAL txcore.settled_dividends({command}, s.payables_at) d
            """);
        string carries = await database.ScalarAsync<string>($"SELECT string_agg(c::text, '|') FROM txcore.settled_carries({command}) c");

        Assert.Equal("t 1 2 3 4 5 6 7 8 9|f 21 22 23 24 25 26 27 28 29", pools);
        Assert.Equal(("(2,4,\"{3,0,7}\",{5},10,11)", "(202511050109,3,2,31)"), (dividends, carries));
    }

    [Fact]
    public async Task The_views_tell_the_hand_made_day()
    {
        var (database, day) = await HandMadeDay.CreateAsync(postgres);
        var names = day.Numbers.ToDictionary(one => one.Value, one => one.Key);

        await ReadsAsync(
            "race_state", "race, state, changed_by", "202511050101 Closed RaceCloseDue|202511050102 Payable RacePublish|202511050103 Cancelled RaceCancel");
        await ReadsAsync(
            "ticket", "number, state, amount_cents, gain_cents, refund_cents",
            "T1 Paid 1000 900 0|T2 Paid 800 100 300|T3 Live 200|T4 Cancelled 400|T5 Reversed 600|T6 Reversed 700|T7 Live 250|T8 Disputed 900|"
            + "T9 Paid 250 0 250|T10 Live 60");
        await ReadsAsync(
            "pool_total", "race, pool, bet_type, tickets, taken_cents, undone_cents, total_cents",
            "202511050101 1 Win 6 3400 1700 1700|202511050101 2 Place 2 400 0 400|202511050102 1 Win 2 1050 0 1050|202511050103 1 Win 2 310 0 310");
        await ReadsAsync(
            "pool_total_per_minute WHERE race = 202511050101 AND pool = 1", "to_char(minute AT TIME ZONE 'UTC', 'HH24:MI'), taken_cents, undone_cents, total_cents",
            "00:00 3400 0 3400|00:01 0 1700 1700");
        await ReadsAsync(
            "wager_line WHERE pool = 17", "number, line, picks, jsonb_array_length(legs), legs -> 1 ->> 'race', legs -> 1 ->> 'carry', legs -> 1 ->> 'value', legs -> 1 ->> 'runners'",
            "T3 1 {8,9} 2 2 times 5 [4, 6]|T7 2 2 3 times 5 [4, 6]|T10 1 {8,9} 2 4 times 5 [4, 6]");
        await ReadsAsync(
            "pool_settlement",
            "race, pool, refunded, pays_non_runners, gross_cents, report_in_cents, carry_in_cents, refund_cents, takeout_cents, winners_cents, "
            + "breakage_cents, top_up_cents, carry_over_cents, balanced",
            "202511050101 1 f t 1700 0 250 0 270 1500 180 0 0 t|202511050101 2 t f 400 0 0 400 0 0 0 0 0 t|"
            + "202511050102 1 f f 1050 400 0 0 150 1200 100 0 0 t|202511050103 1 t f 310 0 0 310 0 0 0 0 0 t");
        await ReadsAsync(
            "dividend", "race, pool, rank, risk, runners, others, dividend_cents, stake_cents",
            "202511050101 1 AnyOrder {3} 200 750|202511050101 1 AnyOrder {5,0} {2,9} 310 20|202511050102 1 Order 4 {1,2} 1234 5");
        await ReadsAsync(
            "report_carry", "from_race, from_pool, race, pool, amount_cents", "202511050101 1 202511050102 1 400|202511050103 1 202511050104 1 60");
        await ReadsAsync(
            "ticket_payment", "ticket, source, outlet, race, pool, gain_cents, refund_cents",
            "T1 2 42 202511050101 1 900 0|T2 1 41 202511050101 1 100 0|T2 1 41 202511050101 2 0 300|T9 1 41 202511050103 1 0 250");
        await ReadsAsync(
            "ticket_unpaid", "race, state, owed_cents, paid_cents, expired_cents, unpaid_cents, expires_at - settled_at",
            "202511050101 Closed 1500 1300 200 0 60 days|202511050102 Payable 1200 0 0 1200 60 days|202511050103 Cancelled 250 250 0 0 60 days");
        await ReadsAsync("supervisor_queue", "ticket, source, amount_cents, race", "T8 1 900 202511050102");
        await ReadsAsync(
            "voucher", "number, state, amount_cents, outstanding_cents", "V1 Outstanding 500 500|V2 Redeemed 300 0|V3 Reversed 100 0");
        await ReadsAsync("player_stake", "left(player, 4), tickets, taken_cents, undone_cents, total_cents", "ab00 1 900 0 900");
        await ReadsAsync(
            "sales_per_minute_and_terminal WHERE source IN (1, 2)",
            "to_char(minute AT TIME ZONE 'UTC', 'HH24:MI'), source, sum(accepted), sum(refused), sum(taken_cents), sum(undone_cents), sum(paid_cents)",
            "00:00 1 3 0 2400 0 0|00:00 2 3 0 1300 0 0|00:01 1 3 0 1210 600 650|00:01 2 1 1 250 400 900",
            "GROUP BY minute, source");

        async Task ReadsAsync(string view, string columns, string expected, string grouping = "")
        {
            string sql = $"SELECT string_agg(line, '|' ORDER BY place) FROM (SELECT row_number() OVER () AS place, v.line FROM ("
                + $"SELECT concat_ws(' ', {columns}) AS line FROM txcore.{view} {grouping} ORDER BY {columns}) v) w";
            string read = await database.ScalarAsync<string>(sql);
            Assert.Equal(expected, string.Join('|', read.Split('|').Select(Named)));
        }

        string Named(string line)
        {
            int end = line.IndexOf(' ', StringComparison.Ordinal);
            return end > 0 && long.TryParse(line[..end], out long number) && names.TryGetValue(number, out string? name) ? name + line[end..] : line;
        }
    }
}
