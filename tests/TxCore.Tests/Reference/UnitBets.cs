using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>The unit bets of a line, one after the other, as the table of <c>domain.md</c> section 1.5 says.</summary>
internal static class UnitBets
{
    /// <summary>Lines of more unit bets are only counted, by the table's own formulas.</summary>
    private const double EnumeratedMax = 30_000;

    /// <summary>Horses to name in a unit bet (section 1.3); 0 when the bet is not sold by lines.</summary>
    public static int Runners(BetType type, byte risk) => type switch
    {
        BetType.Win or BetType.Place => 1,
        BetType.Quinella or BetType.QuinellaPlace or BetType.Exacta or BetType.TwoOfFour => 2,
        BetType.Trio or BetType.Trifecta or BetType.Tierce => 3,
        BetType.QuartePlus or BetType.SuperFour => 4,
        BetType.QuintePlus or BetType.Pick5 => 5,
        BetType.MiniMulti or BetType.Multi => risk,
        _ => 0,
    };

    /// <summary>Number of unit bets: those enumerated are counted, of huge lines the formula of the table is taken.</summary>
    public static long Count(int k, bool ordered, Formula formula, bool allOrders, byte[] bases, byte[] others)
    {
        double formulaCount = ByFormula(k, ordered, formula, allOrders, bases, others);
        return formulaCount > EnumeratedMax ? (long)formulaCount : All(k, ordered, formula, allOrders, bases, others).LongCount();
    }

    /// <summary>
    /// The unit bets: runners in their order where that matters. <paramref name="bases"/> with zeros for free places;
    /// <paramref name="others"/> are the associates, or all runners of the field that are no bases.
    /// </summary>
    public static IEnumerable<byte[]> All(int k, bool ordered, Formula formula, bool allOrders, byte[] bases, byte[] others)
    {
        byte[] named = [.. bases.Where(static runner => runner != 0)];
        switch (formula)
        {
            case Formula.Unit:
                return ordered && allOrders ? Permutations(named) : [named];
            case Formula.Combined:
                return Subsets(named, k).SelectMany(set => ordered && allOrders ? Permutations(set) : [set]);
            default:
                if (!ordered || allOrders)
                {
                    return Subsets(others, k - named.Length).SelectMany(set => ordered ? Permutations([.. named, .. set]) : [[.. named, .. set]]);
                }

                return Subsets(others, k - named.Length).SelectMany(Permutations).Select(free => Fill(bases, free));
        }
    }

    /// <summary>Every choice of <paramref name="count"/> runners, each in the order given.</summary>
    public static IEnumerable<byte[]> Subsets(byte[] runners, int count)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        for (int first = 0; first <= runners.Length - count; first++)
        {
            foreach (byte[] rest in Subsets(runners[(first + 1)..], count - 1))
            {
                yield return [runners[first], .. rest];
            }
        }
    }

    /// <summary>Every order.</summary>
    public static IEnumerable<byte[]> Permutations(byte[] runners)
    {
        if (runners.Length <= 1)
        {
            yield return runners;
            yield break;
        }

        for (int first = 0; first < runners.Length; first++)
        {
            byte[] others = [.. runners[..first], .. runners[(first + 1)..]];
            foreach (byte[] rest in Permutations(others))
            {
                yield return [runners[first], .. rest];
            }
        }
    }

    private static byte[] Fill(byte[] places, byte[] free)
    {
        byte[] filled = [.. places];
        int next = 0;
        for (int i = 0; i < filled.Length; i++)
        {
            filled[i] = filled[i] == 0 ? free[next++] : filled[i];
        }

        return filled;
    }

    private static double ByFormula(int k, bool ordered, Formula formula, bool allOrders, byte[] bases, byte[] others)
    {
        int named = bases.Count(static runner => runner != 0);
        int from = formula == Formula.Combined ? named : others.Length;
        int chosen = formula == Formula.Combined ? k : k - named;
        if (formula == Formula.Unit)
        {
            return ordered && allOrders ? Factorial(k) : 1;
        }

        double sets = Factorial(from) / Factorial(chosen) / Factorial(from - chosen);
        double orders = !ordered ? 1 : allOrders ? Factorial(k) : formula == Formula.Combined ? 1 : Factorial(chosen);
        return Math.Round(sets * orders);
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
