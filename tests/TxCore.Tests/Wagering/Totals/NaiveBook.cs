using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Totals;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>Unit bets by their definition: every order of every set of runners, kept when the line covers it.</summary>
internal static class NaiveBook
{
    public static List<ulong> Combinations(WagerLine line, bool isOrdered, byte[] named, byte[] running)
    {
        int unit = BetRules.Find(BetTypes.TypeOf(line.Pool))!.Value.UnitRunners(line.Risk);
        byte[] bases = [.. named.Where(static runner => runner != 0)];
        byte[] others = line.Formula switch
        {
            Formula.ReducedField => line.Associates,
            Formula.TotalField => [.. running.Except(bases)],
            _ => [],
        };
        byte[] universe = [.. bases, .. others];
        var candidates = isOrdered ? Orders(universe, unit) : Sets(universe, unit);
        return [.. candidates.Where(IsCovered).Select(one => CombinationKey.OfRisk(line.Risk) | CombinationKey.Pack(one))];

        bool IsCovered(byte[] one)
        {
            bool isField = line.Formula is Formula.ReducedField or Formula.TotalField;
            if (isField && !bases.All(one.Contains))
            {
                return false;
            }

            if (!isOrdered || line.AllOrders)
            {
                return true;
            }

            return isField
                ? one.Zip(named).All(static place => place.Second == 0 || place.First == place.Second)
                : one.Zip(one.Skip(1)).All(next => Array.IndexOf(bases, next.First) < Array.IndexOf(bases, next.Second));
        }
    }

    private static IEnumerable<byte[]> Sets(byte[] universe, int unit)
    {
        byte[] sorted = [.. universe.Order()];
        for (uint chosen = 0; chosen < 1u << sorted.Length; chosen++)
        {
            if (BitOperations.PopCount(chosen) == unit)
            {
                yield return [.. sorted.Where((_, at) => (chosen & (1u << at)) != 0)];
            }
        }
    }

    private static IEnumerable<byte[]> Orders(byte[] universe, int unit)
    {
        if (unit == 0)
        {
            yield return [];
            yield break;
        }

        foreach (byte first in universe)
        {
            foreach (byte[] rest in Orders([.. universe.Where(runner => runner != first)], unit - 1))
            {
                yield return [first, .. rest];
            }
        }
    }
}
