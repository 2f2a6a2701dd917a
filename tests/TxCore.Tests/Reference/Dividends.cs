using System.Numerics;
using TxCore.Protocol;

namespace TxCore.Tests.Reference;

/// <summary>What became of a pool, in cents.</summary>
internal sealed class PoolResult
{
    public bool IsRefunded { get; set; }

    public long GrossCents { get; set; }

    /// <summary>What reports carried in out of earlier races.</summary>
    public long ReportInCents { get; set; }

    public long CarryInCents { get; set; }

    public long RefundCents { get; set; }

    public long TakeoutCents { get; set; }

    public long WinnersCents { get; set; }

    public long BreakageCents { get; set; }

    public long TopUpCents { get; set; }

    public long CarryOverCents { get; set; }

    public List<Payable> Payables { get; set; } = [];
}

/// <summary>
/// Dividends by equal split (<c>domain.md</c> section 1.8), in exact fractions. The parts of the ranks are the project's parameters; the
/// part of a rank without stakes goes to the next, that of the last to the one before.
/// </summary>
internal static class Dividends
{
    private static readonly Fraction One = new(1, 1);

    /// <summary>Sets the dividends of the payables with stakes; returns by how much the takeout is reduced, before its own limit.</summary>
    /// <param name="type">The bet.</param>
    /// <param name="sharedCents">What is shared out (M).</param>
    /// <param name="payables">The combinations; some have stakes.</param>
    public static long Split(BetType type, long sharedCents, List<Payable> payables)
    {
        var staked = payables.Where(static payable => payable.Stakes > 0).ToList();
        var mass = new BigInteger(sharedCents) * 100;
        var raw = type is BetType.TwoOfFour or BetType.Multi or BetType.MiniMulti ? Common(mass, staked) : ByRank(type, mass, staked);
        BigInteger shortHundredths = 0;
        foreach (var payable in staked)
        {
            var dividend = raw[payable];
            payable.DividendCents = dividend < One ? 100 : Math.Max(110, (long)(dividend * 10).Floor() * 10);
            shortHundredths += dividend < One ? ((One - dividend) * payable.Stakes).Ceiling() : 0;
        }

        return (long)((shortHundredths + 99) / 100);
    }

    /// <summary>One common dividend; of multi for the risks in the ratio 1, 1/5, 1/15, 1/35.</summary>
    private static Dictionary<Payable, Fraction> Common(BigInteger mass, List<Payable> staked)
    {
        var weighted = staked.Aggregate(new Fraction(0, 1), static (sum, payable) => sum + (Weight(payable.Risk) * payable.Stakes));
        return staked.ToDictionary(static payable => payable, payable => Weight(payable.Risk) * mass / weighted);
    }

    private static Fraction Weight(byte risk) => risk switch
    {
        5 => new Fraction(1, 5),
        6 => new Fraction(1, 15),
        7 => new Fraction(1, 35),
        _ => One,
    };

    private static Dictionary<Payable, Fraction> ByRank(BetType type, BigInteger mass, List<Payable> staked)
    {
        var excess = mass - staked.Aggregate(BigInteger.Zero, static (sum, payable) => sum + payable.Stakes);
        var percents = Percents(type, staked);
        var parts = new Dictionary<PayRank, Fraction>();
        int waiting = 0;
        PayRank? last = null;
        foreach (var (rank, percent) in percents)
        {
            waiting += percent;
            if (staked.Exists(payable => payable.Rank == rank))
            {
                parts[rank] = new Fraction(excess * waiting, 100);
                waiting = 0;
                last = rank;
            }
        }

        if (last is { } lowest)
        {
            parts[lowest] += new Fraction(excess * waiting, 100);
        }

        var raw = staked.ToDictionary(static payable => payable, payable => Raw(payable, parts[payable.Rank], staked));
        if (type == BetType.QuartePlus && excess > 0)
        {
            CapBonus(staked, parts, raw);
        }

        return raw;
    }

    private static (PayRank Rank, int Percent)[] Percents(BetType type, List<Payable> staked)
    {
        bool anyOrder = !staked.Exists(static payable => payable.Rank is PayRank.Order or PayRank.Disorder);
        return type switch
        {
            BetType.Tierce when !anyOrder => [(PayRank.Order, 50), (PayRank.Disorder, 50)],
            BetType.QuartePlus when !anyOrder => [(PayRank.Order, 50), (PayRank.Disorder, 35), (PayRank.BonusThree, 15)],
            BetType.QuartePlus => [(PayRank.AnyOrder, 85), (PayRank.BonusThree, 15)],
            BetType.QuintePlus when !anyOrder =>
                [(PayRank.Order, 50), (PayRank.Disorder, 25), (PayRank.BonusFour, 15), (PayRank.BonusThree, 10)],
            BetType.QuintePlus => [(PayRank.AnyOrder, 75), (PayRank.BonusFour, 15), (PayRank.BonusThree, 10)],
            _ => [(staked[0].Rank, 100)],
        };
    }

    /// <summary>An equal part for each combination of the rank, pro rata of its stakes, and the unit.</summary>
    private static Fraction Raw(Payable payable, Fraction part, List<Payable> staked) =>
        One + (part / new Fraction(staked.Count(other => other.Rank == payable.Rank) * payable.Stakes, 1));

    /// <summary>Quarte+: the bonus is a quarter of the lowest disorder dividend at most, 1.10 at least; what that frees goes to the disorder.</summary>
    private static void CapBonus(List<Payable> staked, Dictionary<PayRank, Fraction> parts, Dictionary<Payable, Fraction> raw)
    {
        var disorders = staked.Where(static payable => payable.Rank is PayRank.Disorder or PayRank.AnyOrder).ToList();
        if (disorders.Count == 0)
        {
            return;
        }

        long lowest = disorders.Min(payable => (long)(raw[payable] * 10).Floor() * 10);
        long cap = Math.Max(110, lowest / 40 * 10);
        var freed = new Fraction(0, 1);
        foreach (var bonus in staked.Where(payable => payable.Rank == PayRank.BonusThree && (raw[payable] * 10).Floor() * 10 > cap))
        {
            freed += (raw[bonus] - new Fraction(cap, 100)) * bonus.Stakes;
            raw[bonus] = new Fraction(cap, 100);
        }

        foreach (var disorder in disorders)
        {
            raw[disorder] = Raw(disorder, parts[disorder.Rank] + freed, staked);
        }
    }

    /// <summary>An exact fraction; the denominator is positive.</summary>
    private readonly record struct Fraction(BigInteger Over, BigInteger Under)
    {
        public static Fraction operator +(Fraction a, Fraction b) => new((a.Over * b.Under) + (b.Over * a.Under), a.Under * b.Under);

        public static Fraction operator -(Fraction a, Fraction b) => new((a.Over * b.Under) - (b.Over * a.Under), a.Under * b.Under);

        public static Fraction operator *(Fraction a, BigInteger b) => new(a.Over * b, a.Under);

        public static Fraction operator /(Fraction a, Fraction b) => new(a.Over * b.Under, a.Under * b.Over);

        public static bool operator <(Fraction a, Fraction b) => a.Over * b.Under < b.Over * a.Under;

        public static bool operator >(Fraction a, Fraction b) => b < a;

        public BigInteger Floor() => Over >= 0 ? Over / Under : -((-Over + Under - 1) / Under);

        public BigInteger Ceiling() => -new Fraction(-Over, Under).Floor();
    }
}
