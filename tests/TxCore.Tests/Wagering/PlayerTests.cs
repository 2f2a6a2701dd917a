using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>Barred players, limits and means of payment (<c>domain.md</c> sections 1.3 and 2.5).</summary>
public sealed class PlayerTests
{
    private const uint Admin = TestShard.Admin;
    private static readonly byte[] Player = Key(1);
    private readonly DeciderBench _bench = new DeciderBench(rules: new ShardRules { TimeStepMaxSeconds = 40 * 24 * 3600 }).OpenAll();

    [Fact]
    public void A_wager_on_account_names_its_player_and_the_authorisation_of_its_payment()
    {
        Assert.Equal((ResultCode.PlayerMissing, BodyField.Person), Bet(player: []));
        Assert.Equal((ResultCode.PlayerMissing, BodyField.Person), Bet(player: [1, 2, 3]));
        Assert.Equal((ResultCode.AuthorisationMissing, BodyField.Authorisation), Bet(authorisation: []));
        Assert.Equal((ResultCode.Accepted, BodyField.None), Bet());
    }

    [Fact]
    public void A_stake_above_the_cash_limit_is_taken_on_account_only()
    {
        var bench = new DeciderBench(rules: new ShardRules { CashStakeMaxCents = 1_000 }).OpenAll();
        var line = Messages.Line(stake: 6);
        Assert.Equal(ResultCode.CashLimit, bench.Do(Messages.Wager(1, 1, line)).Code);
        Assert.Equal(ResultCode.Accepted, bench.Do(Messages.Wager(1, 2, line) with { PaymentMeans = PaymentMeans.Card }).Code);
        Assert.Equal(ResultCode.Accepted, bench.Do(Messages.Wager(1, 3, Messages.Line(stake: 5))).Code);
    }

    [Fact]
    public void A_list_counts_from_its_last_part_on_and_a_new_one_lets_nobody_slip_through()
    {
        Bar(1, replacesAll: true, isLast: false, (1, PlayerBar.Banned, 0));
        Assert.Equal(ResultCode.Accepted, Bet().Code);
        Bar(1, replacesAll: false, isLast: true, (2, PlayerBar.SelfExcluded, _bench.Now + 1_000_000));
        Assert.Equal((ResultCode.PlayerBanned, BodyField.Person), Bet());
        Assert.Equal((ResultCode.PlayerSelfExcluded, BodyField.Person), Bet(player: Key(2)));

        Bar(2, replacesAll: true, isLast: false);
        Assert.Equal(ResultCode.PlayerBanned, Bet().Code);
        Bar(2, replacesAll: false, isLast: true, (3, PlayerBar.Banned, 0));
        Assert.Equal(ResultCode.Accepted, Bet().Code);
        Assert.Equal(ResultCode.PlayerSelfExcluded, Bet(player: Key(2)).Code);
        Assert.Equal(ResultCode.PlayerBanned, Bet(player: Key(3)).Code);

        _bench.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(ResultCode.Accepted, Bet(player: Key(2)).Code);
        Bar(3, replacesAll: false, isLast: true, (3, PlayerBar.None, 0));
        Assert.Equal(ResultCode.Accepted, Bet(player: Key(3)).Code);
    }

