using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Reference;

/// <summary>Writes the whole state of the reference and that of a shard as the same text, so that two hashes tell whether they agree.</summary>
internal static class StateText
{
    /// <summary>The hash of a text.</summary>
    public static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Everything but the states of single tickets.</summary>
    public static string Of(ReferenceShard shard)
    {
        var text = new StateWriter();
        text.Add("shard", shard.LastNumber, shard.Time, shard.BusinessDay, shard.DefinitionsVersion);
        foreach (var (source, decisions) in shard.Decisions.Where(static pair => pair.Value.Count > 0).OrderBy(static pair => pair.Key))
        {
            text.Add("source", source, decisions.Count + 1, decisions[^1].Number);
        }

        foreach (var race in shard.Races.Values.OrderBy(static race => race.Id.Value))
        {
            Race(race, text);
        }

        foreach (var (pool, cents) in shard.CarryOvers.Where(static pair => pair.Value != 0))
        {
            text.Add("carry-over", pool, cents);
        }

        text.Add("list", shard.Players.ListVersion, shard.Players.CollectedVersion);
        Bars("barred", shard.Players.Bars, text);
        Bars("collected", shard.Players.Collected, text);
        foreach (var (key, account) in shard.Players.Accounts)
        {
            var (waitsUntil, asked) = account.Waiting is { } waiting && waiting.From > shard.Time ? waiting : (0, account.LimitsAt(shard.Time));
            Player(key, account.LimitsAt(shard.Time), waitsUntil, asked, account.StakedAsOf(shard.BusinessDay), text);
        }

        TicketingText.Write(shard, text);
        return text.ToString();
    }

    /// <summary>The same of a shard.</summary>
    public static string Of(ShardState shard)
    {
        var text = new StateWriter();
        text.Add("shard", shard.LastNumber, shard.Time, shard.BusinessDay, shard.DefinitionsVersion);
        foreach (var source in shard.Sources.Values.Where(static source => source.Id != 0 && source.LastNumber != 0).OrderBy(static source => source.Id))
        {
            text.Add("source", source.Id, source.Next, source.LastNumber);
        }

        foreach (var race in shard.Races.Values.OrderBy(static race => race.Id.Value))
        {
            Race(race, text);
        }

        foreach (var (pool, cents) in shard.CarryOvers.Where(static pair => pair.Value != 0))
        {
            text.Add("carry-over", pool, cents);
        }

        text.Add("list", shard.Players.ListVersion, shard.Players.CollectedVersion);
        Bars("barred", Named(shard.Players.Barred), text);
        Bars("collected", Named(shard.Players.Collected), text);
        foreach (var (key, account) in shard.Players.Accounts.OrderBy(static pair => pair.Key))
        {
            bool waits = account.RaisedAt > shard.Time;
            var limits = account.RaisedAt != 0 && !waits ? account.Asked : account.Limits;
            var asked = Tuple(waits ? account.Asked : limits);
            Player(Name(key), Tuple(limits), waits ? account.RaisedAt : 0, asked, StakedAsOf(account, shard.BusinessDay), text);
        }

        TicketingText.Write(shard, text);
        return text.ToString();
    }

    /// <summary>What became of tickets that are not live any more.</summary>
    public static string Tickets(ReferenceShard shard)
    {
        var text = new StateWriter();
        var changed = shard.ByNumber.Values.Where(static decision => decision.Ticket is { State: not PresentState.Live })
            .Select(static decision => (decision.Number, decision.Ticket!.State))
            .Concat(shard.Book.Holds.Values.Where(static hold => hold.State != PresentState.Held).Select(static hold => (hold.Number, hold.State)))
            .Concat(shard.Book.Waits.Values.Where(static wait => wait.State != PresentState.Waiting).Select(static wait => (wait.Number, wait.State)));
        foreach (var (number, state) in changed.Order())
        {
            text.Add("ticket", number, state);
        }

        return text.ToString();
    }

    /// <summary>The same of a shard.</summary>
    public static string Tickets(ShardState shard)
    {
        var text = new StateWriter();
        for (long number = 1; number <= shard.LastNumber; number++)
        {
            if (shard.Tickets[number] is not (PresentState.None or PresentState.Live))
            {
                text.Add("ticket", number, shard.Tickets[number]);
            }
        }

        return text.ToString();
    }

