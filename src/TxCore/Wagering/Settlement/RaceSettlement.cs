using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>A combination of a pool that is paid, with its dividend: what tickets are searched for (<c>domain.md</c> section 1.7).</summary>
/// <param name="Rank">What it rewards.</param>
/// <param name="Risk">Multi: number of runners named; else 0.</param>
/// <param name="Runners">Its runners, in the order of finish where that matters; 0 stands for a non-runner.</param>
/// <param name="Others">Bit n set: runner n may fill the places that <paramref name="Runners"/> leaves open (a non-runner, the rest of a bonus or multi).</param>
/// <param name="DividendCents">Cents for one euro, the stake included.</param>
/// <param name="StakeCents">Stakes on it, in cents, rounded down.</param>
public sealed record PayableCombination(PayRank Rank, byte Risk, byte[] Runners, uint Others, long DividendCents, long StakeCents);

/// <summary>
/// The settlement of a pool, in cents. Gross + reports in + carried in = refunds + takeout + winners + breakage - top-up + carried over, to the
/// cent.
/// </summary>
/// <param name="Pool">The pool.</param>
/// <param name="IsRefunded">All of it is refunded.</param>
/// <param name="PaysNonRunners">Unit bets with a scratched runner are not refunded: they compete for dividends with a non-runner.</param>
/// <param name="GrossCents">Stakes that stand, first stakes of reports included.</param>
/// <param name="ReportInCents">What reports carried into the pool out of earlier races.</param>
/// <param name="CarryInCents">Money carried in from earlier pools.</param>
/// <param name="RefundCents">Refunds of stakes.</param>
/// <param name="TakeoutCents">The operator's share.</param>
/// <param name="WinnersCents">Gains of all winning lines, stakes included, as they are paid or carried on.</param>
/// <param name="BreakageCents">What rounding down left.</param>
/// <param name="TopUpCents">What the operator adds to a minus pool.</param>
/// <param name="CarryOverCents">What is carried over because nobody won.</param>
/// <param name="Payables">The combinations paid.</param>
public sealed record PoolSettlement(
    ushort Pool, bool IsRefunded, bool PaysNonRunners, long GrossCents, long ReportInCents, long CarryInCents, long RefundCents, long TakeoutCents,
    long WinnersCents, long BreakageCents, long TopUpCents, long CarryOverCents, PayableCombination[] Payables);

/// <summary>Money that reports carry into a pool: gains into one of a later race, or their first stakes into one of the settled race.</summary>
/// <param name="Race">The later race; the settled race itself for first stakes.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="FromPool">The pool of the settled race that the money comes out of; the report pool for first stakes.</param>
/// <param name="Cents">How much, in cents.</param>
public readonly record struct CarriedStake(RaceId Race, ushort Pool, ushort FromPool, long Cents);

/// <summary>The settlement of a race as it enters the sequence.</summary>
/// <param name="Basis">Number of the last entry that changed the race's card or result; the settlement holds for that one only.</param>
/// <param name="Pools">Its pools.</param>
/// <param name="Carried">What reports carry on, by race and pools.</param>
public sealed record RaceSettlement(long Basis, PoolSettlement[] Pools, CarriedStake[] Carried)
{
    /// <summary>The settlement of a pool; null when the race has none.</summary>
    public PoolSettlement? Find(ushort pool)
    {
        foreach (var settled in Pools)
        {
            if (settled.Pool == pool)
            {
                return settled;
            }
        }

        return null;
    }
}
