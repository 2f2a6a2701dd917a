using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>The end of the hand-made day, figure by figure, and what the balance says when one of them was changed.</summary>
public sealed class DayBalanceTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_day_balances_and_its_figures_are_those_computed_by_hand()
    {
        var (database, _) = await HandMadeDay.CreateAsync(postgres);

        var balance = await ReadAsync(database, HandMadeDay.Day);

        Assert.Empty(balance.Broken);
        var win = balance.Pools.Single(pool => pool.Race == HandMadeDay.Race1.Value && pool.Pool == HandMadeDay.Win);
        Assert.Equal((3400, 1700, 3400, 1700), (win.TakenCents, win.UndoneCents, win.LogTakenCents, win.LogUndoneCents));
        Assert.Equal(new SettledFigures(1700, 0, 250, 0, 270, 1500, 180, 0, 0), win.Settlement);
        Assert.Equal((400, 0, 250, 1000), (win.CarriedOnCents, win.CarriedHereCents, win.PutInCents, win.PaidCents));
        Assert.Equal(
            [(202511050101, 1, 1700), (202511050101, 2, 400), (202511050102, 1, 1050), (202511050103, 1, 310)],
            balance.Pools.Select(pool => (pool.Race, pool.Pool, pool.TotalCents)));
        Assert.Equal(
            [
                new RaceFigures(202511050101, 20251105, "Payable", 0, 1500, 0, 1300, 0, 0),
                new RaceFigures(202511050102, 20251105, "Payable", 0, 1200, 0, 0, 0, 0),
                new RaceFigures(202511050103, 20251105, "Cancelled", 0, 310, 0, 250, 0, 0),
            ],
            balance.Races);
        Assert.Equal(new LiabilityFigures(0, 3010, 1550, 0, 1460), balance.Liability);
        Assert.Equal([(1, 3160), (2, -750), (9, 0)], balance.Terminals.Select(terminal => (terminal.Source, terminal.CashDueCents)));
    }

    [Fact]
    public async Task The_day_after_opens_with_what_was_owed_and_lets_it_expire()
    {
        var (database, _) = await HandMadeDay.CreateAsync(postgres);

        var balance = await ReadAsync(database, HandMadeDay.Day + 1);

        Assert.Empty(balance.Broken);
        Assert.Equal([(202511050103, 310, 60)], balance.Pools.Select(pool => (pool.Race, pool.TotalCents, pool.CarriedOnCents)));
        Assert.Equal(new LiabilityFigures(1460, -60, 0, 200, 1200), balance.Liability);
    }

    [Theory]
    [InlineData(DayIdentities.PoolTotal, "20251105-R1C1 Win (1)", "amount_cents = 1001 WHERE number = {T1}")]
    [InlineData(DayIdentities.PoolTotal, "20251105-R1C1 Win (1)", "command = overlay(command PLACING '\\x02' FROM 53) WHERE kind = 258")]
    [InlineData(DayIdentities.PoolPublished, "20251105-R1C1 Win (1)", "command = overlay(command PLACING '\\xA5' FROM txcore.settlement_at(command) + 16) WHERE kind = 778 AND race = 202511050101")]
    [InlineData(DayIdentities.PoolBalanced, "20251105-R1C1 Win (1)", "command = overlay(command PLACING '\\xB5' FROM txcore.settlement_at(command) + 64) WHERE kind = 778 AND race = 202511050101")]
    [InlineData(DayIdentities.Race, "20251105-R1C1", "command = overlay(command PLACING '\\xB5' FROM txcore.settlement_at(command) + 64) WHERE kind = 778 AND race = 202511050101")]
    [InlineData(DayIdentities.PoolCarried, "20251105-R1C1 Win (1)", "command = overlay(command PLACING '\\xFB' FROM 27) WHERE kind = 779")]
    [InlineData(DayIdentities.PoolCarried, "20251105-R1C3 Win (1)", "race = 202511050103 WHERE kind = 778 AND race = 202511050102")]
    [InlineData(DayIdentities.Paid, "20251105-R1C1 Win (1)", "command = overlay(command PLACING '\\x01' FROM txcore.addendum_at(kind, command) + 12) WHERE kind = 260 AND reference = {T1}")]
    [InlineData(DayIdentities.Paid, "20251105-R1C1", "command = overlay(command PLACING '\\x01' FROM txcore.addendum_at(kind, command) + 12) WHERE kind = 260 AND reference = {T1}")]
    [InlineData(DayIdentities.Paid, "20251105-R1C3", "code = 401 WHERE kind = 775")]
    [InlineData(DayIdentities.Sequence, "terminal 2", "sequence = sequence + 1 WHERE source = 2 AND kind = 260")]
    [InlineData(DayIdentities.Cash, "terminal 1", "total_cents = 801 WHERE number = {T2} AND line = 1")]
    [InlineData(DayIdentities.Cash, "terminal 2", "amount_cents = 901 WHERE kind = 260 AND reference = {T1}")]
    [InlineData(DayIdentities.Liability, "day", "amount_cents = 901 WHERE kind = 260 AND reference = {T1}")]
    [InlineData(DayIdentities.Channel, "number {T8}", "pool = 1001 WHERE number = {T8}")]
    [InlineData(DayIdentities.Entry, "number {T2}", "total_cents = 801 WHERE number = {T2} AND line = 1")]
    [InlineData(DayIdentities.Entry, "number {T5}", "total_cents = 599 WHERE number = {T5}")]
    [InlineData(DayIdentities.Plain, "number {T1}", "plain = '\\x00' WHERE number = {T1}")]
    public async Task A_changed_row_breaks_the_identity_it_is_part_of(string identity, string subject, string change)
    {
        var (database, day) = await HandMadeDay.CreateAsync(postgres);

        await database.ExecuteAsync($"UPDATE txcore.transaction SET {Fill(change)}");

        var broken = (await ReadAsync(database, HandMadeDay.Day)).Broken;
        Assert.Contains((identity, Fill(subject)), broken.Select(one => (one.Identity, one.Subject)));

        string Fill(string text) => day.Numbers.Aggregate(text, static (filled, one) => filled.Replace($"{{{one.Key}}}", $"{one.Value}"));
    }

    [Fact]
    public async Task An_expiry_of_another_amount_than_was_unpaid_is_named()
    {
        var (database, _) = await HandMadeDay.CreateAsync(postgres);
        await database.ExecuteAsync("UPDATE txcore.transaction SET amount_cents = 199 WHERE kind = 1286");

        var broken = (await ReadAsync(database, HandMadeDay.Day + 1)).Broken;

        Assert.Contains(new BrokenIdentity(DayIdentities.Expired, "20251105-R1C1", "owed - paid 2.00, expired 1.99"), broken);
        Assert.Contains(DayIdentities.Liability, broken.Select(one => one.Identity));
    }

    [Fact]
    public async Task A_ticket_that_is_lost_from_the_rows_is_missed()
    {
        var (database, day) = await HandMadeDay.CreateAsync(postgres);
        await database.ExecuteAsync($"DELETE FROM txcore.transaction WHERE number = {day.Numbers["T1"]}");

        var broken = (await ReadAsync(database, HandMadeDay.Day)).Broken;

        Assert.Contains((DayIdentities.PoolPublished, "20251105-R1C1 Win (1)"), broken.Select(one => (one.Identity, one.Subject)));
        Assert.Contains((DayIdentities.Sequence, "terminal 1"), broken.Select(one => (one.Identity, one.Subject)));
    }

    [Fact]
    public async Task Late_wagers_and_waiting_tickets_are_listed()
    {
        var (database, day) = await HandMadeDay.CreateAsync(postgres);
        await using var reader = new DayReader(database.Writer, ShardDatabase.Identity);
        await database.ExecuteAsync("UPDATE txcore.batch SET written_at = sequenced_at");
        Assert.Empty(await reader.ReadLateWagersAsync(HandMadeDay.Day, Cancellation));

        // One entry a batch: what was decided from T7 on was written a second late.
        await database.ExecuteAsync(
            $"UPDATE txcore.batch SET written_at = sequenced_at + interval '1 second' WHERE first_number >= {day.Numbers["T7"]}");

        var late = await reader.ReadLateWagersAsync(HandMadeDay.Day, Cancellation);
        Assert.Equal([(202511050101, day.Numbers["T7"]), (202511050102, day.Numbers["T7"]), (202511050102, day.Numbers["T8"])],
            late.Select(wager => (wager.Race, wager.Number)));
        Assert.Equal((250, 2, 42), (late[0].AmountCents, late[0].Source, late[0].Outlet));
        var waiting = Assert.Single(await reader.ReadSupervisorQueueAsync(Cancellation));
        Assert.Equal((day.Numbers["T8"], 900, 202511050102, 1), (waiting.Ticket, waiting.AmountCents, waiting.Race, waiting.Source));
    }

    private static async Task<DayBalance> ReadAsync(ShardDatabase database, int day)
    {
        await using var reader = new DayReader(database.Writer, ShardDatabase.Identity);
        return await reader.ReadBalanceAsync(day, Cancellation);
    }
}
