using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Decides who may play and for how much (<c>domain.md</c> section 2.5), and the lists and limits that say so.</summary>
internal static class PlayerRules
{
    /// <summary>Checks who plays and how it is paid, before any line is looked at.</summary>
    public static Verdict CheckPlayer(ShardState state, in WagerBody wager, long now)
    {
        bool isOnAccount = wager.PaymentMeans == PaymentMeans.Account;
        if (wager.Player.IsEmpty)
        {
            return isOnAccount ? Verdict.Refuse(ResultCode.PlayerMissing, BodyField.Person) : Verdict.Accepted;
        }

        if (wager.Player.Length != Wire.PersonKeyBytes)
        {
            return Verdict.Refuse(ResultCode.PlayerMissing, BodyField.Person);
        }

        if (isOnAccount && !wager.HasAuthorisation)
        {
            return Verdict.Refuse(ResultCode.AuthorisationMissing, BodyField.Authorisation);
        }

        var bar = state.Players.CheckBar(PersonKey.Read(wager.Player), now);
        return bar == ResultCode.Accepted ? Verdict.Accepted : Verdict.Refuse(bar, BodyField.Person);
    }

    /// <summary>Checks the amount against what may be paid in cash and against the player's limits.</summary>
    public static Verdict CheckAmount(ShardState state, in WagerBody wager, long now)
    {
        if (wager.PaymentMeans == PaymentMeans.Cash && wager.AmountCents > state.Rules.CashStakeMaxCents)
        {
            return Verdict.Refuse(ResultCode.CashLimit, BodyField.PaymentMeans);
        }

        return wager.Player.IsEmpty
            || !state.Players.Accounts.TryGetValue(PersonKey.Read(wager.Player), out var account)
            || account.Allows(wager.AmountCents, state.BusinessDay, now)
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.PlayerLimitReached, BodyField.Person);
    }

    /// <summary>A list's parts carry one version, the next; a first part of it may be sent again to begin anew.</summary>
    public static Verdict Bar(ShardState state, PlayersBar list)
    {
        bool goesOn = list.Version == state.Players.CollectedVersion && !list.ReplacesAll;
        if (!goesOn && list.Version != state.Players.ListVersion + 1)
        {
            return Verdict.Refuse(ResultCode.ListVersion, BodyField.ListVersion);
        }

        bool isKnown = Array.TrueForAll(list.Players, static player => player.Bar <= PlayerBar.SelfExcluded);
        return isKnown ? Verdict.Accepted : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Person);
    }

    public static Verdict Limit(PlayerLimit limit) =>
        limit.DayCents >= 0 && limit.WeekCents >= 0 && limit.MonthCents >= 0
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Amount);

    public static void ApplyBar(ShardState state, PlayersBar list, long now)
    {
        if (list.ReplacesAll || list.Version != state.Players.CollectedVersion)
        {
            state.Players.Begin(list.Version, list.ReplacesAll);
        }

        foreach (var player in list.Players)
        {
            state.Players.Collect(PersonKey.Read(player.Player), new BarEntry(player.Bar, player.Until));
        }

        if (list.IsLast)
        {
            state.Players.Activate(now);
        }
    }

    public static void ApplyLimit(ShardState state, PlayerLimit limit, long now) =>
        state.Players.Account(PersonKey.Read(limit.Player)).SetLimits(
            new PeriodAmounts(limit.DayCents, limit.WeekCents, limit.MonthCents), now, state.Rules.LimitRaiseHours * 3_600_000_000L);
}
