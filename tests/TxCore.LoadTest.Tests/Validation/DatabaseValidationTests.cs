using TxCore.Testing;

namespace TxCore.LoadTest.Tests.Validation;

public class DatabaseValidationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_database_that_holds_what_was_answered_passes()
    {
        var day = await SmallDay.CreateAsync(postgres);

        var result = await day.ValidateAsync();

        Assert.All(result.Checks, check => Assert.True(check.Holds, $"{check.Rule}: {string.Join("; ", check.Examples)}"));
        Assert.Equal((7, 6), (result.Rows, result.Transactions));
    }

    [Theory]
    [InlineData("a lost transaction", "DELETE FROM txcore.transaction WHERE number = 3", "stored exactly once")]
    [InlineData("a lost last transaction", "DELETE FROM txcore.transaction WHERE number = 6", "batches cover all rows")]
    [InlineData("a lost line", "DELETE FROM txcore.transaction WHERE number = 2 AND line = 2", "has as many lines as were sent")]
    [InlineData(
        "a doubled row", "INSERT INTO txcore.transaction SELECT * FROM txcore.transaction WHERE number = 5", "1 to n, each once")]
    [InlineData(
        "a transaction stored twice under another number",
        "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, '{\"number\": 7}')).* FROM txcore.transaction t WHERE number = 5",
        "stored exactly once")]
    [InlineData("another outcome", "UPDATE txcore.transaction SET code = 201 WHERE number = 3", "what is stored is what was acknowledged")]
    [InlineData("another time", "UPDATE txcore.transaction SET sequenced_at = sequenced_at + interval '1 us' WHERE number = 3", "what is stored is what was acknowledged")]
    [InlineData("a wrong price of a line", "UPDATE txcore.transaction SET amount_cents = 500 WHERE number = 2 AND line = 1", "priced as the tool prices them")]
    [InlineData("a wrong total", "UPDATE txcore.transaction SET total_cents = 400 WHERE number = 2 AND line = 1", "the total beside the first")]
    [InlineData("another race", "UPDATE txcore.transaction SET race = 202511050103 WHERE number = 2 AND line = 1", "priced as the tool prices them")]
    [InlineData(
        "something that was not sent",
        "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, '{\"number\": 7, \"sequence\": 3, \"previous\": 3}')).* FROM txcore.transaction t WHERE number = 3",
        "nothing is stored for a source that was not sent")]
    [InlineData(
        "a ticket cancelled twice",
        "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, '{\"number\": 7, \"sequence\": 3, \"previous\": 3}')).* FROM txcore.transaction t WHERE number = 3",
        "cancelled at most once")]
    [InlineData("a cancelled hole in the numbers", "UPDATE txcore.transaction SET number = 9 WHERE number = 6", "numbers run on")]
    [InlineData("a hole in a sequence", "UPDATE txcore.transaction SET sequence = 4 WHERE number = 6", "sequences of each source")]
    [InlineData("a time that goes back", "UPDATE txcore.transaction SET sequenced_at = '2020-01-01' WHERE number = 4", "never goes back")]
    [InlineData("more seats than there are", "UPDATE txcore.transaction SET quantity = 4 WHERE number = 4", "never exceed those for sale")]
    [InlineData("sold out with seats left", "UPDATE txcore.transaction SET quantity = 1 WHERE number = 6", "only when too few seats were left")]
    [InlineData("a seat less than answered", "UPDATE txcore.transaction SET quantity = 1 WHERE number = 4", "tool's own book")]
    [InlineData("a hold confirmed twice", "UPDATE txcore.transaction SET kind = 274, code = 0, reference = 4 WHERE number = 6", "confirmed, released or expired at most once")]
    public async Task What_differs_from_the_answers_is_found(string what, string change, string rule)
    {
        var day = await SmallDay.CreateAsync(postgres);
        await day.ExecuteAsync(change);

        var result = await day.ValidateAsync();

        Assert.False(result.Holds, what);
        Assert.Contains(result.Checks, check => !check.Holds && check.Rule.Contains(rule, StringComparison.Ordinal) && check.Examples.Count > 0);
    }

    [Fact]
    public async Task An_amount_that_the_tool_did_not_expect_is_found_even_when_the_database_agrees()
    {
        var day = await SmallDay.CreateAsync(postgres);
        day.Journal[0].ExpectedAmountCents = 900;

        var result = await day.ValidateAsync();

        Assert.Contains(result.Checks, check => !check.Holds && check.Rule.StartsWith("every decision", StringComparison.Ordinal));
    }
}
