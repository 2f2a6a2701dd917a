using System.Runtime.CompilerServices;

namespace TxCore.Wagering.Settlement;

/// <summary>The runners a line names, in its own order and without allocation; 0 is a free place of a field formula.</summary>
internal struct LinePlaces
{
    // Bases of a line and runners picked for it, 31 each at most.
    private const int Capacity = 64;

    private Buffer _runners;
    private int _count;

    /// <summary>Runners and free places.</summary>
    public readonly int Count => _count;

    /// <summary>The runner at an index; 0 for a free place, also behind the last one named.</summary>
    public readonly byte this[int index] => index < _count ? _runners[index] : (byte)0;

    /// <summary>Appends a runner or a free place.</summary>
    public void Add(byte runner) => _runners[_count++] = runner;

    /// <summary>Appends runners; free places among them only where they count.</summary>
    public void Add(ReadOnlySpan<byte> runners, bool withFreePlaces)
    {
        foreach (byte runner in runners)
        {
            if (runner != 0 || withFreePlaces)
            {
                Add(runner);
            }
        }
    }

    /// <summary>The mask of the runners named.</summary>
    public readonly uint Mask()
    {
        uint mask = 0;
        for (int i = 0; i < _count; i++)
        {
            mask |= 1u << _runners[i];
        }

        return mask & ~1u;
    }

    /// <summary>Index of the first runner that is in <paramref name="mask"/>; -1 when none is.</summary>
    public readonly int FirstIn(uint mask)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_runners[i] != 0 && (mask & (1u << _runners[i])) != 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts a runner in the place of another.</summary>
    public void Replace(int index, byte runner) => _runners[index] = runner;

    /// <summary>Takes a runner out, moves those behind it up, and appends another ("poussette").</summary>
    public void PushUp(int index, byte runner)
    {
        for (int i = index; i < _count - 1; i++)
        {
            _runners[i] = _runners[i + 1];
        }

        _runners[_count - 1] = runner;
    }

    /// <summary>True when the runners of <paramref name="sequence"/> stand here in that relative order; 0 in it is passed over.</summary>
    public readonly bool HasInOrder(ReadOnlySpan<byte> sequence)
    {
        int from = 0;
        foreach (byte runner in sequence)
        {
            if (runner == 0)
            {
                continue;
            }

            while (from < _count && _runners[from] != runner)
            {
                from++;
            }

            if (from == _count)
            {
                return false;
            }

            from++;
        }

        return true;
    }

    [InlineArray(Capacity)]
    private struct Buffer
    {
        private byte _first;
    }
}
