using System.Numerics;

namespace TxCore.Wagering.Totals;

/// <summary>A combination and the stakes on it, in hundredths of a cent.</summary>
internal struct StakeSlot
{
    /// <summary>The combination (<see cref="CombinationKey"/>); 0 for a free slot.</summary>
    public ulong Key;

    /// <summary>Stakes, in hundredths of a cent.</summary>
    public long Stake;
}

/// <summary>
/// Stakes by combination: open addressing in one array of 16 bytes a slot, at most half full. A combination whose stakes were all taken back
/// keeps its slot until the table grows next. Not thread-safe.
/// </summary>
internal sealed class StakeTable(int combinationsMax)
{
    private const int SlotsMin = 16;
    private readonly uint _slotsMax = BitOperations.RoundUpToPowerOf2((uint)combinationsMax * 2);
    private StakeSlot[] _slots = new StakeSlot[SlotsMin];
    private int _shift = 64 - BitOperations.Log2(SlotsMin);
    private int _used;

    /// <summary>All slots, the free ones too.</summary>
    public ReadOnlySpan<StakeSlot> Slots => _slots;

    /// <summary>Stakes on a combination; 0 for none.</summary>
    public long this[ulong key] => _slots[Find(key)].Stake;

    /// <summary>Adds stakes, or takes them out again; false when the table is full.</summary>
    public bool TryAdd(ulong key, long stake)
    {
        ref var slot = ref _slots[Find(key)];
        if (slot.Key == 0)
        {
            if (_used * 2 >= _slots.Length)
            {
                return TryGrow() && TryAdd(key, stake);
            }

            slot.Key = key;
            _used++;
        }

        slot.Stake = checked(slot.Stake + stake);
        return true;
    }

    /// <summary>Combinations with stakes.</summary>
    public int CountStaked()
    {
        int count = 0;
        foreach (ref readonly var slot in Slots)
        {
            count += slot.Stake != 0 ? 1 : 0;
        }

        return count;
    }

    private int Find(ulong key)
    {
        int mask = _slots.Length - 1;
        int at = (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);
        while (_slots[at].Key is var found and not 0 && found != key)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    private bool TryGrow()
    {
        int staked = CountStaked();
        if (staked >= combinationsMax)
        {
            return false;
        }

        var old = _slots;
        _slots = new StakeSlot[Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(staked + 1) * 3), SlotsMin, _slotsMax)];
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
        _used = 0;
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.Stake != 0)
            {
                _slots[Find(slot.Key)] = slot;
                _used++;
            }
        }

        return true;
    }
}