    [Fact]
    public void A_list_of_another_version_than_the_next_is_refused()
    {
        Assert.Equal((ResultCode.ListVersion, BodyField.ListVersion), CodeOf(BarMessage(2, true, true)));
        Bar(1, true, true);
        Assert.Equal((ResultCode.ListVersion, BodyField.ListVersion), CodeOf(BarMessage(1, true, true)));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Person), CodeOf(BarMessage(2, true, true, (1, (PlayerBar)9, 0))));
        Bar(2, true, true);
    }

    [Fact]
    public void A_barred_player_is_refused_whoever_pays_and_no_key_but_the_hash_is_stored()
    {
        Bar(1, true, true, (1, PlayerBar.Banned, 0));
        var cash = Messages.Wager(1, _bench.Next(1)) with { Player = Player };
        Assert.Equal(ResultCode.PlayerBanned, _bench.Do(cash).Code);
    }

    [Fact]
    public void Limits_hold_for_the_day_the_week_and_the_month()
    {
        Limit(day: 600, week: 1_000, month: 1_400);
        Assert.Equal([ResultCode.Accepted, ResultCode.Accepted, ResultCode.Accepted, ResultCode.PlayerLimitReached], Bets(4));
        NextDay();
        Assert.Equal([ResultCode.Accepted, ResultCode.Accepted, ResultCode.PlayerLimitReached], Bets(3));
        for (int i = 0; i < 6; i++)
        {
            NextDay();
        }

        Assert.Equal([ResultCode.Accepted, ResultCode.Accepted, ResultCode.PlayerLimitReached], Bets(3));
    }

    [Fact]
    public void A_cancelled_stake_counts_no_more()
    {
        Limit(day: 200, week: 200, month: 200);
        var first = _bench.Do(OnAccount());
        Assert.Equal(ResultCode.PlayerLimitReached, Bet().Code);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Cancel(1, _bench.Next(1), first.Number)).Code);
        Assert.Equal(ResultCode.Accepted, Bet().Code);
        Assert.Equal(ResultCode.PlayerLimitReached, Bet().Code);
    }

    [Fact]
    public void A_lower_limit_counts_at_once_and_a_higher_one_after_the_wait()
    {
        Limit(200, 10_000, 10_000);
        Assert.Equal([ResultCode.Accepted, ResultCode.PlayerLimitReached], Bets(2));
        Limit(10_000, 400, 10_000);
        Assert.Equal(ResultCode.PlayerLimitReached, Bet().Code);
        NextDay();
        Assert.Equal([ResultCode.Accepted, ResultCode.PlayerLimitReached], Bets(2));
        NextDay();
        Limit(10_000, 10_000, 10_000);
        NextDay();
        NextDay();
        Assert.Equal(ResultCode.Accepted, Bet().Code);
    }

    [Fact]
    public void A_snapshot_holds_lists_limits_and_stakes()
    {
        Bar(1, true, true, (4, PlayerBar.Banned, 0), (5, PlayerBar.SelfExcluded, _bench.Now + 50));
        Bar(2, false, false, (6, PlayerBar.Banned, 0));
        Limit(1_000, 2_000, 3_000);
        Limit(5_000, 1_000, 3_000);
        Bet();
        byte[] bytes = ShardSnapshot.Save(_bench.State).ToArray();
        Assert.Equal(bytes, ShardSnapshot.Save(ShardSnapshot.Load(TestShard.Identity, static _ => 64, bytes)).ToArray());
    }

    private static byte[] Key(byte number) => [.. Enumerable.Repeat(number, 32)];

    private void NextDay()
    {
        _bench.Wait(TimeSpan.FromDays(1));
        _bench.Tick();
        var race = Messages.Race with { Day = (uint)_bench.State.BusinessDay };
        _bench.Take(Frame.Encode(Messages.DefineRace(Admin, _bench.Next(Admin), race, _bench.Now + 3_600_000_000)));
        _bench.Take(Messages.RaceControl(MessageType.RaceOpen, Admin, _bench.Next(Admin), race));
    }

    private ResultCode[] Bets(int count) => [.. Enumerable.Range(0, count).Select(_ => Bet().Code)];

    private (ResultCode Code, BodyField Field) Bet(byte[]? player = null, byte[]? authorisation = null)
    {
        var outcome = _bench.Do(OnAccount(player, authorisation));
        return (outcome.Code, outcome.Field);
    }

    private Wager OnAccount(byte[]? player = null, byte[]? authorisation = null)
    {
        var race = Messages.Race with { Day = (uint)_bench.State.BusinessDay };
        return Messages.Wager(1, _bench.Next(1), Messages.Line(race: race)) with
        {
            PaymentMeans = PaymentMeans.Account,
            Player = player ?? Player,
            Authorisation = authorisation ?? [7],
        };
    }

    private void Limit(long day, long week, long month) => _bench.Take(
        Frame.Encode(new PlayerLimit(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), Player, day, week, month)));

    private void Bar(uint version, bool replacesAll, bool isLast, params (byte Key, PlayerBar Bar, long Until)[] players) =>
        _bench.Take(Frame.Encode(BarMessage(version, replacesAll, isLast, players)));

    private PlayersBar BarMessage(uint version, bool replacesAll, bool isLast, params (byte Key, PlayerBar Bar, long Until)[] players) => new(
        Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), version, replacesAll, isLast,
        [.. players.Select(static player => new BarredPlayer(Key(player.Key), player.Bar, player.Until))]);

    private (ResultCode Code, BodyField Field) CodeOf(PlayersBar message)
    {
        var outcome = _bench.Do(message);
        return (outcome.Code, outcome.Field);
    }
}
