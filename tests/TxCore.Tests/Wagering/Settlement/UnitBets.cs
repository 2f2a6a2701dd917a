using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>The plain way to tell what a line covers: every unit bet written out, in its order where order matters.</summary>
internal static class UnitBets
{
    public static List<byte[]> Of(WagerLine line, byte[] picks, Pool pool, BetRule rule, RaceRunners runners)
    {
        int unit = rule.UnitRunners(line.Risk);
        List<byte> named = [.. picks.Length == 0 ? line.Bases : line.Bases.Where(static runner => runner != 0), .. picks];
        List<byte> associates = [.. line.Associates];
        bool isField = line.Formula is Formula.ReducedField or Formula.TotalField;
        UseComplement(line, pool, runners, isField, named, associates);
        byte[] bases = [.. named.Where(static runner => runner != 0)];
        if (line.Formula == Formula.TotalField)
        {
            associates = [.. Enumerable.Range(1, runners.Count).Select(static runner => (byte)runner).Where(runner => !Has(runners.ScratchedBefore, runner) && !bases.Contains(runner))];
        }

        List<byte[]> bets = line.Formula switch
        {
            Formula.Unit => [bases],
            Formula.Combined => [.. Choose(bases, unit)],
            _ when pool.IsOrdered && !line.AllOrders =>
                [.. Choose([.. associates], unit - bases.Length).SelectMany(Permute).Select(chosen => Fill(named, unit, chosen))],
            _ => [.. Choose([.. associates], unit - bases.Length).Select(chosen => (byte[])[.. bases, .. chosen])],
        };
        return line.AllOrders ? [.. bets.SelectMany(Permute)] : bets;
    }

    public static bool IsRewarded(byte[] bet, PayableCombination payable, PayableCombination[] pool, bool isOrdered)
    {
        byte[] required = [.. payable.Runners.Where(static runner => runner != 0)];
        if (required.Except(bet).Any() || bet.Except(required).Any(runner => !Has(payable.Others, runner)))
        {
            return false;
        }

        byte[] sequence = [.. bet.Where(required.Contains)];
        return payable.Rank switch
        {
            PayRank.Order => isOrdered && sequence.SequenceEqual(required),
            PayRank.Disorder => !sequence.SequenceEqual(required)
                && !pool.Any(other => other.Rank == PayRank.Order && other.Others == payable.Others
                    && other.Runners.Where(static runner => runner != 0).SequenceEqual(sequence)),
            _ => true,
        };
    }

    public static bool Has(uint mask, byte runner) => (mask & (1u << runner)) != 0;

    public static IEnumerable<byte[]> Choose(byte[] from, int count)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        for (int i = 0; i <= from.Length - count; i++)
        {
            foreach (byte[] rest in Choose(from[(i + 1)..], count - 1))
            {
                yield return [from[i], .. rest];
            }
        }
    }

    public static IEnumerable<byte[]> Permute(byte[] runners)
    {
        if (runners.Length == 0)
        {
            yield return [];
        }

        for (int i = 0; i < runners.Length; i++)
        {
            foreach (byte[] rest in Permute([.. runners[..i], .. runners[(i + 1)..]]))
            {
                yield return [runners[i], .. rest];
            }
        }
    }

    private static byte[] Fill(List<byte> places, int unit, byte[] chosen)
    {
        byte[] bet = new byte[unit];
        int next = 0;
        for (int place = 0; place < unit; place++)
        {
            bet[place] = place < places.Count && places[place] != 0 ? places[place] : chosen[next++];
        }

        return bet;
    }

    private static void UseComplement(WagerLine line, Pool pool, RaceRunners runners, bool isField, List<byte> named, List<byte> associates)
    {
        bool IsGone(byte runner) => runner != 0 && Has(runners.ScratchedNow, runner) && !Has(runners.ScratchedBefore, runner);
        if (line.Complement == 0 || !pool.TakesComplement || Has(runners.ScratchedNow, line.Complement))
        {
            return;
        }

        int index = named.FindIndex(IsGone);
        if (index >= 0 && isField)
        {
            named[index] = line.Complement;
        }
        else if (index >= 0)
        {
            named.RemoveAt(index);
            named.Add(line.Complement);
        }
        else if (associates.FindIndex(IsGone) is var associate and >= 0)
        {
            associates[associate] = line.Complement;
        }
    }
}
