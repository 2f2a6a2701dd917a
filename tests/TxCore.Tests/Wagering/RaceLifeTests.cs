using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>The life of a race, by an administrator and by itself, and cancellations around it.</summary>
public sealed class RaceLifeTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();

    [Fact]
    public void A_race_goes_from_draft_to_open_suspended_open_stopped_and_reopened()
    {
        var race = Messages.Race with { Race = 2 };
        _bench.Take(Frame.Encode(Messages.DefineRace(Admin, _bench.Next(Admin), race)));
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceSuspend, race).Code);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceStop, race).Code);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceReopen, race, second: 43).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceOpen, race).Code);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceOpen, race).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceSuspend, race).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceOpen, race).Code);
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceStop, race).Code);
        Assert.Equal(ResultCode.RaceClosed, _bench.Do(Messages.Wager(1, 1, Messages.Line(race: race))).Code);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceStop, race).Code);
        Assert.Equal(ResultCode.RaceState, Control(MessageType.RaceOpen, race).Code);
        Assert.Equal((ResultCode.SecondActorNeeded, BodyField.Actor), CodeOf(Control(MessageType.RaceReopen, race, at: _bench.Now + 1)));
        Assert.Equal((ResultCode.SecondActorNeeded, BodyField.Actor), CodeOf(Control(MessageType.RaceReopen, race, at: _bench.Now + 1, second: 42)));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), CodeOf(Control(MessageType.RaceReopen, race, at: _bench.Now, second: 43)));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceReopen, race, at: _bench.Now + 1_000_000, second: 43).Code);
        Assert.Equal(1, _bench.State.Races[race.Value].Epoch);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 2, Messages.Line(race: race))).Code);
    }

    [Fact]
    public void Definitions_out_of_their_limits_are_refused()
    {
        var good = Messages.DefineRace(Admin, 0, Messages.Race with { Race = 2 });
        Assert.Equal((ResultCode.RaceExists, BodyField.Race), Define(good with { Race = Messages.Race }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Race), Define(good with { Race = good.Race with { Meeting = 100 } }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Race), Define(good with { Race = good.Race with { Day = uint.MaxValue } }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.RunnerCount), Define(good with { RunnerCount = 0 }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.RunnerCount), Define(good with { RunnerCount = 32 }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Time), Define(good with { LatestStopAt = long.MinValue }));
        Assert.Equal((ResultCode.WrongChannel, BodyField.Pool), Define(good with { Pools = [Messages.Pool(BetType.Win) with { Pool = 1001 }] }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Pool), Define(good with { Pools = [Messages.Pool(BetType.Win), Messages.Pool(BetType.Win)] }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Stake), Define(good with { Pools = [Messages.Pool(BetType.Win, 0)] }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Stake), Define(good with { Pools = [Messages.Pool(BetType.Win) with { MaximumCents = long.MaxValue }] }));
        Assert.Equal((ResultCode.ActorMissing, BodyField.Actor), Define(good with { Control = default }));
        Assert.Equal((ResultCode.UnknownRace, BodyField.Race), CodeOf(Control(MessageType.RaceOpen, Messages.Race with { Race = 9 })));
        Assert.Equal((ResultCode.RunnerUnknown, BodyField.Runner), CodeOf(Control(MessageType.RaceScratch, Messages.Race, runner: 13)));
        Assert.Equal((ResultCode.RunnerUnknown, BodyField.Runner), CodeOf(Control(MessageType.RaceScratch, Messages.Race, runner: 255)));
        Assert.Equal(ResultCode.Accepted, Control(MessageType.RaceScratch, Messages.Race, runner: 12).Code);
        Assert.Equal((ResultCode.RunnerScratched, BodyField.Runner), CodeOf(Control(MessageType.RaceScratch, Messages.Race, runner: 12)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_its_latest_stop_a_race_stops_by_itself_before_the_wager_of_that_instant(bool recovered)
    {
        var bench = _bench;
        bench.Wait(TimeSpan.FromSeconds(3540));
        bench.Answer(Frame.Encode(new TimeConfirm(Messages.Name(Admin, 6), Messages.Control(), bench.Now)));
        Assert.Equal(ResultCode.Accepted, bench.Do(Messages.Wager(1, 1)).Code);
        bench.Wait(TimeSpan.FromSeconds(60));
        if (recovered)
        {
            bench = new DeciderBench(_bench.Database, _bench.State, now: _bench.Now);
            bench.LogOn(1);
        }

        var late = bench.Do(Messages.Wager(1, 2));
        Assert.Equal(ResultCode.RaceClosed, late.Code);
        var stop = bench.Database.Entries.Single(static row => row.Entry.Kind == MessageType.RaceStopDue);
        Assert.True(stop.Entry.Number < (long)late.Number);
    }

    [Fact]
    public void A_reopened_race_stops_at_its_new_time_and_not_at_the_old_one()
    {
        Control(MessageType.RaceStop, Messages.Race);
        long again = Messages.At(TimeSpan.FromHours(1)) + 30_000_000;
        Control(MessageType.RaceReopen, Messages.Race, at: again, second: 43);
        WaitUntil(Messages.At(TimeSpan.FromHours(1)));
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 1)).Code);
        WaitUntil(again - 1);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 2)).Code);
        WaitUntil(again);
        Assert.Equal(ResultCode.RaceClosed, _bench.Do(Messages.Wager(1, 3)).Code);
    }

    [Theory]
    [InlineData(BetType.Place, 15 * 60, ResultCode.Accepted)]
    [InlineData(BetType.Place, (14 * 60) + 59, ResultCode.Accepted)]
    [InlineData(BetType.Place, (15 * 60) + 1, ResultCode.CancelTooLate)]
    [InlineData(BetType.Win, (4 * 60) + 59, ResultCode.Accepted)]
    [InlineData(BetType.Win, (5 * 60) + 1, ResultCode.CancelTooLate)]
    public void A_ticket_may_be_cancelled_within_its_window(BetType type, int seconds, ResultCode code)
    {
        var ticket = _bench.Do(Messages.Wager(1, 1, Messages.Line(type: BetType.Place), Messages.Line(2, type)));
        WaitUntil(_bench.Now + (seconds * 1_000_000L));
        var outcome = _bench.Do(Messages.Cancel(1, 2, ticket.Number));
        Assert.Equal((code, code == ResultCode.Accepted ? 400L : 0L), (outcome.Code, outcome.AmountCents));
    }

    [Fact]
    public void A_ticket_is_cancelled_once_in_its_outlet_before_the_stop()
    {
        _bench.LogOn(2);
        _bench.LogOn(77);
        var ticket = _bench.Do(Messages.Wager(1, 1));
        var second = _bench.Do(Messages.Wager(1, 2));
        Assert.Equal(ResultCode.CancelOtherOutlet, _bench.Do(Messages.Cancel(77, 1, ticket.Number)).Code);
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Cancel(2, 1, ticket.Number)).Code);
        Assert.Equal(ResultCode.AlreadyCancelled, _bench.Do(Messages.Cancel(1, 3, ticket.Number)).Code);
        Assert.Equal(ResultCode.TicketUnknown, _bench.Do(Messages.Cancel(1, 4, 4711)).Code);
        Assert.Equal(ResultCode.CancelNotAllowed, _bench.Do(Messages.Cancel(1, 5, 1)).Code);
        Control(MessageType.RaceSuspend, Messages.Race);
        Control(MessageType.RaceStop, Messages.Race);
        Assert.Equal(ResultCode.CancelAfterStop, _bench.Do(Messages.Cancel(1, 6, second.Number)).Code);
    }

    [Fact]
    public void A_ticket_that_is_in_the_sequence_and_was_looked_for_too_early_is_not_called_unknown()
    {
        var ticket = _bench.Do(Messages.Wager(1, 1));
        byte[] cancel = Frame.Encode(Messages.Cancel(1, 2, ticket.Number));
        _bench.Fill(MessageType.Cancel, cancel.AsSpan(Wire.HeaderBytes), 1);
        _bench.Work.Carried = null;
        _bench.Decider.Decide(_bench.Work);
        Assert.Equal((AnswerKind.NotDecided, ResultCode.Busy), (_bench.Work.Answer, _bench.Work.AnswerCode));
        Assert.Equal(ResultCode.Accepted, _bench.Do(cancel).Code);
    }

    private (ResultCode Code, BodyField Field) Define(RaceDefine race) =>
        CodeOf(_bench.Do(race with { Header = Messages.Name(Admin, _bench.Next(Admin)) }));

    private Outcome Control(MessageType type, RaceId race, long at = 0, uint second = 0, byte runner = 0) =>
        _bench.Do(Messages.RaceControl(type, Admin, _bench.Next(Admin), race, runner, at, second));

    private void WaitUntil(long time)
    {
        while (_bench.Now < time)
        {
            _bench.Now = Math.Min(time, _bench.Now + 50_000_000);
            _bench.Tick();
        }
    }

    private static (ResultCode Code, BodyField Field) CodeOf(Outcome outcome) => (outcome.Code, outcome.Field);
}
