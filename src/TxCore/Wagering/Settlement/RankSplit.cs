using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>A rank's part of what is to be shared out.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Percent">Its part.</param>
internal readonly record struct RankShare(PayRank Rank, int Percent);

/// <summary>
/// Splits what is to be shared out (E) between the ranks of a bet and equally inside each (<c>domain.md</c> section 1.8). The text tells no
/// parts: those of <see cref="SharesOf"/> are this project's assumption, in one place. The part of a rank that nobody reached goes to the
/// next rank, that of the last one to the rank before it.
/// </summary>
internal static class RankSplit
{
    private const int Percent = 100;

    // Section 1.6, art. 86.7: the bonus of Quarte+ is at most a quarter of the disorder dividend.
    private const int BonusDivisor = 4;

    private static readonly RankShare[] Tierce = [new(PayRank.Order, 50), new(PayRank.Disorder, 50)];

    private static readonly RankShare[] QuartePlus = [new(PayRank.Order, 50), new(PayRank.Disorder, 35), new(PayRank.BonusThree, 15)];

    private static readonly RankShare[] QuintePlus =
        [new(PayRank.Order, 50), new(PayRank.Disorder, 25), new(PayRank.BonusFour, 15), new(PayRank.BonusThree, 10)];

    /// <summary>Tells the dividends before rounding; 0/0 for a combination without stakes.</summary>
    public static void Split(BetType type, Int128 shared, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes, RawDividend[] raw)
    {
        Int128 excess = shared;
        foreach (long stake in stakes)
        {
            excess -= stake;
        }

        var shares = SharesOf(type, payables);
        var parts = Divide(excess, shares, payables, stakes);
        SetAll(shares, parts, payables, stakes, raw);
        if (type == BetType.QuartePlus && excess > 0)
        {
            CapBonus(shares, parts, payables, stakes, raw);
        }
    }

    /// <summary>The ranks of a bet, the best first. Where order does not matter any order stands for order and disorder together.</summary>
    private static RankShare[] SharesOf(BetType type, ReadOnlySpan<PayableCombination> payables)
    {
        RankShare[] shares = type switch
        {
            BetType.Tierce => Tierce,
            BetType.QuartePlus => QuartePlus,
            BetType.QuintePlus => QuintePlus,
            _ => [new(payables[0].Rank, Percent)],
        };
        return payables[0].Rank == PayRank.AnyOrder && shares.Length > 1
            ? [new(PayRank.AnyOrder, shares[0].Percent + shares[1].Percent), .. shares[2..]]
            : shares;
    }

    private static Int128[] Divide(Int128 excess, RankShare[] shares, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes)
    {
        var parts = new Int128[shares.Length];
        Int128 left = excess;
        int pendingPercent = 0;
        int last = -1;
        for (int i = 0; i < shares.Length; i++)
        {
            pendingPercent += shares[i].Percent;
            if (CountStaked(shares[i].Rank, payables, stakes) > 0)
            {
                parts[i] = excess * pendingPercent / Percent;
                left -= parts[i];
                pendingPercent = 0;
                last = i;
            }
        }

        if (last >= 0)
        {
            parts[last] += left;
        }

        return parts;
    }

    private static int CountStaked(PayRank rank, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes)
    {
        int count = 0;
        for (int i = 0; i < payables.Length; i++)
        {
            count += payables[i].Rank == rank && stakes[i] != 0 ? 1 : 0;
        }

        return count;
    }

    private static void SetAll(
        RankShare[] shares, Int128[] parts, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes, RawDividend[] raw)
    {
        for (int i = 0; i < shares.Length; i++)
        {
            Set(shares[i].Rank, parts[i], payables, stakes, raw);
        }
    }

    /// <summary>Each combination with stakes gets an equal part of what its rank gets: 1 + part / (combinations x stakes).</summary>
    private static void Set(PayRank rank, Int128 part, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes, RawDividend[] raw)
    {
        int count = CountStaked(rank, payables, stakes);
        for (int i = 0; i < payables.Length; i++)
        {
            if (payables[i].Rank == rank)
            {
                Int128 unit = (Int128)count * stakes[i];
                raw[i] = stakes[i] == 0 ? default : new RawDividend(unit + part, unit);
            }
        }
    }

    /// <summary>
    /// Lowers the bonus of Quarte+ to a quarter of the lowest disorder dividend, but not below the least dividend there is, and gives the
    /// disorder what that frees: its dividends only rise, so that the bonus stays within a quarter of them.
    /// </summary>
    private static void CapBonus(
        RankShare[] shares, Int128[] parts, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakes, RawDividend[] raw)
    {
        int disorder = Array.FindIndex(shares, static share => share.Rank is PayRank.Disorder or PayRank.AnyOrder);
        long cap = LowestCents(shares[disorder].Rank, payables, raw) / BonusDivisor / EqualSplitStrategy.DecimeCents * EqualSplitStrategy.DecimeCents;
        if (cap == 0)
        {
            return;
        }

        cap = Math.Max(cap, EqualSplitStrategy.MinimumCents);
        Int128 freed = 0;
        for (int i = 0; i < payables.Length; i++)
        {
            if (payables[i].Rank == PayRank.BonusThree && stakes[i] != 0 && raw[i].FlooredCents() > cap)
            {
                freed += (raw[i].Numerator * stakes[i] / raw[i].Denominator) - ((Int128)stakes[i] * cap / EqualSplitStrategy.CentsPerEuro);
                raw[i] = new RawDividend(cap, EqualSplitStrategy.CentsPerEuro);
            }
        }

        Set(shares[disorder].Rank, parts[disorder] + freed, payables, stakes, raw);
    }

    private static long LowestCents(PayRank rank, ReadOnlySpan<PayableCombination> payables, RawDividend[] raw)
    {
        long lowest = long.MaxValue;
        for (int i = 0; i < payables.Length; i++)
        {
            if (payables[i].Rank == rank && raw[i].Denominator != 0)
            {
                lowest = Math.Min(lowest, raw[i].FlooredCents());
            }
        }

        return lowest == long.MaxValue ? 0 : lowest;
    }
}
