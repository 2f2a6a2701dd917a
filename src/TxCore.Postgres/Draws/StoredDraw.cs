using System.Text;
using TxCore.Ticketing.Draws;

namespace TxCore.Postgres;

/// <summary>The freeze of a draw, as stored.</summary>
/// <param name="Number">Number of the entry.</param>
/// <param name="Entries">Entries of the list, struck ones included.</param>
/// <param name="Root">Merkle root of the list.</param>
/// <param name="Commitment">The commitment.</param>
/// <param name="BeaconRound">The round that was named.</param>
/// <param name="BeaconChain">The beacon that was named.</param>
public sealed record StoredFreeze(long Number, uint Entries, byte[] Root, byte[] Commitment, ulong BeaconRound, string BeaconChain);

/// <summary>The run of a draw, as stored.</summary>
/// <param name="Number">Number of the entry.</param>
/// <param name="Secret">The operator's secret.</param>
/// <param name="Randomness">What the beacon published.</param>
/// <param name="Signature">The beacon's signature; empty for a witness.</param>
/// <param name="OrderHash">Hash of the order.</param>
/// <param name="OrderRoot">Merkle root of the order.</param>
public sealed record StoredRun(long Number, byte[] Secret, byte[] Randomness, byte[] Signature, byte[] OrderHash, byte[] OrderRoot);

/// <summary>A draw as its entries tell it; see <see cref="DrawReader"/>. Steps that were not taken are null, numbers of them 0.</summary>
public sealed class StoredDraw
{
    /// <summary>The draw.</summary>
    public required uint Draw { get; init; }

    /// <summary>The shard that decided it.</summary>
    public required short Shard { get; init; }

    /// <summary>Its public name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the entry that defined it.</summary>
    public required long Defined { get; init; }

    /// <summary>Number of the entry that closed the registration.</summary>
    public long Closed { get; internal set; }

    /// <summary>The freeze.</summary>
    public StoredFreeze? Freeze { get; internal set; }

    /// <summary>The run.</summary>
    public StoredRun? Run { get; internal set; }

    /// <summary>Number of the entry that published the order.</summary>
    public long Published { get; internal set; }

    /// <summary>Number of the entry that ended it.</summary>
    public long Ended { get; internal set; }

    /// <summary>Keys in the order of first registration, struck ones included.</summary>
    public PersonKeyList Keys { get; } = new();

    /// <summary>Persons who withdrew and did not register again.</summary>
    public IReadOnlyCollection<PersonKey> Withdrawn => [.. Withdrawals.Where(static one => one.Value).Select(static one => one.Key)];

    /// <summary>Persons excluded, with the number of the entry that did; some of them may never have been entered.</summary>
    public IReadOnlyDictionary<PersonKey, long> Excluded => Exclusions;

    /// <summary>Its waves.</summary>
    public IReadOnlyList<DrawWave> Waves => WaveList;

    // Whether a person who withdrew at some time is out at present: nobody else is registered twice.
    internal Dictionary<PersonKey, bool> Withdrawals { get; } = [];

    internal Dictionary<PersonKey, long> Exclusions { get; } = [];

    internal List<DrawWave> WaveList { get; } = [];

    /// <summary>
    /// The struck entries, ascending: those that were struck when the order was published, or are now when it was not.
    /// </summary>
    /// <param name="sorted">Positions of <see cref="Keys"/>, sorted.</param>
    public List<StruckEntry> Struck(int[] sorted) => Struck(
        sorted, Withdrawals.Where(static one => one.Value).Select(static one => one.Key),
        Exclusions.Where(one => Published == 0 || one.Value < Published).Select(static one => one.Key));

    /// <summary>The entries excluded after the order was published, ascending; they have a rank and cannot buy.</summary>
    /// <param name="sorted">Positions of <see cref="Keys"/>, sorted.</param>
    public List<StruckEntry> StruckLater(int[] sorted) =>
        Published == 0 ? [] : Struck(sorted, [], Exclusions.Where(one => one.Value > Published).Select(static one => one.Key));

    /// <summary>What the audit package says of the draw, with roots and hash as they are stored.</summary>
    /// <param name="programVersion">Version of the program that writes it.</param>
    /// <exception cref="InvalidDataException">The draw has not run.</exception>
    public DrawRecord ToRecord(string programVersion)
    {
        if (Freeze is not { } freeze || Run is not { } run)
        {
            throw new InvalidDataException($"Draw {Draw} has not run: there is nothing to prove yet.");
        }

        return new DrawRecord
        {
            DrawName = Name,
            DrawNumber = Draw,
            Shard = Shard,
            Entries = checked((int)freeze.Entries),
            ListRoot = freeze.Root,
            Commitment = freeze.Commitment,
            Secret = run.Secret,
            Beacon = new DrawBeacon(freeze.BeaconChain, freeze.BeaconRound, run.Randomness, run.Signature.Length == 0 ? null : run.Signature),
            OrderHash = run.OrderHash,
            OrderRoot = run.OrderRoot,
            Waves = [.. WaveList],
            EntryNumbers = new DrawEntryNumbers(freeze.Number, run.Number, Published),
            ProgramVersion = programVersion,
        };
    }

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    private List<StruckEntry> Struck(int[] sorted, IEnumerable<PersonKey> withdrawn, IEnumerable<PersonKey> excluded)
    {
        var reasons = new SortedDictionary<int, StruckReason>();
        Add(withdrawn, StruckReason.Withdrawn);
        Add(excluded, StruckReason.Excluded);
        return [.. reasons.Select(static one => new StruckEntry(one.Key, one.Value))];

        void Add(IEnumerable<PersonKey> persons, StruckReason reason)
        {
            foreach (var person in persons)
            {
                if (DrawList.IndexOf(Keys, sorted, in person) is var index and >= 0)
                {
                    reasons[index] = reason;
                }
            }
        }
    }
}
