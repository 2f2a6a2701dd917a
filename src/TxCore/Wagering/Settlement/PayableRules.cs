using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Settlement;

/// <summary>The payable combinations of a pool as its result tells them, without dividends yet.</summary>
/// <param name="IsRefunded">The pool is refunded whole: too few runners, or too few of them classified, for the bet.</param>
/// <param name="Payables">The combinations; none when it is refunded.</param>
/// <param name="Fault">Why none can be told: a dead heat makes more of them than a pool may have; else null.</param>
public sealed record PoolPayables(bool IsRefunded, PayableCombination[] Payables, string? Fault = null);

/// <summary>
/// Which combinations are payable (<c>domain.md</c> sections 1.3, 1.6). Where the text is silent: a pool whose bet names more runners than
/// are classified is refunded, except pairs of the first three or four, which need two; a scratched runner is never payable here (its unit
/// bets are refunded); a pool of an order bet that is defined without order pays its runners in any order.
/// </summary>
public static class PayableRules
{
    /// <summary>Most payable combinations of a pool.</summary>
    public const int PayablesMax = Wire.DividendsMax;

    // Section 1.6: paid places of Simple place by the runners of the official programme, those scratched included.
    private const int PlaceRunnersMin = 4;
    private const int ThreePlacesRunnersMin = 8;

    // Section 1.6: 2sur4 is refunded when fewer ran.
    private const int TwoOfFourRanMin = 5;

    // Multi and Mini-Multi: the first four must be among the runners named; seven may be named at most.
    private const int MultiRunners = 4;
    private const int RiskMax = 7;

    /// <summary>The payable combinations of a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="finish">The result; runners of a dead heat share a place.</param>
    /// <param name="declaredRunners">Runners of the official programme.</param>
    /// <param name="scratched">Bit n set: runner n is scratched.</param>
    public static PoolPayables Of(Pool pool, FinishPlace[] finish, int declaredRunners, uint scratched)
    {
        var order = new FinishOrder(finish, scratched);
        uint running = new RaceRunners(declaredRunners, 0, scratched).All & ~scratched;
        var found = Find(pool, order, declaredRunners, running);
        return found.Count > PayablesMax
            ? new PoolPayables(false, [], $"pool {pool.Number}: the dead heats make more than {PayablesMax} payable combinations")
            : new PoolPayables(found.Count == 0, [.. found]);
    }

    /// <summary>Runners that a unit bet's payable combination of a rank names; 0 when the bet type has no such rank.</summary>
    public static int RunnersNamed(Pool pool, PayRank rank)
    {
        var type = BetTypes.TypeOf(pool.Number);
        if (BetRules.Find(type) is not { } rule)
        {
            return 0;
        }

        int unit = rule.HasRisk ? MultiRunners : rule.Runners;
        return rank switch
        {
            PayRank.AnyOrder => pool.IsOrdered && PaysOrder(type) ? 0 : unit,
            PayRank.Order => pool.IsOrdered && PaysOrder(type) ? unit : 0,
            PayRank.Disorder => pool.IsOrdered && PaysDisorder(type) ? unit : 0,
            PayRank.BonusFour => type == BetType.QuintePlus ? 4 : 0,
            PayRank.BonusThree => type is BetType.QuintePlus or BetType.QuartePlus ? 3 : 0,
            _ => 0,
        };
    }

    /// <summary>
    /// The runners that may fill the places a payable combination leaves open: non-runners where it names any; for a bonus those worse than
    /// fifth (bonus four) or fourth (bonus three), fallen ones too, never scratched ones; for a multi all others, and the scratched ones
    /// only where their bets compete for dividends.
    /// </summary>
    public static uint OthersOf(
        PayRank rank, BetType type, ReadOnlySpan<byte> runners, FinishPlace[] finish, int declaredRunners, uint scratched, bool paysNonRunners)
    {
        uint running = new RaceRunners(declaredRunners, 0, scratched).All & ~scratched;
        var order = new FinishOrder(finish, scratched);
        return rank switch
        {
            PayRank.BonusFour => running & ~order.Within(5),
            PayRank.BonusThree => running & ~order.Within(4),
            _ when runners.Contains((byte)0) => scratched,
            _ when type is BetType.Multi or BetType.MiniMulti => running | (paysNonRunners ? scratched : 0),
            _ => 0,
        };
    }

