using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// Checks the operator's official dividends against the race and its pools, and makes payable combinations of them. The combinations are
/// searched for as they are published, not derived again from the order of finish (<c>domain.md</c> section 1.7).
/// </summary>
internal static class OfficialRules
{
    private const int UnitCents = 100;

    // Ten million for one euro: far above any jackpot, and low enough that the gains of the largest line fit 64 bits.
    private const long DividendCentsMax = 1_000_000_000;

    /// <summary>What is wrong with a list as a whole; null when nothing is.</summary>
    public static string? CheckList(Race card, OfficialPool[] official)
    {
        for (int i = 0; i < official.Length; i++)
        {
            ushort number = official[i].Pool;
            if (card.FindPool(number) is null)
            {
                return $"pool {number} is not one of race {card.Id}";
            }

            if (BetTypes.TypeOf(number) == BetType.Report)
            {
                return $"pool {number}: a report pool has no dividends of its own";
            }

            if (Array.FindIndex(official, pool => pool.Pool == number) < i)
            {
                return $"pool {number} is given twice";
            }
        }

        return null;
    }

    /// <summary>The payable combinations of a pool's official dividends; <paramref name="fault"/> tells why they do not fit, or is null.</summary>
    public static PayableCombination[] Payables(Race card, Pool pool, OfficialPool official, out string? fault)
    {
        fault = null;
        if (official.IsRefunded && official.Dividends.Length > 0)
        {
            fault = $"pool {pool.Number} is refunded and has dividends";
        }

        var payables = new List<PayableCombination>(official.Dividends.Length);
        foreach (var dividend in official.Dividends)
        {
            fault ??= Check(card, pool, official, dividend);
            fault ??= payables.Exists(other => IsSame(other, dividend)) ? Say(pool, dividend, "is given twice") : null;
            if (fault is not null)
            {
                return [];
            }

            uint others = PayableRules.OthersOf(
                dividend.Rank, BetTypes.TypeOf(pool.Number), dividend.Runners, card.Finish, card.RunnerCount, card.ScratchedMask,
                official.PaysNonRunners);
            payables.Add(new PayableCombination(dividend.Rank, dividend.Risk, dividend.Runners, others, dividend.DividendCents, 0));
        }

        return [.. payables];
    }

    private static string? Check(Race card, Pool pool, OfficialPool official, Dividend dividend)
    {
        var type = BetTypes.TypeOf(pool.Number);
        bool hasRisk = BetRules.Find(type) is { HasRisk: true };
        int named = PayableRules.RunnersNamed(pool, dividend.Rank);
        if (named == 0)
        {
            return Say(pool, dividend, "has a rank that the pool does not pay");
        }

        if (dividend.Runners.Length != named)
        {
            return Say(pool, dividend, $"does not name {named} runners");
        }

        if (hasRisk ? !pool.Risks.Contains(dividend.Risk) || dividend.Risk < named : dividend.Risk != 0)
        {
            return Say(pool, dividend, "has a risk that the pool does not take");
        }

        if (dividend.DividendCents < UnitCents)
        {
            return Say(pool, dividend, "is below 1.00");
        }

        if (dividend.DividendCents > DividendCentsMax)
        {
            return Say(pool, dividend, "is above 10,000,000.00");
        }

        bool isBonus = dividend.Rank is PayRank.BonusFour or PayRank.BonusThree;
        return CheckRunners(card, pool, dividend, mayNameNonRunners: official.PaysNonRunners && !hasRisk && !isBonus);
    }

    private static string? CheckRunners(Race card, Pool pool, Dividend dividend, bool mayNameNonRunners)
    {
        uint named = RaceRunners.MaskOf(dividend.Runners.AsSpan().IndexOfAnyExceptInRange((byte)0, card.RunnerCount) < 0 ? dividend.Runners : []);
        int nonRunners = dividend.Runners.AsSpan().Count((byte)0);
        if (named == 0)
        {
            return Say(pool, dividend, "names a runner that is not in the race, or none at all");
        }

        if (BitOperations.PopCount(named) + nonRunners != dividend.Runners.Length)
        {
            return Say(pool, dividend, "names a runner twice");
        }

        if ((named & card.ScratchedMask) != 0)
        {
            return Say(pool, dividend, "names a scratched runner");
        }

        return nonRunners > 0 && !mayNameNonRunners ? Say(pool, dividend, "names a non-runner where none may be") : null;
    }

    /// <summary>True for the same rank and risk on the same runners, in the same order where it is the exact one.</summary>
    private static bool IsSame(PayableCombination payable, Dividend dividend) =>
        payable.Rank == dividend.Rank && payable.Risk == dividend.Risk
        && (payable.Rank == PayRank.Order
            ? WithoutNonRunners(payable.Runners).SequenceEqual(WithoutNonRunners(dividend.Runners))
            : RaceRunners.MaskOf(payable.Runners) == RaceRunners.MaskOf(dividend.Runners));

    private static IEnumerable<byte> WithoutNonRunners(byte[] runners) => runners.Where(static runner => runner != 0);

    private static string Say(Pool pool, Dividend dividend, string what) =>
        $"pool {pool.Number}: the dividend {dividend.Rank} {string.Join('-', dividend.Runners)} {what}";
}
