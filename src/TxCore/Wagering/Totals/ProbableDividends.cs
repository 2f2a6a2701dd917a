using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Totals;

/// <summary>
/// Dividends as they would be if betting ended now: the lowest first, at most <see cref="Wire.DividendsMax"/>. A combination is taken to win
/// alone; net of takeout, with what was carried in, floored to 0.10 and never below 1.10. Scratched runners are left out and their stakes
/// taken for refunded. Place: each runner is taken to be placed with the most backed of the others, which is its worst case, and the gain is
/// split equally (<c>domain.md</c> sections 1.6 and 1.8). Multi: for the first four that a line must contain, one for each risk.
/// </summary>
internal static class ProbableDividends
{
    private const int BasisPoints = 10_000;
    private const int HundredthsPerCent = 100;
    private const long EuroCents = 100;
    private const long MinimumCents = 110;
    private const long StepCents = 10;

    // Section 1.6: places paid by the runners of the official programme, those scratched included.
    private const int PlaceRunnersMin = 4;
    private const int ThreePlacesRunnersMin = 8;

    // Section 1.8: a unit bet of risk 4, 5, 6, 7 earns 1, 1/5, 1/15, 1/35 of the dividend; here in 105ths.
    private const int MultiRunners = 4;
    private static readonly int[] RiskShares = [105, 21, 7, 3];

    /// <summary>The dividends of a pool; none when nothing is staked.</summary>
    public static Dividend[] Of(PoolView pool, CombinationBook book, int runnerCount, uint scratched)
    {
        lock (book.Gate)
        {
            if (book.Table is not { } table)
            {
                return [];
            }

            long net = Net(pool, Refunded(table, scratched));
            return BetTypes.TypeOf(pool.Number) == BetType.Place ? Place(table, net, runnerCount, scratched)
                : book.Rule.HasRisk ? Multi(table, net, pool.Definition.Risks, scratched)
                : Alone(table, net, book.IsOrdered ? PayRank.Order : PayRank.AnyOrder, scratched);
        }
    }

    /// <summary>Published dividends, the lowest first.</summary>
    public static Dividend[] Published(Settlement.PoolSettlement settlement) =>
    [
        .. settlement.Payables.OrderBy(static payable => payable.DividendCents).Take(Wire.DividendsMax)
            .Select(static payable => new Dividend(payable.Rank, payable.Risk, payable.Runners, payable.DividendCents)),
    ];

    private static long Refunded(StakeTable table, uint scratched)
    {
        long refunded = 0;
        if (scratched != 0)
        {
            foreach (ref readonly var slot in table.Slots)
            {
                refunded += (CombinationKey.Mask(slot.Key) & scratched) != 0 ? slot.Stake : 0;
            }
        }

        return refunded;
    }

    private static long Net(PoolView pool, long refunded)
    {
        var stakes = ((Int128)pool.GrossCents * HundredthsPerCent) - refunded;
        return (long)((stakes * (BasisPoints - pool.Definition.TakeoutBasisPoints) / BasisPoints) + ((Int128)pool.CarryInCents * HundredthsPerCent));
    }

    private static Dividend[] Alone(StakeTable table, long net, PayRank rank, uint scratched)
    {
        var top = new MostBacked(Wire.DividendsMax);
        foreach (ref readonly var slot in table.Slots)
        {
            if (slot.Stake > 0 && (CombinationKey.Mask(slot.Key) & scratched) == 0)
            {
                top.Offer(slot.Key, slot.Stake);
            }
        }

        return [.. top.Ranked().Select(one => new Dividend(rank, 0, CombinationKey.Runners(one.Key), Floor((Int128)net * EuroCents / one.Stake)))];
    }

