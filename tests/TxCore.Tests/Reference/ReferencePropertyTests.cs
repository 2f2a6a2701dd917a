using System.Globalization;

namespace TxCore.Tests.Reference;

/// <summary>
/// The decider against a slow, plain reference written from <c>domain.md</c> and the protocol document: equal answers to every transaction,
/// equal state, over random days. A failure names the seed and the step. <c>TXCORE_PROPERTY_SEEDS</c> (such as <c>100-199</c>) runs more
/// seeds, <c>TXCORE_PROPERTY_TRANSACTIONS</c> transactions each.
/// </summary>
public sealed class ReferencePropertyTests
{
    private const int LongTransactions = 100_000;
    private const int ShortTransactions = 3_000;
    private const string SeedsVariable = "TXCORE_PROPERTY_SEEDS";
    internal const string TransactionsVariable = "TXCORE_PROPERTY_TRANSACTIONS";

    /// <summary>Seeds asked for by the environment.</summary>
    public static TheoryData<int> MoreSeeds()
    {
        var seeds = new TheoryData<int>();
        string[] range = (Environment.GetEnvironmentVariable(SeedsVariable) ?? "").Split('-');
        if (range.Length == 2)
        {
            int first = int.Parse(range[0], CultureInfo.InvariantCulture);
            int last = int.Parse(range[1], CultureInfo.InvariantCulture);
            foreach (int seed in Enumerable.Range(first, last - first + 1))
            {
                seeds.Add(seed);
            }
        }

        return seeds;
    }

    [Fact]
    public async Task A_hundred_thousand_transactions_come_out_as_the_documents_say() => await RunAsync(20251105, LongTransactions);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Short_days_of_other_seeds_do_too(int seed) => await RunAsync(seed, ShortTransactions);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(MoreSeeds))]
    public async Task And_any_other_seed_that_is_asked_for(int seed)
    {
        string? transactions = Environment.GetEnvironmentVariable(TransactionsVariable);
        await RunAsync(seed, transactions is null ? LongTransactions : int.Parse(transactions, CultureInfo.InvariantCulture));
    }

    /// <summary>Long runs have few and busy races: publishing one reads all that was ever decided.</summary>
    private static async Task RunAsync(int seed, int transactions)
    {
        bool isLong = transactions >= LongTransactions;
        var run = new PropertyRun(
            seed, [.. DayGenerator.Terminals, DayGenerator.Admin],
            (random, reference) => new DayGenerator(random, reference, racesPerDay: isLong ? 4 : 5, stepsPerDay: isLong ? 8_000 : 700));
        await run.RunAsync(transactions, TestContext.Current.CancellationToken);
        Assert.Equal(transactions, run.Transactions);
        foreach (var ((type, code), count) in run.Codes.OrderBy(static pair => pair.Key))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{type} {code}: {count}");
        }
    }
}
