using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Who may play and for how much (<c>domain.md</c> section 2.5): lists as they came, stakes summed over the player's tickets.</summary>
internal sealed class ReferencePlayers(ReferenceRules rules)
{
    private readonly List<BarredPlayer> _collected = [];
    private bool _collectsAll;

    /// <summary>Bars in force by player.</summary>
    public SortedDictionary<string, (PlayerBar Bar, long Until)> Bars { get; private set; } = new(StringComparer.Ordinal);

    public uint ListVersion { get; private set; }

    public uint CollectedVersion { get; private set; }

    /// <summary>Bars collected for the next version, the last word on each player.</summary>
    public SortedDictionary<string, (PlayerBar Bar, long Until)> Collected =>
        new(_collected.GroupBy(static entry => Key(entry.Player))
            .ToDictionary(static group => group.Key, static group => (group.Last().Bar, group.Last().Until)), StringComparer.Ordinal);

    /// <summary>Everybody who staked or has a limit.</summary>
    public SortedDictionary<string, ReferencePlayer> Accounts { get; } = new(StringComparer.Ordinal);

    public static string Key(byte[] player) => Convert.ToHexString(player);

    public ReferencePlayer Account(byte[] player)
    {
        string key = Key(player);
        if (!Accounts.TryGetValue(key, out var account))
        {
            Accounts.Add(key, account = new ReferencePlayer());
        }

        return account;
    }

    public Ruling CheckPlayer(Wager wager, long now)
    {
        bool onAccount = wager.PaymentMeans == PaymentMeans.Account;
        if (wager.Player.Length == 0)
        {
            return onAccount ? new Ruling(ResultCode.PlayerMissing, BodyField.Person) : Ruling.Accepted;
        }

        if (wager.Player.Length != 32)
        {
            return new Ruling(ResultCode.PlayerMissing, BodyField.Person);
        }

        if (onAccount && wager.Authorisation.Length == 0)
        {
            return new Ruling(ResultCode.AuthorisationMissing, BodyField.Authorisation);
        }

        return Bars.GetValueOrDefault(Key(wager.Player)) switch
        {
            (PlayerBar.Banned, _) => new Ruling(ResultCode.PlayerBanned, BodyField.Person),
            (PlayerBar.SelfExcluded, long until) when until > now => new Ruling(ResultCode.PlayerSelfExcluded, BodyField.Person),
            _ => Ruling.Accepted,
        };
    }

    public Ruling CheckAmount(Wager wager, int businessDay, long now)
    {
        if (wager.PaymentMeans == PaymentMeans.Cash && wager.AmountCents > rules.CashStakeMaxCents)
        {
            return new Ruling(ResultCode.CashLimit, BodyField.PaymentMeans);
        }

        if (wager.Player.Length == 0 || !Accounts.TryGetValue(Key(wager.Player), out var account))
        {
            return Ruling.Accepted;
        }

        var (day, week, month) = account.LimitsAt(now);
        var (dayStaked, weekStaked, monthStaked) = account.StakedAsOf(businessDay);
        bool isAllowed = IsWithin(wager.AmountCents, dayStaked, day) && IsWithin(wager.AmountCents, weekStaked, week)
            && IsWithin(wager.AmountCents, monthStaked, month);
        return isAllowed
            ? Ruling.Accepted
            : new Ruling(ResultCode.PlayerLimitReached, BodyField.Person);
    }

    public Ruling Bar(PlayersBar list)
    {
        bool isNextPart = list.Version == CollectedVersion && !list.ReplacesAll;
        if (!isNextPart && list.Version != ListVersion + 1)
        {
            return new Ruling(ResultCode.ListVersion, BodyField.ListVersion);
        }

        return list.Players.All(static player => player.Bar is PlayerBar.None or PlayerBar.Banned or PlayerBar.SelfExcluded)
            ? Ruling.Accepted
            : new Ruling(ResultCode.DefinitionInvalid, BodyField.Person);
    }

    public void Take(PlayersBar list, long now)
    {
        if (list.Version != CollectedVersion || list.ReplacesAll)
        {
            _collected.Clear();
            (CollectedVersion, _collectsAll) = (list.Version, list.ReplacesAll);
        }

        _collected.AddRange(list.Players);
        if (!list.IsLast)
        {
            return;
        }

        if (_collectsAll)
        {
            Bars = new(Bars.Where(bar => bar.Value.Bar == PlayerBar.SelfExcluded && bar.Value.Until > now).ToDictionary(), StringComparer.Ordinal);
        }

        foreach (var entry in _collected)
        {
            Bars.Remove(Key(entry.Player));
            if (entry.Bar != PlayerBar.None)
            {
                Bars.Add(Key(entry.Player), (entry.Bar, entry.Until));
            }
        }

        _collected.Clear();
        (ListVersion, CollectedVersion, _collectsAll) = (list.Version, 0, false);
    }

    private static bool IsWithin(long cents, long staked, long limit) => (decimal)staked + cents <= limit;
}

/// <summary>A player's limits and tickets.</summary>
internal sealed class ReferencePlayer
{
    private (long Day, long Week, long Month) _limits = (long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>The limits asked for that wait, and from when they count; null when none wait.</summary>
    public (long From, (long Day, long Week, long Month) Limits)? Waiting { get; private set; }

    public List<Ticket> Tickets { get; } = [];

    public (long Day, long Week, long Month) LimitsAt(long now) => Waiting is { } waiting && now >= waiting.From ? waiting.Limits : _limits;

    /// <summary>A lower limit counts at once, a higher one after the wait.</summary>
    public void Limit(PlayerLimit limit, long now, int waitHours)
    {
        var asked = (limit.DayCents, limit.WeekCents, limit.MonthCents);
        var present = LimitsAt(now);
        _limits = (Math.Min(present.Day, asked.DayCents), Math.Min(present.Week, asked.WeekCents), Math.Min(present.Month, asked.MonthCents));
        Waiting = _limits == asked ? null : (now + (waitHours * 3_600_000_000L), asked);
    }

    /// <summary>Stakes that stand, of the business day, the week from Monday and the month it is in.</summary>
    public (long Day, long Week, long Month) StakedAsOf(int businessDay)
    {
        long day = 0, week = 0, month = 0;
        for (int i = Tickets.Count - 1; i >= 0 && Date(businessDay).DayNumber - Date(Tickets[i].Decision.BusinessDay).DayNumber <= 31; i--)
        {
            var ticket = Tickets[i];
            if (ticket.Stands)
            {
                int taken = ticket.Decision.BusinessDay;
                day += taken == businessDay ? ticket.AmountCents : 0;
                week += Monday(taken) == Monday(businessDay) ? ticket.AmountCents : 0;
                month += taken / 100 == businessDay / 100 ? ticket.AmountCents : 0;
            }
        }

        return (day, week, month);
    }

    internal static DateOnly Date(int day) => new(day / 10_000, day / 100 % 100, day % 100);

    internal static DateOnly Monday(int day) => Date(day).AddDays(-(((int)Date(day).DayOfWeek + 6) % 7));
}
