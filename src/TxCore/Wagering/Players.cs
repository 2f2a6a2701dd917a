using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>Amounts for a business day, a week from Monday and a calendar month, in cents.</summary>
public readonly record struct PeriodAmounts(long Day, long Week, long Month)
{
    /// <summary>No limit.</summary>
    public static PeriodAmounts Unlimited => new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>The lower of two, period by period.</summary>
    public static PeriodAmounts Least(PeriodAmounts a, PeriodAmounts b) =>
        new(Math.Min(a.Day, b.Day), Math.Min(a.Week, b.Week), Math.Min(a.Month, b.Month));
}

/// <summary>The limits of a player and what was staked in the present periods (<c>domain.md</c> section 2.5).</summary>
public sealed class PlayerAccount
{
    private int _day;
    private PeriodAmounts _staked;

    /// <summary>The limits in force.</summary>
    public PeriodAmounts Limits { get; private set; } = PeriodAmounts.Unlimited;

    /// <summary>The limits asked for; those higher than the ones in force count from <see cref="RaisedAt"/> on.</summary>
    public PeriodAmounts Asked { get; private set; } = PeriodAmounts.Unlimited;

    /// <summary>When <see cref="Asked"/> counts, microseconds since 1970-01-01 UTC; 0 when nothing waits.</summary>
    public long RaisedAt { get; private set; }

    /// <summary>The business day of the last stake.</summary>
    public int Day => _day;

    /// <summary>What was staked, as of <see cref="Day"/>.</summary>
    public PeriodAmounts Staked => _staked;

    /// <summary>True when no stake counts into a period of this business day.</summary>
    public bool IsIdleOn(int businessDay) => StakedOn(businessDay) is { Week: 0, Month: 0 };

    /// <summary>True when a stake more stays within every limit.</summary>
    public bool Allows(long cents, int businessDay, long now)
    {
        var limits = RaisedAt != 0 && now >= RaisedAt ? Asked : Limits;
        var staked = StakedOn(businessDay);
        return cents <= limits.Day - staked.Day && cents <= limits.Week - staked.Week && cents <= limits.Month - staked.Month;
    }

    /// <summary>Counts a stake, or with a negative amount one taken back that was counted on <paramref name="takenOn"/>.</summary>
    public void Add(long cents, int businessDay, int takenOn)
    {
        var staked = StakedOn(businessDay);
        _day = businessDay;
        _staked = new PeriodAmounts(
            staked.Day + (takenOn == businessDay ? cents : 0),
            staked.Week + (Week(takenOn) == Week(businessDay) ? cents : 0),
            staked.Month + (takenOn / 100 == businessDay / 100 ? cents : 0));
    }

    /// <summary>Sets new limits: what is lower counts at once, what is higher after the wait.</summary>
    public void SetLimits(PeriodAmounts limits, long now, long waitMicroseconds)
    {
        if (RaisedAt != 0 && now >= RaisedAt)
        {
            Limits = Asked;
        }

        Limits = PeriodAmounts.Least(Limits, limits);
        Asked = limits;
        RaisedAt = Limits == limits ? 0 : now + waitMicroseconds;
    }

    /// <summary>Puts back what a snapshot held.</summary>
    public void Restore(PeriodAmounts limits, PeriodAmounts asked, long raisedAt, int day, PeriodAmounts staked) =>
        (Limits, Asked, RaisedAt, _day, _staked) = (limits, asked, raisedAt, day, staked);

    private PeriodAmounts StakedOn(int businessDay) => _day == businessDay
        ? _staked
        : new PeriodAmounts(
            0, _day != 0 && Week(_day) == Week(businessDay) ? _staked.Week : 0, _day / 100 == businessDay / 100 ? _staked.Month : 0);

    /// <summary>Counts weeks from Monday: day number 0 was a Monday.</summary>
    private static int Week(int day) => new DateOnly(day / 10_000, day / 100 % 100, day % 100).DayNumber / 7;
}

/// <summary>A bar of a player.</summary>
/// <param name="Bar">Why.</param>
/// <param name="Until">Self-excluded: until when, microseconds since 1970-01-01 UTC.</param>
public readonly record struct BarEntry(PlayerBar Bar, long Until);

/// <summary>The players of a shard: who is barred, who has limits. Changed by entries only.</summary>
public sealed class Players
{
    private readonly Dictionary<PersonKey, BarEntry> _collected = [];
    private bool _replacesAll;

    /// <summary>Players by key.</summary>
    public Dictionary<PersonKey, PlayerAccount> Accounts { get; } = [];

    /// <summary>The list that counts now.</summary>
    public Dictionary<PersonKey, BarEntry> Barred { get; private set; } = [];

    /// <summary>Its version; 0 before the first.</summary>
    public uint ListVersion { get; private set; }

    /// <summary>The version that is being collected; 0 when none is.</summary>
    public uint CollectedVersion { get; private set; }

    /// <summary>The parts collected so far, for snapshots.</summary>
    public IReadOnlyDictionary<PersonKey, BarEntry> Collected => _collected;

    /// <summary>True when the version being collected is a whole list.</summary>
    public bool CollectsAll => _replacesAll;

    /// <summary>Why a player may not play now; <see cref="ResultCode.Accepted"/> when there is no reason.</summary>
    public ResultCode CheckBar(in PersonKey player, long now) => !Barred.TryGetValue(player, out var entry)
        ? ResultCode.Accepted
        : entry.Bar switch
        {
            PlayerBar.Banned => ResultCode.PlayerBanned,
            PlayerBar.SelfExcluded when now < entry.Until => ResultCode.PlayerSelfExcluded,
            _ => ResultCode.Accepted,
        };

    /// <summary>The account of a player, made when first seen.</summary>
    public PlayerAccount Account(in PersonKey player)
    {
        if (!Accounts.TryGetValue(player, out var account))
        {
            account = new PlayerAccount();
            Accounts.Add(player, account);
        }

        return account;
    }

    /// <summary>Forgets accounts that have no limit and no stake in the month that begins.</summary>
    public void StartMonth(int businessDay)
    {
        foreach (var (key, account) in Accounts)
        {
            bool isLimited = account.Limits != PeriodAmounts.Unlimited || account.Asked != PeriodAmounts.Unlimited;
            if (!isLimited && account.IsIdleOn(businessDay))
            {
                Accounts.Remove(key);
            }
        }
    }

    /// <summary>Begins a version, or a first part again.</summary>
    public void Begin(uint version, bool replacesAll)
    {
        _collected.Clear();
        (CollectedVersion, _replacesAll) = (version, replacesAll);
    }

    /// <summary>Collects one player of the version.</summary>
    public void Collect(in PersonKey player, BarEntry entry) => _collected[player] = entry;

    /// <summary>Lets the collected version count.</summary>
    public void Activate(long now)
    {
        if (_replacesAll)
        {
            var kept = Barred.Where(pair => pair.Value.Bar == PlayerBar.SelfExcluded && pair.Value.Until > now);
            Barred = new Dictionary<PersonKey, BarEntry>(kept);
        }

        foreach (var (player, entry) in _collected)
        {
            if (entry.Bar == PlayerBar.None)
            {
                Barred.Remove(player);
            }
            else
            {
                Barred[player] = entry;
            }
        }

        ListVersion = CollectedVersion;
        Begin(0, false);
    }

    /// <summary>Puts the versions back that a snapshot held.</summary>
    public void Restore(uint listVersion, uint collectedVersion, bool collectsAll) =>
        (ListVersion, CollectedVersion, _replacesAll) = (listVersion, collectedVersion, collectsAll);
}