    private static Dividend[] Place(StakeTable table, long net, int runnerCount, uint scratched)
    {
        int places = runnerCount < PlaceRunnersMin ? 0 : runnerCount < ThreePlacesRunnersMin ? 2 : 3;
        if (places == 0)
        {
            return [];
        }

        var backed = new List<StakeSlot>();
        foreach (ref readonly var slot in table.Slots)
        {
            if (slot.Stake > 0 && (CombinationKey.Mask(slot.Key) & scratched) == 0)
            {
                backed.Add(slot);
            }
        }

        backed.Sort(static (one, other) => (-one.Stake, one.Key).CompareTo((-other.Stake, other.Key)));
        return [.. backed.Select(one => new Dividend(PayRank.AnyOrder, 0, CombinationKey.Runners(one.Key), PlaceCents(backed, one, net, places)))];
    }

    private static long PlaceCents(List<StakeSlot> backed, StakeSlot one, long net, int places)
    {
        long winning = one.Stake;
        int winners = 1;
        for (int i = 0; i < backed.Count && winners < places; i++)
        {
            if (backed[i].Key != one.Key)
            {
                winning += backed[i].Stake;
                winners++;
            }
        }

        var gain = Int128.Max(0, (Int128)net - winning);
        return Floor(EuroCents + (gain * EuroCents / winners / one.Stake));
    }

    private static Dividend[] Multi(StakeTable table, long net, byte[] risks, uint scratched)
    {
        var fours = new StakeTable(CombinationBook.CombinationsMax);
        foreach (ref readonly var slot in table.Slots)
        {
            byte risk = CombinationKey.Risk(slot.Key);
            if (slot.Stake > 0 && (CombinationKey.Mask(slot.Key) & scratched) == 0 && ShareOf(risk) is var share and not 0)
            {
                AddFours(fours, CombinationKey.Runners(slot.Key), checked(slot.Stake * share));
            }
        }

        byte[] paid = [.. risks.Where(static risk => ShareOf(risk) != 0)];
        var top = new MostBacked(Wire.DividendsMax / Math.Max(1, paid.Length));
        foreach (ref readonly var slot in fours.Slots)
        {
            if (slot.Stake > 0)
            {
                top.Offer(slot.Key, slot.Stake);
            }
        }

        return
        [
            .. top.Ranked().SelectMany(_ => paid, (four, risk) => new Dividend(
                PayRank.AnyOrder, risk, CombinationKey.Runners(four.Key), Floor((Int128)net * EuroCents * ShareOf(risk) / four.Stake)))
                .OrderBy(static dividend => dividend.DividendCents),
        ];
    }

    private static int ShareOf(byte risk) => risk is >= MultiRunners and < MultiRunners + 4 ? RiskShares[risk - MultiRunners] : 0;

    private static void AddFours(StakeTable fours, byte[] set, long weight)
    {
        for (int first = 0; first < set.Length; first++)
        {
            for (int second = first + 1; second < set.Length; second++)
            {
                for (int third = second + 1; third < set.Length; third++)
                {
                    for (int fourth = third + 1; fourth < set.Length; fourth++)
                    {
                        fours.TryAdd(CombinationKey.Pack([set[first], set[second], set[third], set[fourth]]), weight);
                    }
                }
            }
        }
    }

    private static long Floor(Int128 cents) => Math.Max(MinimumCents, (long)Int128.Min(cents - (cents % StepCents), long.MaxValue));

    /// <summary>Keeps the most backed combinations out of many.</summary>
    private sealed class MostBacked(int max)
    {
        private readonly PriorityQueue<StakeSlot, (long Stake, long Key)> _kept = new();

        public void Offer(ulong key, long stake)
        {
            var slot = new StakeSlot { Key = key, Stake = stake };
            if (_kept.Count < max)
            {
                _kept.Enqueue(slot, (stake, -(long)key));
            }
            else if (_kept.Peek().Stake is var least && (stake > least || (stake == least && key < _kept.Peek().Key)))
            {
                _kept.DequeueEnqueue(slot, (stake, -(long)key));
            }
        }

        /// <summary>The most backed first; of the same stake, in order of their runners.</summary>
        public StakeSlot[] Ranked() =>
            [.. _kept.UnorderedItems.OrderByDescending(static one => one.Priority).Select(static one => one.Element)];
    }
}
