using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>A reversal after a stop waits for a supervisor (<c>domain.md</c> section 2.1, rule 6).</summary>
public sealed class SupervisorTests
{
    private const uint Admin = TestShard.Admin;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();
    private readonly Outcome _ticket;

    public SupervisorTests()
    {
        _ticket = _bench.Do(Messages.Wager(1, 1));
        _bench.Take(Messages.RaceControl(MessageType.RaceStop, Admin, 6));
    }

    [Fact]
    public void The_ticket_waits_and_is_then_reversed_by_two_persons()
    {
        var reversal = _bench.Do(Messages.Reversal(1, 2, 1, 200));
        Assert.Equal((ResultCode.ReversalToSupervisor, _ticket.Number), (reversal.Code, reversal.Reference));
        var disputed = _bench.Do(Messages.Wager(1, 1));
        Assert.Equal((PresentState.Disputed, ""), (disputed.State, disputed.TicketSerial));
        Assert.Equal(ResultCode.TicketDisputed, Pay().Code);
        Assert.Equal(ResultCode.ReversalToSupervisor, _bench.Do(Messages.Reversal(1, _bench.Next(1), 1, 200)).Code);

        Assert.Equal(ResultCode.SecondActorNeeded, Resolve(true).Code);
        Assert.Equal(ResultCode.SecondActorNeeded, Resolve(true, second: 42).Code);
        var granted = Resolve(true, second: 43);
        Assert.Equal((ResultCode.Accepted, 200, _ticket.Number), (granted.Code, granted.AmountCents, granted.Reference));
        Assert.Equal(PresentState.Reversed, _bench.Do(Messages.Wager(1, 1)).State);
        Assert.Equal(0, _bench.State.Races[Messages.Race.Value].FindPool(1)!.GrossCents);
        Assert.Equal(ResultCode.NothingToResolve, Resolve(true, second: 43).Code);
    }

    [Fact]
    public void A_reversal_that_is_denied_leaves_the_ticket_as_it_was()
    {
        _bench.Do(Messages.Reversal(1, 2, 1, 200));
        Assert.Equal((ResultCode.Accepted, 0), (Resolve(false).Code, _bench.Work.Entry.AmountCents));
        Assert.Equal(PresentState.Live, _bench.Do(Messages.Wager(1, 1)).State);
        Assert.Equal(ResultCode.NotPayableYet, Pay().Code);
        Assert.Equal(200, _bench.State.Races[Messages.Race.Value].FindPool(1)!.GrossCents);
    }

    [Fact]
    public void What_nobody_disputes_cannot_be_resolved()
    {
        Assert.Equal(ResultCode.NothingToResolve, Resolve(false).Code);
        Assert.Equal(ResultCode.NothingToResolve, Resolve(false, number: 999).Code);
        Assert.Equal(ResultCode.ActorMissing, _bench.Do(new SupervisorResolve(Messages.Name(Admin, _bench.Next(Admin)), default, _ticket.Number, false)).Code);
    }

    private Outcome Pay() => _bench.Do(
        new Pay(Messages.Name(1, _bench.Next(1)), 1, 5, _ticket.Number, System.Text.Encoding.ASCII.GetBytes(_ticket.ControlCode), false));

    private Outcome Resolve(bool grant, uint second = 0, ulong? number = null) => _bench.Do(
        new SupervisorResolve(Messages.Name(Admin, _bench.Next(Admin)), Messages.Control(second), number ?? _ticket.Number, grant));
}
