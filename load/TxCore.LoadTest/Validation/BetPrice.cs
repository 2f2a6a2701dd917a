using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// What a line costs, by the table of <c>domain.md</c> section 1.5, in code of the tool's own: whoever prices tickets with the code that is
/// tested finds nothing.
/// </summary>
internal static class BetPrice
{
    public const byte Ordered = 1;
    public const byte TakesComplement = 2;
    public const byte TakesCombined = 4;
    public const byte TakesSpot = 8;
    public const byte TakesSmallFlexi = 16;

    /// <summary>Runners of a unit bet (k); of a multi as many as its risk.</summary>
    public static int UnitRunners(BetType type, byte risk) => type switch
    {
        BetType.Win or BetType.Place => 1,
        BetType.Quinella or BetType.QuinellaPlace or BetType.Exacta or BetType.TwoOfFour => 2,
        BetType.Trio or BetType.Trifecta or BetType.Tierce => 3,
        BetType.QuartePlus or BetType.SuperFour => 4,
        BetType.QuintePlus or BetType.Pick5 => 5,
        BetType.MiniMulti or BetType.Multi => risk,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This bet has no unit bet of one race."),
    };

    /// <summary>Unit bets of a line of one race, with <paramref name="left"/> runners not scratched.</summary>
    public static BigInteger Combinations(PoolDefinition pool, WagerLine line, int left)
    {
        int unit = UnitRunners(BetTypes.TypeOf(pool.Pool), line.Risk);
        int named = line.Bases.Count(runner => runner != 0);
        int free = unit - named;
        bool isOrdered = (pool.Flags & Ordered) != 0;
        int from = line.Formula == Formula.ReducedField ? line.Associates.Length : left - named;
        return line.Formula switch
        {
            Formula.Unit => line.AllOrders ? Factorial(unit) : 1,
            Formula.Combined => Choose(named, unit) * (line.AllOrders ? Factorial(unit) : 1),
            _ when line.AllOrders => Choose(from, free) * Factorial(unit),
            _ when isOrdered => Choose(from, free) * Factorial(free),
            _ => Choose(from, free),
        };
    }

    /// <summary>The price of a line of one race, in cents; null when the stake does not come to whole cents.</summary>
    public static BigInteger? Cents(PoolDefinition pool, WagerLine line, int left)
    {
        var bets = Combinations(pool, line, left);
        switch (line.StakeForm)
        {
            case StakeForm.Multiple:
                return bets * pool.BaseStakeCents * line.Stake;
            case StakeForm.Value:
                return bets * line.Stake;
            default:
                var hundredths = bets * pool.BaseStakeCents * line.Stake;
                return hundredths % 100 == 0 ? hundredths / 100 : null;
        }
    }

    /// <summary>The price of a report (parlay): the bets of its first leg, each at the base stake of the pool that <paramref name="pool"/> is.</summary>
    public static long ReportCents(PoolDefinition pool, ReportLeg first, long multiple) =>
        (long)Choose(first.Bases.Length, UnitRunners(BetTypes.TypeOf(first.Pool), 0)) * pool.BaseStakeCents * multiple;

    private static BigInteger Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);

    private static BigInteger Choose(int n, int r) => r < 0 || r > n ? 0 : Factorial(n) / Factorial(r) / Factorial(n - r);
}