    private static void Race(ReferenceRace race, StateWriter text)
    {
        text.Add(
            "race", race.Id, race.Status, race.Epoch, race.StartsAt, race.LatestStopAt, race.RunnerCount, race.Stage, race.ExpiresAt, race.OwedCents,
            race.PaidCents);
        text.Add("scratched", string.Join(' ', race.Scratched.Select(static scratch => $"{scratch.Key}:{scratch.Value}")));
        text.Add("finish", string.Join(' ', race.Finish.Select(static place => $"{place.Runner}:{place.Place}")));
        foreach (var pool in race.Pools)
        {
            text.Add("pool", pool.Number, race.TakenCents(pool.Number), race.UndoneCents(pool.Number), pool.ReportCents, pool.CarryInCents);
            if (pool.Result is { } result)
            {
                text.Add(
                    "result", result.IsRefunded, result.GrossCents, result.ReportInCents, result.CarryInCents, result.RefundCents, result.TakeoutCents,
                    result.WinnersCents, result.BreakageCents, result.TopUpCents, result.CarryOverCents);
                text.AddSorted(result.Payables.Select(static payable =>
                    PayableText(payable.Rank, payable.Risk, payable.Runners, payable.DividendCents, (long)(payable.Stakes / 100))));
            }
        }
    }

    private static void Race(Race race, StateWriter text)
    {
        text.Add(
            "race", race.Id, race.Status, race.Epoch, race.StartsAt, race.LatestStopAt, race.RunnerCount, race.Stage, race.ExpiresAt, race.OwedCents,
            race.PaidCents);
        var scratched = Enumerable.Range(1, race.RunnerCount).Where(runner => race.IsScratched((byte)runner));
        text.Add("scratched", string.Join(' ', scratched.Select(runner => $"{runner}:{race.ScratchedBy[runner]}")));
        text.Add("finish", string.Join(' ', race.Finish.Select(static place => $"{place.Runner}:{place.Place}")));
        foreach (var pool in race.Pools)
        {
            text.Add("pool", pool.Number, pool.TakenCents, pool.UndoneCents, pool.ReportCents, pool.CarryInCents);
            if (race.Settlement?.Find(pool.Number) is { } result)
            {
                text.Add(
                    "result", result.IsRefunded, result.GrossCents, result.ReportInCents, result.CarryInCents, result.RefundCents, result.TakeoutCents,
                    result.WinnersCents, result.BreakageCents, result.TopUpCents, result.CarryOverCents);
                text.AddSorted(result.Payables.Select(static payable =>
                    PayableText(payable.Rank, payable.Risk, payable.Runners, payable.DividendCents, payable.StakeCents)));
            }
        }
    }

    /// <summary>A player without limits or stakes may be known or forgotten: it makes no difference.</summary>
    private static void Player(
        string key, (long Day, long Week, long Month) limits, long waitsUntil, (long Day, long Week, long Month) asked, (long Day, long Week, long Month) staked,
        StateWriter text)
    {
        if (limits != (long.MaxValue, long.MaxValue, long.MaxValue) || waitsUntil != 0 || staked != default)
        {
            text.Add("player", key, limits, waitsUntil, asked, staked);
        }
    }

    private static string PayableText(PayRank rank, byte risk, byte[] runners, long dividendCents, long stakeCents) =>
        $"{rank} {risk} {string.Join(',', rank == PayRank.Order ? runners : runners.Order())} {dividendCents} {stakeCents}";

    private static SortedDictionary<string, (PlayerBar Bar, long Until)> Named(IReadOnlyDictionary<PersonKey, BarEntry> bars) =>
        new(bars.ToDictionary(static pair => Name(pair.Key), static pair => (pair.Value.Bar, pair.Value.Until)), StringComparer.Ordinal);

    private static void Bars(string what, SortedDictionary<string, (PlayerBar Bar, long Until)> bars, StateWriter text)
    {
        foreach (var (key, (bar, until)) in bars)
        {
            text.Add(what, key, bar, until);
        }
    }

    internal static string Name(PersonKey key)
    {
        byte[] bytes = new byte[32];
        key.Write(bytes);
        return ReferencePlayers.Key(bytes);
    }

    private static (long Day, long Week, long Month) Tuple(PeriodAmounts amounts) => (amounts.Day, amounts.Week, amounts.Month);

    /// <summary>What an account counts is of the day of its last stake; those of other periods are over.</summary>
    private static (long Day, long Week, long Month) StakedAsOf(PlayerAccount account, int businessDay) => account.Day == 0
        ? (0, 0, 0)
        : (account.Day == businessDay ? account.Staked.Day : 0,
            ReferencePlayer.Monday(account.Day) == ReferencePlayer.Monday(businessDay) ? account.Staked.Week : 0,
            account.Day / 100 == businessDay / 100 ? account.Staked.Month : 0);
}
