using TxCore.Protocol;

namespace TxCore.Ticketing.Draws;

/// <summary>What is known of an entry beyond its key.</summary>
[Flags]
public enum EntryFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The person withdrew.</summary>
    Withdrawn = 1,

    /// <summary>The person is excluded.</summary>
    Excluded = 2,

    /// <summary>The person has held seats in the slot.</summary>
    Arrived = 4,

    /// <summary>The person has bought seats in the slot.</summary>
    Bought = 8,
}

/// <summary>
/// The entries of a draw in the order of registration, found by key. Its tables are as large from the start as the draw may become, so
/// that no registration ever waits for them to grow: 6 to 12 bytes for each entry that it may have, and 33 for each it has.
/// </summary>
public sealed class DrawEntries
{
    private static readonly ulong Seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
    private readonly int[] _slots;
    private readonly byte[] _flags;
    private readonly int _mask;

    /// <summary>Makes room for so many entries.</summary>
    public DrawEntries(int entriesMax)
    {
        Max = entriesMax;
        int slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, entriesMax + (entriesMax / 2)));
        _slots = new int[slots];
        _mask = slots - 1;
        _flags = new byte[entriesMax];
    }

    /// <summary>Most entries.</summary>
    public int Max { get; }

    /// <summary>The keys, by index.</summary>
    public PersonKeyList Keys { get; } = new();

    /// <summary>Entries, struck ones included.</summary>
    public int Count => Keys.Count;

    /// <summary>Struck entries.</summary>
    public int StruckCount { get; private set; }

    /// <summary>What is known of an entry.</summary>
    public EntryFlags this[int index]
    {
        get => (EntryFlags)_flags[index];
        set
        {
            StruckCount += (IsStruck(value) ? 1 : 0) - (IsStruck((EntryFlags)_flags[index]) ? 1 : 0);
            _flags[index] = (byte)value;
        }
    }

    /// <summary>True when an entry gets no slot.</summary>
    public static bool IsStruck(EntryFlags flags) => (flags & (EntryFlags.Withdrawn | EntryFlags.Excluded)) != EntryFlags.None;

    /// <summary>How an entry is told.</summary>
    public static EntryStatus StatusOf(EntryFlags flags) =>
        (flags & EntryFlags.Excluded) != EntryFlags.None ? EntryStatus.Excluded
        : (flags & EntryFlags.Withdrawn) != EntryFlags.None ? EntryStatus.Withdrawn
        : EntryStatus.Registered;

    /// <summary>The index of a person's entry; -1 when there is none.</summary>
    public int Find(in PersonKey person)
    {
        for (int slot = Start(in person); _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            if (Keys[_slots[slot] - 1] == person)
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }

    /// <summary>Enters a person who has no entry; returns the index.</summary>
    public int Add(in PersonKey person)
    {
        if (Keys.Count == Max)
        {
            throw new InvalidOperationException($"The draw has {Max} entries already.");
        }

        int slot = Start(in person);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & _mask;
        }

        Keys.Add(in person);
        _slots[slot] = Keys.Count;
        return Keys.Count - 1;
    }

    /// <summary>Keys are keyed hashes and evenly spread; a number of this process keeps keys chosen by hand from falling into one place.</summary>
    private int Start(in PersonKey person) => (int)(((person.A ^ Seed) * 0x9E3779B97F4A7C15 ^ (person.D + Seed) * 0xC2B2AE3D27D4EB4F) >> 24) & _mask;
}
