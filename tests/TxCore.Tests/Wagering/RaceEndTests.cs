using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>How a race ends: cancelled, postponed, with a provisional and an official result (<c>domain.md</c> section 1.2).</summary>
public sealed class RaceEndTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();

    private RaceStatus Status => _bench.State.Races[Messages.Race.Value].Status;

    [Fact]
    public void A_cancelled_race_takes_nothing_more_and_owes_its_stakes()
    {
        var kept = _bench.Do(Messages.Wager(1, 1, Messages.Line(stake: 3)));
        var undone = _bench.Do(Messages.Wager(1, 2));
        _bench.Do(Messages.Cancel(1, 3, undone.Number));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceCancel).Code);

        Assert.Equal((RaceStatus.Cancelled, kept.AmountCents), (Status, _bench.State.Races[Messages.Race.Value].OwedCents));
        Assert.Equal(ResultCode.RaceClosed, _bench.Do(Messages.Wager(1, 4)).Code);
        Assert.Equal(ResultCode.CancelAfterStop, _bench.Do(Messages.Cancel(1, 5, kept.Number)).Code);
        foreach (var type in (MessageType[])[MessageType.RaceOpen, MessageType.RaceStop, MessageType.RaceCancel, MessageType.RacePostpone])
        {
            Assert.Equal(ResultCode.RaceState, Control(type).Code);
        }
    }

    [Fact]
    public void A_race_postponed_on_the_same_day_keeps_its_wagers_and_its_new_times()
    {
        _bench.Do(Messages.Wager(1, 1));
        long stop = Messages.At(TimeSpan.FromHours(3));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RacePostpone, stop).Code);
        var race = _bench.State.Races[Messages.Race.Value];
        Assert.Equal((RaceStatus.Suspended, stop, stop), (race.Status, race.LatestStopAt, race.StartsAt));

        Assert.Equal(ResultCode.RaceNotOpen, _bench.Do(Messages.Wager(1, 2)).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceOpen).Code);
        WaitUntil(Messages.At(TimeSpan.FromHours(3)) - 1);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 3)).Code);
        _bench.Now++;
        Assert.Equal(ResultCode.RaceClosed, _bench.Do(Messages.Wager(1, 4)).Code);
        Assert.Equal(400, race.FindPool(1)!.GrossCents);
    }

    [Fact]
    public void A_race_postponed_to_another_day_is_refunded_and_a_time_of_another_day_is_refused()
    {
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), CodeOf(Control(MessageType.RacePostpone, Messages.At(TimeSpan.FromDays(1)))));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), CodeOf(Control(MessageType.RacePostpone, _bench.Now)));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), CodeOf(Control(MessageType.RacePostpone, 1L << 60)));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), CodeOf(Control(MessageType.RacePostpone, long.MaxValue)));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RacePostpone).Code);
        Assert.Equal(RaceStatus.Postponed, Status);
    }

    [Fact]
    public void A_stopped_race_that_is_postponed_stays_stopped_until_two_persons_reopen_it()
    {
        Control(MessageType.RaceStop);
        long stop = Messages.At(TimeSpan.FromHours(3));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RacePostpone, stop).Code);
        Assert.Equal(RaceStatus.Stopped, Status);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceReopen, stop, second: 43).Code);
    }

    [Fact]
    public void A_result_is_provisional_then_official_and_corrected_by_two_persons_only()
    {
        Assert.Equal((ResultCode.RaceState, BodyField.Race), CodeOf(Result(ResultStage.Provisional, (3, 1))));
        Control(MessageType.RaceStop);
        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Provisional, (3, 1), (4, 2)).Code);
        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Provisional, (4, 1), (3, 2)).Code);
        Assert.Equal(RaceStatus.Provisional, Status);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceReopen, Messages.At(TimeSpan.FromHours(2)), 43).Code);
        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Official, (3, 1), (4, 1), (5, 3)).Code);
        Assert.Equal(RaceStatus.Official, Status);
        Assert.Equal(ResultCode.SecondActorNeeded, Result(ResultStage.Official, (3, 1)).Code);
        Assert.Equal((ResultCode.ResultInvalid, BodyField.Finish), CodeOf(Result(ResultStage.Provisional, (3, 1))));
        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Official, 43, (5, 1)).Code);
        Assert.Equal(new FinishPlace(5, 1), Assert.Single(_bench.State.Races[Messages.Race.Value].Finish));
    }

    [Fact]
    public void A_result_names_runners_that_ran_and_places_that_count_up()
    {
        Control(MessageType.RaceScratch, runner: 9);
        Control(MessageType.RaceStop);
        (byte, byte)[][] wrong =
        [
            [(0, 1)], [(13, 1)], [(9, 1)], [(3, 2)], [(3, 0)], [(3, 1), (3, 2)], [(3, 1), (4, 3)], [(3, 1), (4, 1), (5, 2)], [(3, 1), (4, 2), (5, 2), (6, 3)],
        ];
        foreach (var finish in wrong)
        {
            var outcome = Result(ResultStage.Official, finish);
            Assert.Equal((ResultCode.ResultInvalid, BodyField.Finish, (byte)finish.Length), (outcome.Code, outcome.Field, outcome.Line));
        }

        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Official, (3, 1), (4, 2), (5, 2), (6, 4)).Code);
        Assert.Equal(ResultCode.Accepted, Result(ResultStage.Official, 43).Code);
    }

    [Fact]
    public void A_scratch_after_the_official_result_is_refused()
    {
        Control(MessageType.RaceStop);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceScratch, runner: 2).Code);
        Result(ResultStage.Official, (3, 1));
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceScratch, runner: 4).Code);
    }

    [Fact]
    public void A_race_with_fewer_runners_than_a_pool_needs_or_a_takeout_above_all_is_refused()
    {
        var good = Messages.DefineRace(Admin, 0, Messages.Race with { Race = 2 });
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.RunnerCount), Define(good with { Pools = [Messages.Pool(BetType.Win) with { RunnersMin = 13 }] }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Amount), Define(good with { Pools = [Messages.Pool(BetType.Win) with { TakeoutBasisPoints = 10_001 }] }));
        Assert.Equal((ResultCode.Accepted, BodyField.None), Define(good with { Pools = [Messages.Pool(BetType.Win) with { RunnersMin = 12, TakeoutBasisPoints = 10_000 }] }));
    }

    [Fact]
    public void Money_is_carried_in_from_what_was_carried_over_only()
    {
        Assert.Equal((ResultCode.CarryOverTooSmall, BodyField.Amount), CodeOf(CarryIn(1, 1)));
        _bench.State.CarryOvers[1] = 500;
        Assert.Equal((ResultCode.CarryOverTooSmall, BodyField.Amount), CodeOf(CarryIn(1, 501)));
        Assert.Equal((ResultCode.CarryOverTooSmall, BodyField.Amount), CodeOf(CarryIn(1, 0)));
        Assert.Equal((ResultCode.PoolNotOffered, BodyField.Pool), CodeOf(CarryIn(13, 1)));
        Assert.Equal(ResultCode.Accepted, CarryIn(1, 300).Code);
        Assert.Equal((200, 300), (_bench.State.CarryOvers[1], _bench.State.Races[Messages.Race.Value].FindPool(1)!.CarryInCents));
        Control(MessageType.RaceCancel);
        Assert.Equal(500, _bench.State.CarryOvers[1]);
    }

    private static (ResultCode Code, BodyField Field) CodeOf(Outcome outcome) => (outcome.Code, outcome.Field);

    private (ResultCode Code, BodyField Field) Define(RaceDefine race) =>
        CodeOf(_bench.Do(race with { Header = Messages.Name(Admin, _bench.Next(Admin)) }));

    private void WaitUntil(long time)
    {
        for (; _bench.Now < time; _bench.Now = Math.Min(time, _bench.Now + 50_000_000))
        {
            _bench.Tick();
        }
    }

    private Outcome Control(MessageType type, long latestStopAt = 0, uint second = 0, byte runner = 0) =>
        _bench.Do(Messages.RaceControl(type, Admin, _bench.Next(Admin), runner: runner, latestStopAt: latestStopAt, second: second));

    private Outcome CarryIn(ushort pool, long cents) =>
        _bench.Do(new PoolCarryIn(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), Messages.Race, pool, cents));

    private Outcome Result(ResultStage stage, params (byte Runner, byte Place)[] finish) => Result(stage, 0, finish);

    private Outcome Result(ResultStage stage, uint second, params (byte Runner, byte Place)[] finish) => _bench.Do(new RaceResult(
        Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(second), Messages.Race, stage,
        [.. finish.Select(static place => new FinishPlace(place.Runner, place.Place))]));
}
