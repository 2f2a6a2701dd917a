using System.Numerics;
using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// The unit bets a line covers, counted in closed form (<c>domain.md</c> sections 1.5 to 1.7): nothing is enumerated or allocated, so that
/// the deciding thread may use it. A line covers the runner sets B + X, X being any k - b of the runners A, and a number of orders of each.
/// </summary>
/// <remarks>
/// Complement (section 1.2, rule 6b): when a runner named by the line was scratched after the ticket was taken, and the complement was not,
/// the complement takes its place before anything is counted. In a unit or combined line it is appended at the end and the others move up;
/// in a field formula places are fixed, so that it takes the very place of the base; an associate is replaced only when no base is
/// scratched. One complement replaces one runner: the first scratched one in the order of the line. In a total field the base it replaced
/// goes to the field, so that the number of unit bets stays what was paid; the bets with it are scratched ones.
/// </remarks>
public ref struct LineCoverage
{
    private readonly RaceRunners _runners;
    private readonly Formula _formula;
    private readonly bool _isOrdered;
    private readonly bool _allOrders;
    private readonly byte _risk;
    private readonly int _unit;
    private readonly uint _bases;
    private readonly uint _from;
    private readonly int _free;
    private readonly long _ordersPerSet;
    private LinePlaces _places;

    /// <summary>The coverage of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="picks">The runners that the host picked for it: they follow the bases named.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="rule">Its bet type.</param>
    /// <param name="runners">The runners as its ticket sees them.</param>
    public LineCoverage(in WagerLineView line, ReadOnlySpan<byte> picks, Pool pool, BetRule rule, RaceRunners runners)
    {
        _runners = runners;
        _formula = line.Formula;
        _isOrdered = pool.IsOrdered;
        _allOrders = line.AllOrders;
        _risk = rule.HasRisk ? line.Risk : (byte)0;
        _unit = rule.UnitRunners(line.Risk);
        _places.Add(line.Bases, withFreePlaces: picks.IsEmpty);
        _places.Add(picks, withFreePlaces: false);
        uint associates = RaceRunners.MaskOf(line.Associates);
        if (line.Complement != 0 && pool.TakesComplement)
        {
            UseComplement(line.Complement, ref associates);
        }

        uint named = _places.Mask();
        _bases = _formula == Formula.Combined ? 0 : named;
        _from = _formula switch
        {
            Formula.Combined => named,
            Formula.ReducedField => associates,
            Formula.TotalField => runners.All & ~runners.ScratchedBefore & ~named,
            _ => 0,
        };
        _free = _unit - BitOperations.PopCount(_bases);
        _ordersPerSet = OrdersPerSet();
    }

    /// <summary>The coverage of a leg of a report: all combinations of its runners, in any order.</summary>
    internal LineCoverage(ReadOnlySpan<byte> bases, int unit, RaceRunners runners)
    {
        _runners = runners;
        _formula = Formula.Combined;
        _unit = unit;
        _free = unit;
        _places.Add(bases, withFreePlaces: false);
        _from = _places.Mask();
        _ordersPerSet = 1;
    }

    private readonly bool IsField => _formula is Formula.ReducedField or Formula.TotalField;

    /// <summary>Unit bets of the line: what the rules of acceptance counted.</summary>
    public readonly long Units => Combinatorics.Binomial(BitOperations.PopCount(_from), _free) * _ordersPerSet;

    /// <summary>Unit bets that name a runner scratched by now.</summary>
    public readonly long UnitsScratched
    {
        get
        {
            if ((_bases & _runners.ScratchedNow) != 0)
            {
                return Units;
            }

            int running = BitOperations.PopCount(_from & ~_runners.ScratchedNow);
            return Units - (Combinatorics.Binomial(running, _free) * _ordersPerSet);
        }
    }

    /// <summary>
    /// Unit bets that a payable combination rewards. Among the pool's other combinations those for an exact order are looked at: a disorder
    /// rewards every order of its runners but the exact ones, of which a dead heat makes several.
    /// </summary>
    /// <param name="payable">The combination.</param>
    /// <param name="pool">All payable combinations of the pool.</param>
    public readonly long UnitsOn(PayableCombination payable, ReadOnlySpan<PayableCombination> pool)
    {
        if (payable.Risk != _risk)
        {
            return 0;
        }

        return payable.Rank switch
        {
            PayRank.Order => OrdersOn(payable),
            PayRank.Disorder => DisordersOn(payable, pool),
            _ => SetsOn(RaceRunners.MaskOf(payable.Runners), payable.Others) * _ordersPerSet,
        };
    }

    private void UseComplement(byte complement, ref uint associates)
    {
        uint scratched = _runners.ScratchedNow & ~_runners.ScratchedBefore;
        if (scratched == 0 || (_runners.ScratchedNow & (1u << complement)) != 0)
        {
            return;
        }

        int index = _places.FirstIn(scratched);
        if (index >= 0 && IsField)
        {
            _places.Replace(index, complement);
        }
        else if (index >= 0)
        {
            _places.PushUp(index, complement);
        }
        else if ((associates & scratched) is var gone and not 0)
        {
            // Which of the associates goes does not matter for what runs: they have no order, and one complement replaces one.
            associates = (associates & ~(1u << BitOperations.TrailingZeroCount(gone))) | (1u << complement);
        }
    }

    private readonly long OrdersPerSet()
    {
        if (_allOrders)
        {
            return Combinatorics.Factorial(_unit);
        }

        return _isOrdered && IsField ? Combinatorics.Factorial(_free) : 1;
    }

    /// <summary>Runner sets of the line that hold all of <paramref name="required"/> and else only some of <paramref name="others"/>.</summary>
    private readonly long SetsOn(uint required, uint others)
    {
        uint chosen = required & ~_bases;
        if ((chosen & ~_from) != 0 || (_bases & ~required & ~others) != 0)
        {
            return 0;
        }

        int left = _free - BitOperations.PopCount(chosen);
        return Combinatorics.Binomial(BitOperations.PopCount(_from & others & ~required), left);
    }

    /// <summary>Orders of the line in which the runners come in exactly the payable's sequence; non-runners may stand anywhere between.</summary>
    private readonly long OrdersOn(PayableCombination payable)
    {
        uint required = RaceRunners.MaskOf(payable.Runners);
        long sets = _isOrdered ? SetsOn(required, payable.Others) : 0;
        if (sets == 0)
        {
            return 0;
        }

        int runners = BitOperations.PopCount(required);
        if (_allOrders)
        {
            return sets * _ordersPerSet / Combinatorics.Factorial(runners);
        }

        if (!IsField)
        {
            return _places.HasInOrder(payable.Runners) ? sets : 0;
        }

        int left = _free - BitOperations.PopCount(required & ~_bases);
        return sets * Combinatorics.Factorial(left) * Placements(payable.Runners, runners);
    }

    private readonly long DisordersOn(PayableCombination payable, ReadOnlySpan<PayableCombination> pool)
    {
        uint required = RaceRunners.MaskOf(payable.Runners);
        long units = SetsOn(required, payable.Others) * _ordersPerSet;
        if (units == 0)
        {
            return 0;
        }

        bool hasOwn = false;
        foreach (var other in pool)
        {
            if (other.Rank == PayRank.Order && other.Others == payable.Others && RaceRunners.MaskOf(other.Runners) == required)
            {
                units -= OrdersOn(other);
                hasOwn |= IsSameOrder(other.Runners, payable.Runners);
            }
        }

        return hasOwn ? units : units - OrdersOn(payable);
    }

    /// <summary>True for the same runners in the same order, wherever non-runners stand between them.</summary>
    private static bool IsSameOrder(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int at = 0;
        foreach (byte runner in first)
        {
            if (runner == 0)
            {
                continue;
            }

            while (at < second.Length && second[at] == 0)
            {
                at++;
            }

            if (at == second.Length || second[at++] != runner)
            {
                return false;
            }
        }

        return at == second.Length || !second[at..].ContainsAnyExcept((byte)0);
    }

    /// <summary>
    /// Ways to put the runners of a sequence into the free places of a field so that, with the bases where they are, they come in that
    /// order; the free places left over belong to others. Walks the places once and keeps, for every length, the ways to have that much.
    /// </summary>
    private readonly long Placements(ReadOnlySpan<byte> sequence, int runners)
    {
        Span<long> ways = stackalloc long[runners + 1];
        ways.Clear();
        ways[0] = 1;
        uint required = RaceRunners.MaskOf(sequence);
        for (int place = 0; place < _unit; place++)
        {
            byte named = _places[place];
            if (named == 0 || (required & (1u << named)) != 0)
            {
                Advance(ways, sequence, named);
            }
        }

        return ways[runners];
    }

    /// <summary>One place more: a base in its turn, or in a free place either the runner whose turn it is or another.</summary>
    private readonly void Advance(Span<long> ways, ReadOnlySpan<byte> sequence, byte named)
    {
        int length = ways.Length - 1;
        for (int i = sequence.Length - 1; i >= 0; i--)
        {
            byte runner = sequence[i];
            if (runner == 0)
            {
                continue;
            }

            bool comesHere = named == 0 ? (_bases & (1u << runner)) == 0 : runner == named;
            ways[length] = (named == 0 ? ways[length] : 0) + (comesHere ? ways[length - 1] : 0);
            length--;
        }

        ways[0] = named == 0 ? ways[0] : 0;
    }
}
