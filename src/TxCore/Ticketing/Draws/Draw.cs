using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Ticketing.Draws;

/// <summary>A wave: the ranks that share a slot in a sale. Its counters change with every person who comes.</summary>
public sealed class Wave(Draw draw, ushort number, uint firstRank, uint lastRank, uint sale, long startsAt, long endsAt)
{
    /// <summary>The draw.</summary>
    public Draw Draw { get; } = draw;

    /// <summary>The wave, from 1.</summary>
    public ushort Number { get; } = number;

    /// <summary>Its first rank.</summary>
    public uint FirstRank { get; } = firstRank;

    /// <summary>Its last rank.</summary>
    public uint LastRank { get; } = lastRank;

    /// <summary>The sale its slot is in.</summary>
    public uint Sale { get; } = sale;

    /// <summary>When the slot begins, microseconds since 1970-01-01 UTC.</summary>
    public long StartsAt { get; } = startsAt;

    /// <summary>When it is over.</summary>
    public long EndsAt { get; } = endsAt;

    /// <summary>Persons of it who may not buy and never held seats.</summary>
    public int Struck { get; set; }

    /// <summary>Persons of it who have held seats.</summary>
    public int Arrived { get; set; }

    /// <summary>Persons of it who have bought.</summary>
    public int Bought { get; set; }

    /// <summary>The wave as it is told.</summary>
    public WaveState State => new(Number, FirstRank, LastRank, Sale, StartsAt, EndsAt, (uint)Struck, (uint)Arrived, (uint)Bought);
}

/// <summary>A draw (<c>domain.md</c> section 3.3).</summary>
public sealed class Draw(uint id, byte[] name, int entriesMax)
{
    /// <summary>Identity, 1 or more.</summary>
    public uint Id { get; } = id;

    /// <summary>Its public name, ASCII.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The name as text.</summary>
    public string NameText => Encoding.ASCII.GetString(Name);

    /// <summary>Where it stands.</summary>
    public DrawStatus Status { get; set; } = DrawStatus.Draft;

    /// <summary>When registration closes by itself, microseconds since 1970-01-01 UTC.</summary>
    public long ClosesAt { get; init; }

    /// <summary>Consent flags that an entry must carry.</summary>
    public uint RequiredConsent { get; init; }

    /// <summary>A person who has so many seats already is not entered; 0 for no such limit.</summary>
    public ushort PersonMax { get; init; }

    /// <summary>The entries; after the end there are none. From <see cref="DrawStatus.Closed"/> on keys do not change, flags do.</summary>
    public DrawEntries Entries { get; set; } = new(entriesMax);

    /// <summary>Persons excluded without an entry.</summary>
    public HashSet<PersonKey> Barred { get; } = [];

    /// <summary>Indexes of entries excluded or withdrawn, for the waves to count.</summary>
    public SortedSet<int> StruckEntries { get; } = [];

    /// <summary>Merkle root of the list; empty before the freeze.</summary>
    public byte[] Root { get; set; } = [];

    /// <summary>The commitment; empty before the freeze.</summary>
    public byte[] Commitment { get; set; } = [];

    /// <summary>The beacon, ASCII; empty before the freeze.</summary>
    public byte[] BeaconChain { get; set; } = [];

    /// <summary>The beacon's round.</summary>
    public ulong BeaconRound { get; set; }

    /// <summary>What the run revealed; empty before.</summary>
    public byte[] Secret { get; set; } = [];

    /// <summary>What the beacon published; empty before the run.</summary>
    public byte[] Randomness { get; set; } = [];

    /// <summary>The beacon's signature; empty before the run or without one.</summary>
    public byte[] Signature { get; set; } = [];

    /// <summary>SHA-256 of the order; empty before the run.</summary>
    public byte[] OrderHash { get; set; } = [];

    /// <summary>Merkle root of the order; empty before the run.</summary>
    public byte[] OrderRoot { get; set; } = [];

    /// <summary>Rank by entry index, from 1; empty before the run.</summary>
    public int[] Ranks { get; set; } = [];

    /// <summary>Its waves, whose ranks follow each other.</summary>
    public List<Wave> Waves { get; } = [];

    /// <summary>The first rank without a wave.</summary>
    public uint NextRank => Waves.Count == 0 ? 1 : Waves[^1].LastRank + 1;

    /// <summary>The rank of an entry; 0 before the run.</summary>
    public uint RankOf(int index) => Ranks.Length == 0 ? 0 : (uint)Ranks[index];

    /// <summary>The wave of a rank; null when it has none yet.</summary>
    public Wave? WaveOf(uint rank)
    {
        if (rank == 0 || rank >= NextRank)
        {
            return null;
        }

        int low = 0, high = Waves.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = rank > Waves[middle].LastRank ? (middle + 1, high) : (low, middle);
        }

        return Waves[low];
    }
}
