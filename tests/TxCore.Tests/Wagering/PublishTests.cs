using System.Text;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>From the result to the last ticket paid (<c>domain.md</c> sections 1.6 to 1.10), decided and replayed.</summary>
public sealed class PublishTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench(rules: new ShardRules { TimeStepMaxSeconds = 100 * 24 * 3600 });
    private readonly RaceId _second = Messages.Race with { Race = 2 };

    public PublishTests()
    {
        _bench.LogOn(Admin);
        _bench.LogOn(1);
        _bench.LogOn(2);
        Define(Messages.Race);
        Define(_second);
    }

    [Fact]
    public async Task Winners_are_paid_once_losers_not_at_all_and_a_replay_agrees()
    {
        var winner = Bet(Line(3, stake: 5));
        var loser = Bet(Line(4, stake: 5));
        var other = Bet(Line(3), Line(4));
        Assert.Equal(ResultCode.NotPayableYet, Pay(winner).Code);
        Finish(Messages.Race, 3, 4, 5);
        Assert.Equal(ResultCode.NotPayableYet, Pay(winner).Code);
        Publish(Messages.Race);

        // 2,400 staked at 14 % takeout: 2,064 to share, 1,200 of it on runner 3: 1.72, paid 1.70.
        var paid = Pay(winner, source: 2);
        Assert.Equal((ResultCode.Accepted, 1_700, winner.Number), (paid.Code, paid.AmountCents, paid.Reference));
        Assert.Equal(ResultCode.AlreadyPaid, Pay(winner).Code);
        Assert.Equal(ResultCode.TicketLost, Pay(loser).Code);
        Assert.Equal(340, Pay(other).AmountCents);
        Assert.Equal(ResultCode.BadControlCode, Pay(loser with { ControlCode = winner.ControlCode }).Code);
        Assert.Equal(PresentState.Paid, _bench.Do(Messages.Wager(1, 1, Line(3, stake: 5))).State);

        var race = _bench.State.Races[Messages.Race.Value];
        Assert.Equal((RaceStatus.Payable, 2_040, 2_040), (race.Status, race.OwedCents, race.PaidCents));
        await RequireReplayAsync();
    }

    [Fact]
    public void A_publication_needs_an_official_result_and_a_second_person()
    {
        Assert.Equal(ResultCode.RaceState, TryPublish(Messages.Race).Code);
        Control(MessageType.RaceStop, Messages.Race);
        Result(Messages.Race, ResultStage.Provisional, 3);
        Assert.Equal(ResultCode.RaceState, TryPublish(Messages.Race).Code);
        Result(Messages.Race, ResultStage.Official, 3);
        Assert.Equal(ResultCode.SecondActorNeeded, TryPublish(Messages.Race, second: 0).Code);
        Assert.Equal(ResultCode.SecondActorNeeded, TryPublish(Messages.Race, second: 42).Code);
        Assert.Equal(ResultCode.UnknownRace, TryPublish(Messages.Race with { Race = 9 }).Code);
        Assert.Equal(ResultCode.DividendsInvalid, TryPublish(Messages.Race, DividendMethod.EqualSplit, [new OfficialPool(1, true, false, [])]).Code);
        Assert.Equal(ResultCode.Accepted, TryPublish(Messages.Race).Code);
        Assert.Equal(ResultCode.RaceState, TryPublish(Messages.Race).Code);
    }

    [Fact]
    public void Nothing_is_published_when_the_running_total_and_the_rows_differ()
    {
        Bet(Line(3));
        Finish(Messages.Race, 3);
        _bench.State.Races[Messages.Race.Value].FindPool(1)!.TakenCents++;
        Assert.Equal((ResultCode.TotalsDiffer, BodyField.Pool), CodeOf(TryPublish(Messages.Race)));
        _bench.State.Races[Messages.Race.Value].FindPool(1)!.TakenCents--;
        Assert.Equal(ResultCode.Accepted, TryPublish(Messages.Race).Code);
    }

    [Fact]
    public void Cancelled_and_reversed_tickets_count_no_more()
    {
        Bet(Line(3));
        var cancelled = Bet(Line(3, stake: 7));
        _bench.Do(Messages.Cancel(1, _bench.Next(1), cancelled.Number));
        var reversed = Bet(Line(4, stake: 9));
        _bench.Do(Messages.Reversal(1, _bench.Next(1), (long)reversed.Sequence, reversed.AmountCents));
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        Assert.Equal(200, _bench.State.Races[Messages.Race.Value].Settlement!.Find(1)!.GrossCents);
    }

    [Fact]
    public async Task A_scratched_runner_is_refunded_and_a_cancelled_race_too()
    {
        var scratched = Bet(Line(7));
        var winner = Bet(Line(3));
        var both = Bet(Line(7), Line(3, race: _second));
        Control(MessageType.RaceScratch, Messages.Race, runner: 7);
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        Assert.Equal(200, Pay(scratched).AmountCents);
        Assert.Equal(ResultCode.Accepted, Pay(winner).Code);
        Assert.Equal(ResultCode.NotPayableYet, Pay(both).Code);
        Control(MessageType.RaceCancel, _second);
        Assert.Equal(400, Pay(both).AmountCents);
        Assert.Equal(ResultCode.AlreadyPaid, Pay(both).Code);
        await RequireReplayAsync();
    }

    [Fact]
    public void An_amount_above_the_limit_needs_an_identity_and_a_ticket_expires()
    {
        var rich = Bet(Line(3, stake: 250), Line(3, stake: 250), Line(3, stake: 250), Line(3, stake: 250));
        var late = Bet(Line(3));
        Bet(Line(4, stake: 400));
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        Assert.Equal((ResultCode.IdentityRequired, BodyField.Amount), CodeOf(Pay(rich)));
        Assert.Equal(ResultCode.Accepted, Pay(rich, identity: true).Code);

        _bench.Wait(TimeSpan.FromDays(60) - TimeSpan.FromMinutes(1));
        Assert.Equal(ResultCode.Accepted, Pay(late).Code);
    }

    [Fact]
    public void After_its_days_a_race_closes_and_tells_what_nobody_fetched()
    {
        var late = Bet(Line(3));
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        _bench.Wait(TimeSpan.FromDays(60));
        Assert.Contains(MessageType.RaceCloseDue, _bench.Tick());
        var closed = _bench.Database.Entries.Last(static row => row.Entry.Kind == MessageType.RaceCloseDue);
        Assert.Equal(200, closed.Entry.AmountCents);
        Assert.False(_bench.State.Races.ContainsKey(Messages.Race.Value));
        Assert.Equal(ResultCode.TicketExpired, Pay(late).Code);
    }

    [Fact]
    public async Task A_report_carries_its_gains_from_race_to_race()
    {
        var report = Bet(Report(600, [Leg(1, 3, carry: 100), Leg(2, 5)]));
        Assert.Equal(ResultCode.Accepted, report.Code);
        Bet(Line(4, stake: 3));
        Bet(Line(5, stake: 2, race: _second), Line(6, stake: 2, race: _second));
        Finish(_second, 5);
        Assert.Equal((ResultCode.EarlierRaceUnpublished, BodyField.Dividends), CodeOf(TryPublish(_second)));
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        Assert.Equal(ResultCode.NotPayableYet, Pay(report).Code);
        long carried = _bench.State.Races[_second.Value].FindPool(1)!.ReportCents;
        Assert.True(carried > 600, $"{carried} cents are carried.");
        Publish(_second);
        var paid = Pay(report);
        Assert.True(paid.Code == ResultCode.Accepted && paid.AmountCents > carried, $"{paid.Code}, {paid.AmountCents} cents.");
        await RequireReplayAsync();
    }

    [Fact]
    public async Task A_cancelled_race_is_published_before_what_reports_carry_through_it_and_stays_cancelled()
    {
        var report = Bet(Report(600, [Leg(1, 3, carry: 100), Leg(2, 5)]));
        var line = Bet(Line(4));
        Bet(Line(6, stake: 9, race: _second));
        Control(MessageType.RaceCancel, Messages.Race);
        Assert.Equal(200, Pay(line).AmountCents);
        Finish(_second, 5);
        Assert.Equal(ResultCode.EarlierRaceUnpublished, TryPublish(_second).Code);
        Assert.Equal(ResultCode.NotPayableYet, Pay(report).Code);
        Publish(Messages.Race);
        Publish(_second);
        var race = _bench.State.Races[Messages.Race.Value];
        Assert.Equal((RaceStatus.Cancelled, 200, 200), (race.Status, race.OwedCents, race.PaidCents));
        Assert.Equal(600, _bench.State.Races[_second.Value].Settlement!.Find(1)!.ReportInCents);
        Assert.Equal(2_040, Pay(report).AmountCents);
        await RequireReplayAsync();
    }

    [Fact]
    public void Races_of_a_meeting_may_be_defined_on_different_days()
    {
        _bench.Wait(TimeSpan.FromDays(1));
        _bench.Tick();
        var third = Messages.Race with { Race = 3 };
        Define(third, _bench.Now + 3_600_000_000);
        Bet(Line(3, race: third));
        Finish(third, 3);
        Publish(third);
        Assert.Equal(200, _bench.State.Races[third.Value].Settlement!.Find(1)!.GrossCents);
    }

    [Fact]
    public async Task Official_dividends_are_taken_as_given_and_checked()
    {
        var winner = Bet(Line(3, stake: 2));
        Bet(Line(4, stake: 8));
        Finish(Messages.Race, 3);
        OfficialPool Win(params Dividend[] dividends) => new(1, false, false, dividends);
        Assert.Equal(ResultCode.DividendsInvalid, TryPublish(Messages.Race, DividendMethod.Official, []).Code);
        Assert.Equal(ResultCode.DividendsInvalid, TryPublish(Messages.Race, DividendMethod.Official, [Win(new Dividend(PayRank.AnyOrder, 0, [30], 250))]).Code);
        Assert.Equal(ResultCode.Accepted, TryPublish(Messages.Race, DividendMethod.Official, [Win(new Dividend(PayRank.AnyOrder, 0, [3], 250))]).Code);
        Assert.Equal(1_000, Pay(winner).AmountCents);
        await RequireReplayAsync();
    }

    [Fact]
    public async Task A_snapshot_and_the_rows_lead_to_the_same_state()
    {
        var winner = Bet(Line(3), Line(7));
        Bet(Report(200, [Leg(1, 3, carry: 50), Leg(2, 5)]));
        Control(MessageType.RaceScratch, Messages.Race, runner: 7);
        Finish(Messages.Race, 3);
        Publish(Messages.Race);
        Pay(winner);
        Control(MessageType.RaceCancel, _second);
        byte[] bytes = ShardSnapshot.Save(_bench.State).ToArray();
        var loaded = ShardSnapshot.Load(TestShard.Identity, static _ => 64, bytes);
        Assert.Equal(bytes, ShardSnapshot.Save(loaded).ToArray());
        var fromRows = new ShardState(TestShard.Identity, static _ => 64);
        await Recovery.CatchUpAsync(fromRows, new MemoryReader(_bench.Database), TestContext.Current.CancellationToken);
        fromRows.Time = _bench.State.Time;
        Assert.Equal(bytes, ShardSnapshot.Save(fromRows).ToArray());
    }

    private static (ResultCode Code, BodyField Field) CodeOf(Outcome outcome) => (outcome.Code, outcome.Field);

    private static WagerLine Line(byte runner, long stake = 1, RaceId? race = null) => Messages.Line(runner, stake: stake, race: race);

    private static ReportLeg Leg(byte race, byte runner, ushort carry = 0) =>
        new(race, carry == 0 ? (byte)0 : (byte)1, carry, (ushort)BetType.Win, [runner]);

    private static WagerLine Report(long cents, ReportLeg[] legs) =>
        Messages.Line(type: BetType.Report) with { Bases = [], Stake = cents / 200, AmountCents = cents, Legs = legs };

    private void Define(RaceId race, long? latestStopAt = null)
    {
        PoolDefinition[] pools =
        [
            Messages.Pool(BetType.Win) with { TakeoutBasisPoints = 1_400 }, Messages.Pool(BetType.Place) with { TakeoutBasisPoints = 1_400 },
            Messages.Pool(BetType.Report),
        ];
        _bench.Take(Frame.Encode(Messages.DefineRace(Admin, _bench.Next(Admin), race, latestStopAt) with { Pools = pools }));
        _bench.Take(Messages.RaceControl(MessageType.RaceOpen, Admin, _bench.Next(Admin), race));
    }

    private Outcome Bet(params WagerLine[] lines) => _bench.Do(Messages.Wager(1, _bench.Next(1), lines));

    private Outcome Pay(Outcome ticket, uint source = 1, bool identity = false) => _bench.Do(
        new Pay(Messages.Name(source, _bench.Next(source)), 1, 5, ticket.Number, Encoding.ASCII.GetBytes(ticket.ControlCode), identity));

    private Outcome Control(MessageType type, RaceId race, byte runner = 0) =>
        _bench.Take(Messages.RaceControl(type, Admin, _bench.Next(Admin), race, runner));

    private void Result(RaceId race, ResultStage stage, params byte[] runners) => _bench.Take(Frame.Encode(new RaceResult(
        Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), race, stage,
        [.. runners.Select(static (runner, i) => new FinishPlace(runner, (byte)(i + 1)))])));

    private void Finish(RaceId race, params byte[] runners)
    {
        Control(MessageType.RaceStop, race);
        Result(race, ResultStage.Official, runners);
    }

    private Outcome TryPublish(
        RaceId race, DividendMethod method = DividendMethod.EqualSplit, OfficialPool[]? pools = null, uint second = 43) => _bench.Do(
        new RacePublish(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(second), race, method, pools ?? []));

    private void Publish(RaceId race) => Assert.Equal((ResultCode.Accepted, BodyField.None), CodeOf(TryPublish(race)));

    private async Task RequireReplayAsync()
    {
        var report = await new ReplayVerifier(TestShard.Identity, new MemoryReader(_bench.Database), TestShard.Keys)
            .RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
        Assert.Equal(_bench.State.LastNumber, report.Entries);
    }
}
