using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// The first places of a result, whichever way its dead heats are resolved: a dead heat stands for every order of its runners, so a set or
/// sequence is among the first n when some resolution puts it there. All dead-heat rules of <c>domain.md</c> section 1.6 follow from that.
/// </summary>
internal readonly struct FinishOrder
{
    private readonly FinishPlace[] _finish;

    /// <summary>Sorts a result by place; scratched runners are left out.</summary>
    public FinishOrder(FinishPlace[] finish, uint scratched) => _finish =
        [.. finish.Where(place => (scratched & (1u << place.Runner)) == 0).OrderBy(static place => place.Place).ThenBy(static place => place.Runner)];

    /// <summary>Runners classified.</summary>
    public int Count => _finish.Length;

    /// <summary>Runners that share one of the first <paramref name="places"/> places, as a mask.</summary>
    public uint Within(int places) => RaceRunners.MaskOf(Runners(places));

    /// <summary>Runners that share one of the first <paramref name="places"/> places, in the order of finish.</summary>
    public byte[] Runners(int places) => [.. _finish.Where(place => place.Place <= places).Select(static place => place.Runner)];

    /// <summary>
    /// The pairs that can both be among the first <paramref name="places"/>; two of one dead heat only where it reaches over two of them.
    /// </summary>
    public List<byte[]> Pairs(int places)
    {
        var pairs = new List<byte[]>();
        for (int first = 0; first < _finish.Length; first++)
        {
            for (int second = first + 1; second < _finish.Length && _finish[second].Place <= places; second++)
            {
                if (_finish[first].Place != _finish[second].Place || _finish[first].Place < places)
                {
                    pairs.Add([_finish[first].Runner, _finish[second].Runner]);
                }
            }
        }

        return pairs;
    }

    /// <summary>
    /// The sets that can be the first <paramref name="length"/>, each in an order of finish; one more than <paramref name="most"/> at most.
    /// </summary>
    public List<byte[]> Sets(int length, int most) => Resolve(length, most, inEveryOrder: false);

    /// <summary>The sequences that can be the first <paramref name="length"/>; one more than <paramref name="most"/> at most.</summary>
    public List<byte[]> Sequences(int length, int most) => Resolve(length, most, inEveryOrder: true);

    private List<byte[]> Resolve(int length, int most, bool inEveryOrder)
    {
        var found = new List<byte[]>();
        if (length <= _finish.Length)
        {
            Extend(new int[length], 0, 0, inEveryOrder, most, found);
        }

        return found;
    }

    private void Extend(int[] chosen, int count, uint used, bool inEveryOrder, int most, List<byte[]> found)
    {
        if (count == chosen.Length)
        {
            var finish = _finish;
            found.Add([.. chosen.Select(index => finish[index].Runner)]);
            return;
        }

        int next = 0;
        while ((used & (1u << next)) != 0)
        {
            next++;
        }

        if (!inEveryOrder && count > 0 && _finish[chosen[count - 1]].Place == _finish[next].Place)
        {
            next = Math.Max(next, chosen[count - 1]);
        }

        // The place of the whole group; where only sets count, its runners are taken in rising order alone.
        for (int index = next; index < _finish.Length && _finish[index].Place == _finish[next].Place && found.Count <= most; index++)
        {
            bool isBehind = inEveryOrder || count == 0 || index > chosen[count - 1];
            if ((used & (1u << index)) == 0 && isBehind)
            {
                chosen[count] = index;
                Extend(chosen, count + 1, used | (1u << index), inEveryOrder, most, found);
            }
        }
    }
}
