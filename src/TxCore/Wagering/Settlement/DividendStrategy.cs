namespace TxCore.Wagering.Settlement;

/// <summary>The money of a pool before its winners are known, in cents.</summary>
/// <param name="GrossCents">Stakes that stand, reports carried into the pool included.</param>
/// <param name="RefundCents">Stakes of unit bets with a scratched runner.</param>
/// <param name="CarryInCents">Money carried in from earlier pools.</param>
/// <param name="TakeoutBasisPoints">The operator's share, in hundredths of a percent.</param>
public readonly record struct PoolMass(long GrossCents, long RefundCents, long CarryInCents, int TakeoutBasisPoints)
{
    private const int BasisPoints = 10_000;

    /// <summary>The operator's share of the stakes that are not refunded, to the nearest cent, half a cent up; never more than those.</summary>
    public long TakeoutCents
    {
        get
        {
            long stakes = GrossCents - RefundCents;
            return checked((long)Int128.Min((((Int128)stakes * TakeoutBasisPoints) + (BasisPoints / 2)) / BasisPoints, stakes));
        }
    }

    /// <summary>What is shared out (M): stakes less refunds less a takeout, and what was carried in.</summary>
    public long SharedCents(long takeoutCents) => checked(GrossCents - RefundCents - takeoutCents + CarryInCents);
}

/// <summary>What became of the money that winners did not get, in cents.</summary>
/// <param name="TakeoutCents">The operator's share.</param>
/// <param name="BreakageCents">What rounding down left.</param>
/// <param name="TopUpCents">What the operator adds to a minus pool.</param>
public readonly record struct PoolClose(long TakeoutCents, long BreakageCents, long TopUpCents);

/// <summary>
/// Where dividends come from (<c>domain.md</c> section 1.8: the engine must be pluggable). A pool that nobody won never gets here.
/// </summary>
public interface IDividendStrategy
{
    /// <summary>Tells the dividend of every combination, cents for one euro, and returns the takeout, in cents.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="mass">Its money.</param>
    /// <param name="payables">Its payable combinations.</param>
    /// <param name="stakeHundredths">The stakes on each, in hundredths of a cent; some are not 0.</param>
    /// <param name="dividendCents">Receives the dividends; 0 where none is paid.</param>
    long Split(Pool pool, in PoolMass mass, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakeHundredths, Span<long> dividendCents);

    /// <summary>Closes the pool to the cent, once every gain was counted as it will be paid.</summary>
    PoolClose Close(in PoolMass mass, long takeoutCents, long winnersCents);
}

/// <summary>
/// The operator's official list: the dividends are given. The takeout is what the winners leave, for the list, not this host, decided how
/// much that is; when they take more than there is, the operator tops the pool up.
/// </summary>
public sealed class OfficialListStrategy : IDividendStrategy
{
    /// <inheritdoc/>
    public long Split(
        Pool pool, in PoolMass mass, ReadOnlySpan<PayableCombination> payables, ReadOnlySpan<long> stakeHundredths, Span<long> dividendCents)
    {
        for (int i = 0; i < payables.Length; i++)
        {
            dividendCents[i] = payables[i].DividendCents;
        }

        return 0;
    }

    /// <inheritdoc/>
    public PoolClose Close(in PoolMass mass, long takeoutCents, long winnersCents)
    {
        long left = checked(mass.SharedCents(0) - winnersCents);
        return new PoolClose(Math.Max(left, 0), 0, Math.Max(-left, 0));
    }
}
