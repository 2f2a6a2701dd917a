using System.Globalization;

namespace TxCore.Tests.Reference;

/// <summary>
/// Sales, waiting lists and draws against the plain reference, transaction by transaction, with what must always be true of seats, persons,
/// payments and waves. More seeds: <c>TXCORE_PROPERTY_SEEDS</c> and <c>TXCORE_PROPERTY_TRANSACTIONS</c>, as in <see cref="ReferencePropertyTests"/>.
/// </summary>
public sealed class TicketingPropertyTests
{
    private const int LongTransactions = 50_000;
    private const int ShortTransactions = 4_000;

    /// <summary>Seeds asked for by the environment.</summary>
    public static TheoryData<int> MoreSeeds() => ReferencePropertyTests.MoreSeeds();

    [Fact]
    public async Task Fifty_thousand_transactions_of_tickets_come_out_as_the_rules_say() => await RunAsync(20240726, LongTransactions);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Short_seasons_of_other_seeds_do_too(int seed) => await RunAsync(seed, ShortTransactions);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(MoreSeeds))]
    public async Task And_any_other_seed_that_is_asked_for(int seed)
    {
        string? transactions = Environment.GetEnvironmentVariable(ReferencePropertyTests.TransactionsVariable);
        await RunAsync(seed, transactions is null ? LongTransactions : int.Parse(transactions, CultureInfo.InvariantCulture));
    }

    /// <summary>Long runs have few races: publishing one reads all that was ever decided.</summary>
    private static async Task RunAsync(int seed, int transactions)
    {
        bool isLong = transactions >= LongTransactions;
        var run = new PropertyRun(
            seed, TicketDayGenerator.Sources,
            (random, reference) => isLong
                ? new TicketDayGenerator(random, reference, seasonSteps: 4_000, seasonsPerCrowd: 4, bettingStepsPerDay: 600)
                : new TicketDayGenerator(random, reference, seasonSteps: 1_500, seasonsPerCrowd: 2, bettingStepsPerDay: 60));
        await run.RunAsync(transactions, TestContext.Current.CancellationToken);
        Assert.Equal(transactions, run.Transactions);
        foreach (var ((type, code), count) in run.Codes.OrderBy(static pair => pair.Key))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{type} {code}: {count}");
        }
    }
}
