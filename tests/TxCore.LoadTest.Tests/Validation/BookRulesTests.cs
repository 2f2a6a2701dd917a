using TxCore.Testing;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>Each rule of the books fails on a fault planted for it.</summary>
public class BookRulesTests(PostgresFixture postgres)
{
    private const string Another =
        "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, '{\"number\": 11, \"sequence\": 8, \"previous\": 10}')).* FROM txcore.transaction t ";

    [Fact]
    public async Task A_day_whose_books_are_right_passes()
    {
        var day = await PaidDay.CreateAsync(postgres);

        var result = await day.ValidateAsync();

        Assert.All(result.Checks, check => Assert.True(check.Holds, $"{check.Rule}: {string.Join("; ", check.Examples)}"));
    }

    [Fact]
    public async Task What_was_there_before_a_run_is_not_the_runs_even_when_it_stops_by_itself_meanwhile()
    {
        var day = await PaidDay.CreateAsync(postgres);
        await day.ExecuteAsync(
            "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, '{\"number\": 11, \"source\": 0, \"sequence\": 2, \"kind\": 1284}')).* "
            + "FROM txcore.transaction t WHERE number = 5; UPDATE txcore.shard SET last_number = 11; UPDATE txcore.batch SET row_count = 11, last_number = 11");

        var after = await day.ValidateNothingAsync(after: 10);
        var fromTheBeginning = await day.ValidateNothingAsync(after: 9);

        Assert.All(after.Checks, check => Assert.True(check.Holds, $"{check.Rule}: {string.Join("; ", check.Examples)}"));
        Assert.Contains(fromTheBeginning.Checks, check => !check.Holds && check.Rule.StartsWith("nothing is stored", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a stake that the pool does not have", "UPDATE txcore.transaction SET amount_cents = 500 WHERE number = 2", "per pool, accepted stakes")]
    [InlineData("a stake of another pool", "UPDATE txcore.transaction SET pool = 2 WHERE number = 2", "per pool, accepted stakes")]
    [InlineData("a ticket paid twice", Another + "WHERE number = 8", "paid at most once")]
    [InlineData("a cancelled ticket paid", "UPDATE txcore.transaction SET reference = 3 WHERE number = 8", "not when it was taken back")]
    [InlineData("a payment of nothing that was sold", "UPDATE txcore.transaction SET reference = 6 WHERE number = 8", "after it was sold")]
    [InlineData("a ticket cancelled twice", Another + "WHERE number = 4", "taken back at most once")]
    [InlineData("a payment that is not its moves", "UPDATE txcore.transaction SET amount_cents = 1750 WHERE number = 8", "sum of its gains and refunds")]
    [InlineData("a late ticket taken", "UPDATE txcore.transaction SET code = 0, amount_cents = 200 WHERE number = 6", "taken or cancelled after its stop")]
    [InlineData("a late cancellation", "UPDATE txcore.transaction SET number = CASE number WHEN 4 THEN 5 ELSE 4 END WHERE number IN (4, 5)", "taken or cancelled after its stop")]
    [InlineData("a payment before the publication", "UPDATE txcore.transaction SET number = CASE number WHEN 7 THEN 8 ELSE 7 END WHERE number IN (7, 8)", "paid before every race")]
    [InlineData("a voucher redeemed twice", Another + "WHERE number = 10", "a voucher is redeemed at most once")]
    [InlineData("a voucher redeemed for more", "UPDATE txcore.transaction SET amount_cents = 2100 WHERE number = 10", "a voucher is redeemed at most once")]
    [InlineData("cash that no answer told of", "UPDATE txcore.transaction SET amount_cents = 500 WHERE number = 2", "cash due")]
    [InlineData("a pool of the other channel", "UPDATE txcore.transaction SET pool = 1001 WHERE number = 2", "pool of the other")]
    public async Task What_is_wrong_in_the_books_is_found(string what, string change, string rule)
    {
        var day = await PaidDay.CreateAsync(postgres);
        await day.ExecuteAsync(change);

        var result = await day.ValidateAsync();

        Assert.False(result.Holds, what);
        Assert.Contains(result.Checks, check => !check.Holds && check.Rule.Contains(rule, StringComparison.Ordinal) && check.Examples.Count > 0);
    }
}
