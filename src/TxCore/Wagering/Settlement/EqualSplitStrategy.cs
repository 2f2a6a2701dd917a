using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// The equal split of <c>domain.md</c> section 1.8: E = M less the stakes on all payable combinations, in as many equal parts as there are
/// combinations with stakes, each part pro rata of its stakes, plus the unit; rounded down to the decime.
/// </summary>
/// <remarks>
/// A dividend from 1.00 is at least 1.10: the breakage of the others pays for that, then the operator. A dividend below 1.00 becomes 1.00,
/// and the takeout is reduced by what that costs, as far as it goes (net coefficient 1). 2sur4 has one common dividend, M over all stakes on
/// it; so has Multi, its stakes counted 1, 1/5, 1/15 and 1/35 for risks 4 to 7, and dividends in that ratio (both verified on real data).
/// </remarks>
public sealed class EqualSplitStrategy : IDividendStrategy
{
    internal const int CentsPerEuro = 100;
    internal const int DecimeCents = 10;
    internal const int MinimumCents = 110;
    internal const int HundredthsPerCent = 100;

    // The least number that the 1, 5, 15 and 35 quadruplets of 4 to 7 runners all divide.
    private const int CommonWeight = 105;
    private const int MultiRunners = 4;

    /// <inheritdoc/>
    public long Split(
        Pool pool, in PoolMass mass, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakeHundredths, Span<long> dividendCents)
    {
        var raw = new RawDividend[payables.Length];
        Int128 shared = (Int128)mass.SharedCents(mass.TakeoutCents) * HundredthsPerCent;
        switch (BetTypes.TypeOf(pool.Number))
        {
            case BetType.TwoOfFour or BetType.Multi or BetType.MiniMulti:
                Common(shared, payables, stakeHundredths, raw);
                break;
            case var type:
                RankSplit.Split(type, shared, payables, stakeHundredths, raw);
                break;
        }

        return Round(raw, stakeHundredths, mass.TakeoutCents, dividendCents);
    }

    /// <inheritdoc/>
    public PoolClose Close(in PoolMass mass, long takeoutCents, long winnersCents)
    {
        long left = checked(mass.SharedCents(takeoutCents) - winnersCents);
        return new PoolClose(takeoutCents, Math.Max(left, 0), Math.Max(-left, 0));
    }

    private static int WeightOf(byte risk) => risk == 0 ? CommonWeight : CommonWeight / (int)Combinatorics.Binomial(risk, MultiRunners);

    private static void Common(Int128 shared, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakeHundredths, RawDividend[] raw)
    {
        Int128 weighted = 0;
        for (int i = 0; i < payables.Length; i++)
        {
            weighted += (Int128)stakeHundredths[i] * WeightOf(payables[i].Risk);
        }

        for (int i = 0; i < payables.Length; i++)
        {
            raw[i] = stakeHundredths[i] == 0 ? default : new RawDividend(shared * WeightOf(payables[i].Risk), weighted);
        }
    }

    private static long Round(RawDividend[] raw, ReadOnlySpan<long> stakeHundredths, long takeoutCents, Span<long> dividendCents)
    {
        Int128 shortHundredths = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            dividendCents[i] = raw[i].Cents();
            shortHundredths += raw[i].ShortOf(stakeHundredths[i]);
        }

        Int128 shortCents = (shortHundredths + HundredthsPerCent - 1) / HundredthsPerCent;
        return takeoutCents - (long)Int128.Min(shortCents, takeoutCents);
    }
}

/// <summary>A dividend before it is rounded, for one unit of stake: a fraction; 0/0 where there is no stake.</summary>
internal readonly record struct RawDividend(Int128 Numerator, Int128 Denominator)
{
    private bool IsBelowUnit => Numerator < Denominator;

    /// <summary>Rounded down to the decime and raised to the least dividend, in cents for one euro; 0 where there is no stake.</summary>
    public long Cents()
    {
        if (Denominator == 0)
        {
            return 0;
        }

        return IsBelowUnit ? EqualSplitStrategy.CentsPerEuro : Math.Max(FlooredCents(), EqualSplitStrategy.MinimumCents);
    }

    /// <summary>Rounded down to the decime, in cents for one euro.</summary>
    public long FlooredCents()
    {
        const int DecimesPerEuro = EqualSplitStrategy.CentsPerEuro / EqualSplitStrategy.DecimeCents;
        return checked((long)(Numerator * DecimesPerEuro / Denominator)) * EqualSplitStrategy.DecimeCents;
    }

    /// <summary>What it lacks to 1.00 on a stake, rounded up.</summary>
    public Int128 ShortOf(long stakeHundredths) =>
        Denominator == 0 || !IsBelowUnit ? 0 : (((Denominator - Numerator) * stakeHundredths) + Denominator - 1) / Denominator;
}
