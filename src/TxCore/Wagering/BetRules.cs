using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>What a bet type names, whatever the parameters of its pool (<c>domain.md</c> section 1.3).</summary>
/// <param name="Type">The bet type.</param>
/// <param name="Runners">Runners of a unit bet (k); 0 where the line's risk tells.</param>
public readonly record struct BetRule(BetType Type, int Runners)
{
    /// <summary>True for bets whose risk is the number of runners named: 4..7, the first four must be among them.</summary>
    public bool HasRisk => Runners == 0;

    /// <summary>Runners of a unit bet of a line.</summary>
    public int UnitRunners(byte risk) => HasRisk ? risk : Runners;
}

/// <summary>The bet types that are sold, and the number of unit bets a line covers (<c>domain.md</c> section 1.5).</summary>
public static class BetRules
{
    private static readonly BetRule[] Rules =
    [
        new(BetType.Win, 1),
        new(BetType.Place, 1),
        new(BetType.Quinella, 2),
        new(BetType.QuinellaPlace, 2),
        new(BetType.Exacta, 2),
        new(BetType.TwoOfFour, 2),
        new(BetType.Trio, 3),
        new(BetType.Trifecta, 3),
        new(BetType.Tierce, 3),
        new(BetType.QuartePlus, 4),
        new(BetType.SuperFour, 4),
        new(BetType.QuintePlus, 5),
        new(BetType.Pick5, 5),
        new(BetType.MiniMulti, 0),
        new(BetType.Multi, 0),
    ];

    private static readonly BetRule?[] ByType = MakeIndex();

    /// <summary>The rule of a bet type; null when it is not sold here.</summary>
    public static BetRule? Find(BetType type) => (int)type < ByType.Length ? ByType[(int)type] : null;

    /// <summary>
    /// Unit bets of a combined line: <paramref name="selected"/> runners (K) of which any <paramref name="unit"/> (k) make a bet. One
    /// relative order each, or every order.
    /// </summary>
    public static long Combined(int unit, int selected, bool allOrders) =>
        allOrders ? Combinatorics.Arrangements(selected, unit) : Combinatorics.Binomial(selected, unit);

    /// <summary>
    /// Unit bets of a field line: <paramref name="free"/> places (r = k - b) filled from <paramref name="pool"/> runners. Where order
    /// matters the bases keep their places and the free places take every arrangement: arrangements, not combinations.
    /// </summary>
    public static long Field(int unit, int free, int pool, bool ordered, bool allOrders) =>
        allOrders ? Combinatorics.Factorial(unit) * Combinatorics.Binomial(pool, free)
        : ordered ? Combinatorics.Arrangements(pool, free)
        : Combinatorics.Binomial(pool, free);

    /// <summary>Unit bets of a unit line.</summary>
    public static long Unit(int unit, bool allOrders) => allOrders ? Combinatorics.Factorial(unit) : 1;

    private static BetRule?[] MakeIndex()
    {
        var index = new BetRule?[Rules.Max(static rule => (int)rule.Type) + 1];
        foreach (var rule in Rules)
        {
            index[(int)rule.Type] = rule;
        }

        return index;
    }
}
