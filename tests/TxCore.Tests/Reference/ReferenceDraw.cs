using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>An entry of a draw.</summary>
internal sealed class ReferenceEntry(string person)
{
    public string Person { get; } = person;

    public bool IsWithdrawn { get; set; }

    public bool IsExcluded { get; set; }

    /// <summary>From 1; 0 before the draw has run.</summary>
    public int Rank { get; set; }

    public bool HasArrived { get; private set; }

    public bool HasBought { get; private set; }

    public bool IsStruck => IsWithdrawn || IsExcluded;

    public void Arrive() => HasArrived = true;

    public void Buy() => HasBought = true;
}

/// <summary>A wave: ranks that share a slot.</summary>
internal sealed record ReferenceWave(uint Draw, int Number, int FirstRank, int LastRank, uint Sale, long StartsAt, long EndsAt);

/// <summary>A draw.</summary>
internal sealed class ReferenceDraw(DrawDefine definition)
{
    public DrawDefine Definition { get; } = definition;

    public DrawStatus Status { get; set; } = DrawStatus.Draft;

    /// <summary>In the order of registration; struck ones included.</summary>
    public List<ReferenceEntry> Entries { get; } = [];

    /// <summary>Persons excluded without an entry.</summary>
    public SortedSet<string> Barred { get; } = new(StringComparer.Ordinal);

    public DrawFreeze? Freeze { get; set; }

    public DrawRun? Run { get; set; }

    public byte[] OrderHash { get; set; } = [];

    public byte[] OrderRoot { get; set; } = [];

    public List<ReferenceWave> Waves { get; } = [];

    public int LastRankServed => Waves.Count == 0 ? 0 : Waves[^1].LastRank;

    public ReferenceEntry? Entry(string person) => Entries.Find(entry => entry.Person == person);

    public bool IsExcluded(string person) => Barred.Contains(person) || Entry(person) is { IsExcluded: true };

    /// <summary>The entries in the order of their keys.</summary>
    public List<ReferenceEntry> List() => [.. Entries.OrderBy(static entry => entry.Person, StringComparer.Ordinal)];

    public byte[] Root() => ReferenceLottery.Root([.. List().Select(static entry => Convert.FromHexString(entry.Person))]);
}
