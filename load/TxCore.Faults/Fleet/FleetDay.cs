using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Faults.Fleet;

/// <summary>What a fleet buys: the races that are open, those that were cancelled, and the sale. Changed by whoever runs the day, read by every terminal.</summary>
internal sealed class FleetDay(ShardIdentity identity)
{
    public const byte Runners = 12;
    public const uint BaseStakeCents = 200;
    public const long LineMaximumCents = 3_000_000;

    private readonly Lock _gate = new();
    private readonly HashSet<long> _cancelled = [];
    private readonly List<CellDefinition> _allCells = [];
    private volatile RaceId[] _races = [];
    private volatile CellDefinition[] _cells = [];

    public ShardIdentity Identity => identity;

    /// <summary>The races on which wagers are made: open, or stopped a moment ago.</summary>
    public RaceId[] Races => _races;

    /// <summary>The sale from which holds are taken; 0 before the first.</summary>
    public uint Sale { get; private set; }

    /// <summary>Its cells.</summary>
    public CellDefinition[] Cells => _cells;

    /// <summary>The cells of all sales so far; each has a session of its own.</summary>
    public IReadOnlyList<CellDefinition> AllCells
    {
        get
        {
            lock (_gate)
            {
                return [.. _allCells];
            }
        }
    }

    /// <summary>The pools of every race: win and place.</summary>
    public PoolDefinition[] Pools =>
        [.. new[] { BetType.Win, BetType.Place }.Select(type => new PoolDefinition(PoolOf(type), BaseStakeCents, LineMaximumCents, 0, [], []))];

    public ushort PoolOf(BetType type) => BetTypes.PoolOf(type, identity.Channel);

    /// <summary>Wagers are made on a race from now on.</summary>
    public void Open(RaceId race)
    {
        lock (_gate)
        {
            _races = [.. _races, race];
        }
    }

    /// <summary>No more wagers on a race; those made are refunded when <paramref name="cancelled"/>.</summary>
    public void Close(RaceId race, bool cancelled)
    {
        lock (_gate)
        {
            _races = [.. _races.Where(one => one.Value != race.Value)];
            if (cancelled)
            {
                _cancelled.Add(race.Value);
            }
        }
    }

    public bool IsCancelled(RaceId race)
    {
        lock (_gate)
        {
            return _cancelled.Contains(race.Value);
        }
    }

    /// <summary>Holds are taken from another sale from now on.</summary>
    public void Sell(uint sale, CellDefinition[] cells)
    {
        lock (_gate)
        {
            _allCells.AddRange(cells);
            (Sale, _cells) = (sale, cells);
        }
    }
}
