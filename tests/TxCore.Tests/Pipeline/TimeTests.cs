using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Pipeline;

/// <summary>Time in the sequence: it never goes back, a large step is held, a business day is an entry.</summary>
public sealed class TimeTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll(holdSeconds: 30);

    [Fact]
    public void Time_never_goes_back()
    {
        var first = _bench.Do(Messages.Wager(1, 1));
        _bench.Now -= 3_600_000_000;
        Assert.Equal(first.SequencedAt, _bench.Do(Messages.Wager(1, 2)).SequencedAt);
        Assert.Equal(_bench.Now, _bench.Database.Find(1, 2)!.Entry.ReceivedAt);
    }

    [Fact]
    public void Time_does_not_go_back_over_a_restart_with_a_clock_behind()
    {
        var last = _bench.Do(Messages.Wager(1, 1));
        var restarted = new DeciderBench(_bench.Database, _bench.State, now: _bench.Now - 3_600_000_000);
        restarted.LogOn(1);
        Assert.Equal(last.SequencedAt, restarted.Do(Messages.Wager(1, 2)).SequencedAt);
    }

    [Fact]
    public void Ticks_that_change_nothing_store_no_row_and_take_no_number()
    {
        long number = _bench.State.LastNumber;
        for (int i = 0; i < 100; i++)
        {
            _bench.Wait(TimeSpan.FromMilliseconds(10));
            Assert.Empty(_bench.Tick());
        }

        Assert.Equal((number, _bench.Now), (_bench.State.LastNumber, _bench.State.Time));
    }

    [Fact]
    public void A_forward_step_above_the_limit_takes_nothing_and_expires_nothing_until_it_is_confirmed()
    {
        var hold = _bench.Do(Messages.Hold(1, 1));
        _bench.Wait(TimeSpan.FromMinutes(10));
        Assert.Empty(_bench.Tick());
        Assert.True(_bench.Decider.IsTimeHeld);
        byte[] answer = _bench.Answer(Frame.Encode(Messages.Wager(1, 2)));
        Assert.True(Frame.TryDecode<NotDecided>(answer.AsSpan(Wire.HeaderBytes), out var busy));
        Assert.Equal((ResultCode.Busy, 2UL), (busy.Code, busy.NextSequence));
        Assert.Equal(hold with { IsRepeat = true }, _bench.Do(Messages.Hold(1, 1)));

        foreach (long wrong in new[] { 0, _bench.Now - 61_000_000, _bench.Now + 61_000_000, long.MinValue, long.MaxValue, long.MinValue + _bench.Now })
        {
            Assert.Equal(ResultCode.DefinitionInvalid, _bench.Do(new TimeConfirm(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), wrong)).Code);
        }

        Assert.True(_bench.Decider.IsTimeHeld);
        var confirmed = _bench.Do(new TimeConfirm(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(), _bench.Now + 5_000_000));
        Assert.Equal((ResultCode.Accepted, _bench.Now), (confirmed.Code, confirmed.SequencedAt));
        Assert.False(_bench.Decider.IsTimeHeld);
        Assert.Equal([MessageType.HoldExpired], _bench.Tick());
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 2)).Code);
    }

    [Fact]
    public void A_step_that_goes_back_by_itself_is_no_longer_held()
    {
        _bench.Wait(TimeSpan.FromMinutes(10));
        _bench.Tick();
        _bench.Wait(TimeSpan.FromMinutes(-10));
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 1)).Code);
        Assert.False(_bench.Decider.IsTimeHeld);
    }

    [Fact]
    public void There_is_nothing_to_confirm_while_the_clock_is_right()
    {
        Assert.Equal(ResultCode.TimeNotHeld, _bench.Do(new TimeConfirm(Messages.Name(Admin, 6), Messages.Control(), _bench.Now)).Code);
        _bench.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(ResultCode.ActorMissing, _bench.Do(new TimeConfirm(Messages.Name(Admin, 7), default, _bench.Now)).Code);
    }

    [Fact]
    public void A_business_day_begins_with_an_entry_of_its_own()
    {
        var late = new DeciderBench(now: Messages.At(TimeSpan.FromHours(18) - TimeSpan.FromSeconds(1)));
        late.LogOn(1);
        Assert.Equal(20251105U, late.Do(Messages.Wager(1, 1)).BusinessDay);
        late.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal([MessageType.DayOpened], late.Tick());
        Assert.Empty(late.Tick());
        var next = late.Do(Messages.Wager(1, 2));
        Assert.Equal(20251106U, next.BusinessDay);
        Assert.Equal(20251106, late.Database.Find((long)next.Number - 1)!.Entry.BusinessDay);
    }

    [Theory]
    [InlineData(0, 20251104, 20251105)]
    [InlineData(180, 20251105, 20251106)]
    public void The_start_of_a_business_day_is_a_rule(int minutes, int before, int after)
    {
        var rules = new ShardRules { DayStartMinutes = (ushort)minutes };
        long start = rules.NextDayStart(before);
        Assert.Equal((before, after), (rules.BusinessDayOf(start - 1), rules.BusinessDayOf(start)));
    }

    [Fact]
    public void Rules_of_an_earlier_start_hold_until_the_next()
    {
        var changed = new DeciderBench(_bench.Database, _bench.State, new ShardRules { CancelWindowSeconds = 60 }, _bench.Now);
        Assert.Equal(60U, changed.State.Rules.CancelWindowSeconds);
        Assert.Equal(MessageType.Started, _bench.Database.Entries[^1].Entry.Kind);
    }
}
