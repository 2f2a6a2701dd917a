using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// What a line gets (<c>domain.md</c> sections 1.3, 1.8). A unit bet's stake is counted in hundredths of a cent, because a flexi percentage
/// of a base stake need not be whole cents; gains and refunds are rounded down to the cent once, over the whole line.
/// </summary>
public static class LineMoney
{
    private const int HundredthsPerCent = 100;
    private const int CentsPerEuro = 100;

    /// <summary>The stake of one unit bet of a line, in hundredths of a cent.</summary>
    public static long StakeHundredths(in WagerLineView line, Pool pool) => line.StakeForm switch
    {
        StakeForm.Multiple => checked(line.Stake * pool.BaseStakeCents * HundredthsPerCent),
        StakeForm.Flexi => checked(line.Stake * pool.BaseStakeCents),
        _ => checked(line.Stake * HundredthsPerCent),
    };

    /// <summary>Gains of a line, in cents.</summary>
    /// <param name="coverage">What it covers.</param>
    /// <param name="stakeHundredths">The stake of one of its unit bets, in hundredths of a cent.</param>
    /// <param name="payables">The combinations its pool pays.</param>
    public static long Gain(in LineCoverage coverage, long stakeHundredths, ReadOnlySpan<PayableCombination> payables)
    {
        Int128 unitDividends = 0;
        foreach (var payable in payables)
        {
            if (payable.DividendCents != 0)
            {
                unitDividends += (Int128)coverage.UnitsOn(payable, payables) * payable.DividendCents;
            }
        }

        return unitDividends == 0 ? 0 : checked((long)(unitDividends * stakeHundredths / (HundredthsPerCent * CentsPerEuro)));
    }

    /// <summary>Refund of a line whose pool is not refunded whole, in cents: the stakes of its unit bets with a scratched runner.</summary>
    /// <param name="coverage">What it covers.</param>
    /// <param name="stakeHundredths">The stake of one of its unit bets, in hundredths of a cent.</param>
    /// <param name="paysNonRunners">Such unit bets compete for dividends with a non-runner, and are not refunded.</param>
    public static long ScratchRefund(in LineCoverage coverage, long stakeHundredths, bool paysNonRunners) =>
        paysNonRunners ? 0 : checked(coverage.UnitsScratched * stakeHundredths) / HundredthsPerCent;

    /// <summary>Gains and refund of a line once its pool is settled, in cents.</summary>
    /// <param name="coverage">What it covers.</param>
    /// <param name="stakeHundredths">The stake of one of its unit bets, in hundredths of a cent.</param>
    /// <param name="priceCents">What the line cost.</param>
    /// <param name="pool">The settlement of its pool.</param>
    public static (long GainCents, long RefundCents) Value(in LineCoverage coverage, long stakeHundredths, long priceCents, PoolSettlement pool) =>
        pool.IsRefunded
            ? (0, priceCents)
            : (Gain(in coverage, stakeHundredths, pool.Payables), ScratchRefund(in coverage, stakeHundredths, pool.PaysNonRunners));
}