    private static List<PayableCombination> Find(Pool pool, FinishOrder order, int declaredRunners, uint running)
    {
        var type = BetTypes.TypeOf(pool.Number);
        return type switch
        {
            BetType.Win => AnyOrder([.. order.Runners(1).Select(static runner => new[] { runner })]),
            BetType.Place => AnyOrder([.. order.Runners(PaidPlaces(declaredRunners)).Select(static runner => new[] { runner })]),
            BetType.QuinellaPlace => AnyOrder(order.Pairs(3)),
            BetType.TwoOfFour => AnyOrder(BitOperations.PopCount(running) < TwoOfFourRanMin ? [] : order.Pairs(4)),
            BetType.Multi or BetType.MiniMulti => Multi(pool, order, running),
            _ when BetRules.Find(type) is { } rule => FirstOnes(pool, type, rule.Runners, order, running),
            _ => [],
        };
    }

    private static int PaidPlaces(int declaredRunners) => declaredRunners switch
    {
        < PlaceRunnersMin => 0,
        < ThreePlacesRunnersMin => 2,
        _ => 3,
    };

    /// <summary>Bets on the first k: in their exact order, in any, or both, and the bonuses of Quarte+ and Quinte+.</summary>
    private static List<PayableCombination> FirstOnes(Pool pool, BetType type, int unit, FinishOrder order, uint running)
    {
        var sets = order.Sets(unit, PayablesMax);
        if (sets.Count == 0)
        {
            return [];
        }

        if (!pool.IsOrdered || !PaysOrder(type))
        {
            var found = AnyOrder(sets);
            AddBonuses(type, order, running, found);
            return found;
        }

        List<PayableCombination> payables =
            [.. order.Sequences(unit, PayablesMax).Select(static runners => new PayableCombination(PayRank.Order, 0, runners, 0, 0, 0))];
        if (PaysDisorder(type))
        {
            payables.AddRange(sets.Select(static runners => new PayableCombination(PayRank.Disorder, 0, runners, 0, 0, 0)));
            AddBonuses(type, order, running, payables);
        }

        return payables;
    }

    private static void AddBonuses(BetType type, FinishOrder order, uint running, List<PayableCombination> payables)
    {
        if (type == BetType.QuintePlus)
        {
            AddBonus(PayRank.BonusFour, order.Sets(4, PayablesMax), running & ~order.Within(5), payables);
        }

        if (type is BetType.QuintePlus or BetType.QuartePlus)
        {
            AddBonus(PayRank.BonusThree, order.Sets(3, PayablesMax), running & ~order.Within(4), payables);
        }
    }

    private static void AddBonus(PayRank rank, List<byte[]> sets, uint others, List<PayableCombination> payables) =>
        payables.AddRange(sets.Select(runners => new PayableCombination(rank, 0, runners, others, 0, 0)));

    private static List<PayableCombination> Multi(Pool pool, FinishOrder order, uint running)
    {
        var payables = new List<PayableCombination>();
        foreach (byte[] runners in order.Sets(MultiRunners, PayablesMax))
        {
            payables.AddRange(pool.Risks.Where(static risk => risk is >= MultiRunners and <= RiskMax).Distinct().Order()
                .Select(risk => new PayableCombination(PayRank.AnyOrder, risk, runners, running, 0, 0)));
        }

        return payables;
    }

    private static List<PayableCombination> AnyOrder(List<byte[]> sets) =>
        [.. sets.Select(static runners => new PayableCombination(PayRank.AnyOrder, 0, runners, 0, 0, 0))];

    private static bool PaysOrder(BetType type) => type is BetType.Exacta or BetType.Trifecta or BetType.SuperFour || PaysDisorder(type);

    private static bool PaysDisorder(BetType type) => type is BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus;
}
