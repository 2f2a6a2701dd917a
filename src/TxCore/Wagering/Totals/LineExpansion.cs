using System.Numerics;
using TxCore.Protocol;

namespace TxCore.Wagering.Totals;

/// <summary>Takes the unit bets of a line one by one; a struct, so that its code is compiled into the loop.</summary>
internal interface ICombinationSink
{
    /// <summary>Takes a unit bet, by its <see cref="CombinationKey"/>.</summary>
    void Take(ulong key);
}

/// <summary>
/// The unit bets that an accepted line covers (<c>domain.md</c> section 1.5), listed one by one without allocation. The numbers of them are
/// those of <see cref="BetRules"/>. The line was decided: nothing is checked again here.
/// </summary>
internal ref struct LineExpansion
{
    private readonly ulong _prefix;
    private readonly int _unit;
    private readonly Leaf _leaf;
    private readonly ReadOnlySpan<byte> _listed;
    private readonly uint _fixed;
    private readonly uint _from;
    private readonly int _choose;

    /// <summary>Unit bets.</summary>
    public readonly long Count;

    /// <param name="rule">The bet type.</param>
    /// <param name="isOrdered">Order matters in the pool.</param>
    /// <param name="line">The line, of a bet and not of a report.</param>
    /// <param name="named">Its bases, and behind them the runners that the host picked.</param>
    /// <param name="running">The runners that were not scratched when it was accepted: bit n for runner n.</param>
    public LineExpansion(BetRule rule, bool isOrdered, scoped in WagerLineView line, ReadOnlySpan<byte> named, uint running)
    {
        _unit = rule.UnitRunners(line.Risk);
        _prefix = CombinationKey.OfRisk(line.Risk);
        _listed = named;
        uint bases = MaskOf(named);
        switch (line.Formula)
        {
            case Formula.Unit:
                (_fixed, _leaf) = (bases, !isOrdered ? Leaf.Ascending : line.AllOrders ? Leaf.EveryOrder : Leaf.Listed);
                Count = BetRules.Unit(_unit, line.AllOrders);
                break;
            case Formula.Combined:
                (_from, _choose, _leaf) = (bases, _unit, !isOrdered ? Leaf.Ascending : line.AllOrders ? Leaf.EveryOrder : Leaf.Listed);
                Count = BetRules.Combined(_unit, BitOperations.PopCount(bases), line.AllOrders);
                break;
            default:
                _fixed = bases;
                _from = line.Formula == Formula.ReducedField ? MaskOf(line.Associates) : running & ~bases;
                _choose = _unit - BitOperations.PopCount(bases);
                _leaf = !isOrdered ? Leaf.Ascending : line.AllOrders ? Leaf.EveryOrder : Leaf.Placed;
                Count = BetRules.Field(_unit, _choose, BitOperations.PopCount(_from), isOrdered, line.AllOrders);
                break;
        }
    }

    /// <summary>A leg of a report: every pair, or every single one, of its runners.</summary>
    public LineExpansion(BetRule rule, scoped in WagerLeg leg)
    {
        (_unit, _choose, _from, _leaf) = (rule.Runners, rule.Runners, MaskOf(leg.Bases), Leaf.Ascending);
        Count = Combinatorics.Binomial(leg.Bases.Length, _unit);
    }

    /// <summary>What becomes of a set of runners once chosen.</summary>
    private enum Leaf : byte
    {
        /// <summary>One unit bet, its runners ascending.</summary>
        Ascending,

        /// <summary>One unit bet, its runners in the order the line names them.</summary>
        Listed,

        /// <summary>Every order of them is a unit bet.</summary>
        EveryOrder,

        /// <summary>The bases keep their places, the free places take every arrangement of the others.</summary>
        Placed,
    }

    /// <summary>Lists the unit bets.</summary>
    public readonly void List<TSink>(ref TSink sink)
        where TSink : struct, ICombinationSink
    {
        if (_leaf == Leaf.Placed)
        {
            Place(_prefix, 0, _from, ref sink);
        }
        else
        {
            Choose(_fixed, _from, _choose, ref sink);
        }
    }

    /// <summary>The mask of runners; free places count for none.</summary>
    private static uint MaskOf(ReadOnlySpan<byte> runners)
    {
        uint mask = 0;
        foreach (byte runner in runners)
        {
            mask |= 1u << runner;
        }

        return mask & ~1u;
    }

    private readonly void Choose<TSink>(uint chosen, uint from, int missing, ref TSink sink)
        where TSink : struct, ICombinationSink
    {
        if (missing == 0)
        {
            Finish(chosen, ref sink);
            return;
        }

        for (int left = BitOperations.PopCount(from); left >= missing; left--)
        {
            uint next = from & (uint)-(int)from;
            from ^= next;
            Choose(chosen | next, from, missing - 1, ref sink);
        }
    }

    private readonly void Finish<TSink>(uint chosen, ref TSink sink)
        where TSink : struct, ICombinationSink
    {
        switch (_leaf)
        {
            case Leaf.Ascending:
                sink.Take(_prefix | CombinationKey.Pack(chosen));
                break;
            case Leaf.Listed:
                sink.Take(_prefix | PackListed(chosen));
                break;
            default:
                Arrange(0, chosen, ref sink);
                break;
        }
    }

    private readonly ulong PackListed(uint chosen)
    {
        ulong key = 0;
        foreach (byte runner in _listed)
        {
            if ((chosen & (1u << runner)) != 0)
            {
                key = (key << CombinationKey.RunnerBits) | runner;
            }
        }

        return key;
    }

    private readonly void Arrange<TSink>(ulong key, uint left, ref TSink sink)
        where TSink : struct, ICombinationSink
    {
        if (left == 0)
        {
            sink.Take(_prefix | key);
            return;
        }

        for (uint rest = left; rest != 0; rest &= rest - 1)
        {
            int runner = BitOperations.TrailingZeroCount(rest);
            Arrange((key << CombinationKey.RunnerBits) | (uint)runner, left & ~(1u << runner), ref sink);
        }
    }

    private readonly void Place<TSink>(ulong key, int place, uint left, ref TSink sink)
        where TSink : struct, ICombinationSink
    {
        while (place < _listed.Length && _listed[place] != 0)
        {
            key = (key << CombinationKey.RunnerBits) | _listed[place];
            place++;
        }

        if (place == _unit)
        {
            sink.Take(key);
            return;
        }

        for (uint rest = left; rest != 0; rest &= rest - 1)
        {
            int runner = BitOperations.TrailingZeroCount(rest);
            Place((key << CombinationKey.RunnerBits) | (uint)runner, place + 1, left & ~(1u << runner), ref sink);
        }
    }
}
