using TxCore.Simulation.Storage;

namespace TxCore.Simulation.Engine;

/// <summary>The faults of a seed: what happens when so many transactions have begun. Each counts once it has taken effect.</summary>
internal sealed class FaultPlan
{
    /// <summary>Fewest that take effect; when the plan came to less, servers are killed until it is so many.</summary>
    public const int FaultsLeast = 3;

    private const int FaultsMin = 5;
    private const int FaultsMax = 14;

    /// <summary>Kinds below 100 as <see cref="Happen"/> tells them apart; from there on those of rows written ahead.</summary>
    private const int KindsBound = 125;
    private readonly World _world;
    private readonly Queue<(int Begun, int Kind)> _plan;
    private readonly Dictionary<string, int> _counts = [];
    private long _readsFailUntil;
    private bool _spoilsSnapshot;
    private bool _killsRecovery;

    public FaultPlan(World world)
    {
        _world = world;
        var plan = new List<(int, int)>();
        for (int i = world.Random.Between(FaultsMin, FaultsMax); i > 0; i--)
        {
            plan.Add((world.Random.Between(20, World.Transactions - 10), world.Random.Next(KindsBound)));
        }

        _plan = new Queue<(int, int)>(plan.OrderBy(static fault => fault));
    }

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public bool AreDone => _plan.Count == 0 && _counts.Values.Sum() >= FaultsLeast;

    public bool IsReadFailing => _world.Now < _readsFailUntil;

    public void Count(string what)
    {
        _counts[what] = _counts.GetValueOrDefault(what) + 1;
        _world.Say($"fault: {what}");
        _world.Trace.Note(98, _counts.Count, what.Length);
    }

    public bool TakeSpoiltSnapshot()
    {
        if (!_spoilsSnapshot)
        {
            return false;
        }

        _spoilsSnapshot = false;
        Count("SnapshotSpoilt");
        return true;
    }

    /// <summary>Does what is due.</summary>
    public void Look()
    {
        if (_killsRecovery && !_world.IsHealing && _world.Processes.Find(static process => process.IsStarting && !process.IsFrozen) is { } starting && _world.Random.Percent(10))
        {
            _killsRecovery = false;
            Count("KilledWhileStarting");
            starting.Kill();
        }

        while (!_world.IsHealing && _plan.TryPeek(out var next) && next.Begun <= _world.Begun)
        {
            _plan.Dequeue();
            Happen(next.Kind);
        }

        if (!_world.IsHealing && _plan.Count == 0 && !AreDone && _world.Begun >= World.Transactions && _world.Random.Percent(2))
        {
            Kill();
        }
    }

    private void Happen(int kind)
    {
        switch (kind)
        {
            case < 12:
                Arm(StoreFault.StoredUnanswered);
                break;
            case < 22:
                Arm(StoreFault.LostUnanswered);
                break;
            case < 32:
                Arm(StoreFault.LateUnanswered);
                break;
            case < 36:
                Arm(StoreFault.Slow);
                break;
            case < 40:
                Arm(StoreFault.Refused);
                break;
            case < 43:
                Arm(StoreFault.PlainRow);
                break;
            case < 47:
                Count("StoreDown");
                _world.StoreDownUntil = _world.Now + _world.Random.Between(1000, 900_000);
                break;
            case < 59:
                Kill();
                break;
            case < 63:
                _killsRecovery = true;
                Kill();
                break;
            case < 75:
                TakeOver(freezes: true);
                break;
            case < 79:
                TakeOver(freezes: false);
                break;
            case < 87:
                CutAll();
                break;
            case < 90:
                Stall();
                break;
            case < 93:
                LeaveUnread();
                break;
            case < 95:
                Count("ReadsFail");
                _readsFailUntil = _world.Now + _world.Random.Between(1000, 300_000);
                break;
            case < 97:
                _spoilsSnapshot = true;
                break;
            case < 100:
                SetClock();
                break;
            default:
                ArmAhead();
                break;
        }
    }

    private void Arm(StoreFault fault)
    {
        if (_world.Processes.FindLast(static process => process.IsServing) is { } writer)
        {
            writer.Store.Armed = fault;
        }
    }

    private void ArmAhead()
    {
        if (_world.Processes.FindLast(static process => process.IsServing) is { } writer)
        {
            writer.Store.Ahead.Armed = (AheadFault)_world.Random.Between(1, (int)AheadFault.AheadKilledInRecovery);
        }
    }

    private void Kill()
    {
        if (_world.Processes.FindLast(static process => process.IsServing) is { } victim)
        {
            Count(victim.Stages.IsPersisting ? "KilledInCommit" : "Killed");
            victim.Kill();
        }
    }

    /// <summary>Another writer starts while the first is frozen, to thaw some time later, or even goes on.</summary>
    private void TakeOver(bool freezes)
    {
        if (_world.Processes.Count > 2 || _world.Processes.FindLast(static process => process.IsServing) is not { } first)
        {
            return;
        }

        Count(freezes ? "FrozenAndReplaced" : "Replaced");
        if (freezes)
        {
            first.Freeze();
            _world.At(_world.Now + _world.Random.Between(10_000, 3_000_000), first.Thaw);
        }

        _world.At(_world.Now + _world.Random.Between(1000, 300_000), _world.StartProcess);
    }

    private void CutAll()
    {
        int percent = _world.Random.Between(10, 100), cut = 0;
        foreach (var link in _world.Links.ToArray())
        {
            if (_world.Random.Percent(percent))
            {
                cut++;
                using (link.Process.Enter())
                {
                    link.Cut();
                }
            }
        }

        if (cut > 0)
        {
            Count("Cut");
        }
    }

    private void Stall()
    {
        int stalled = 0;
        foreach (var link in _world.Links)
        {
            if (_world.Random.Percent(50))
            {
                stalled++;
                link.StalledUntil = _world.Now + _world.Random.Between(1000, 1_500_000);
            }
        }

        if (stalled > 0)
        {
            Count("NetworkStalled");
        }
    }

    private void LeaveUnread()
    {
        if (_world.Links.Count > 0)
        {
            Count("LeftUnread");
            _world.Links[_world.Random.Next(_world.Links.Count)].UnreadUntil = _world.Now + _world.Random.Between(10_000, 2_000_000);
        }
    }

    private void SetClock()
    {
        if (_world.Processes.FindLast(static process => process.IsServing) is { } host)
        {
            Count("ClockSet");
            host.Clock.Offset += _world.Random.Percent(50) ? -_world.Random.Between(1000, 5_000_000) : _world.Random.Between(1000, 200_000_000);
        }
    }
}
