using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Reference;

/// <summary>The shortest cases of what the comparison with the reference once found.</summary>
public sealed class FindingTests
{
    [Fact]
    public void A_cancel_that_is_refused_leaves_a_disputed_ticket_disputed()
    {
        var bench = new DeciderBench().OpenAll();
        ulong ticket = bench.Take(Frame.Encode(Messages.Wager(1, 1))).Number;
        bench.Take(Messages.RaceControl(MessageType.RaceStop, TestShard.Admin, bench.Next(TestShard.Admin)));
        Assert.Equal(ResultCode.ReversalToSupervisor, bench.Do(Messages.Reversal(1, 2, 1, 200)).Code);
        Assert.Equal(PresentState.Disputed, bench.State.Tickets[(long)ticket]);
        Assert.Equal(ResultCode.TicketDisputed, bench.Do(Messages.Cancel(1, 3, ticket)).Code);
        Assert.Equal(PresentState.Disputed, bench.State.Tickets[(long)ticket]);
    }

    [Fact]
    public async Task A_quiet_minute_is_no_fault_of_a_replay()
    {
        var bench = new DeciderBench().OpenAll();
        bench.Take(Frame.Encode(Messages.Wager(1, 1)));
        for (int i = 0; i < 70; i++)
        {
            bench.Wait(TimeSpan.FromSeconds(1));
            bench.Tick();
        }

        bench.Take(Frame.Encode(Messages.Wager(1, 2)));
        var report = await new ReplayVerifier(TestShard.Identity, new MemoryReader(bench.Database), TestShard.Keys).RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
    }

    [Fact]
    public void A_confirmation_of_time_past_its_deadline_is_refused()
    {
        var bench = new DeciderBench().OpenAll();
        long deadline = bench.Now - 1;
        bench.Wait(TimeSpan.FromMinutes(5));
        bench.Tick();
        uint admin = TestShard.Admin;
        Assert.Equal(ResultCode.DeadlinePassed, bench.Do(new TimeConfirm(Messages.Name(admin, bench.Next(admin), deadline), Messages.Control(), bench.Now)).Code);
    }

    [Fact]
    public void No_race_is_defined_under_the_name_of_one_that_closed()
    {
        var bench = new DeciderBench(rules: new ShardRules { TicketValidDays = 1, TimeStepMaxSeconds = 40 * 3600 }).OpenAll();
        uint admin = TestShard.Admin;
        var sold = bench.Take(Frame.Encode(Messages.Wager(1, 1)));
        bench.Take(Messages.RaceControl(MessageType.RaceCancel, admin, bench.Next(admin)));
        bench.Wait(TimeSpan.FromHours(30));
        bench.Tick();
        var pay = new Pay(Messages.Name(1, 2), 1, 0, sold.Number, System.Text.Encoding.ASCII.GetBytes(sold.ControlCode), true);
        Assert.Equal(ResultCode.TicketExpired, bench.Do(pay).Code);
        long stop = bench.Now + 60_000_000;
        var again = bench.Do(Messages.DefineRace(admin, bench.Next(admin), latestStopAt: stop));
        Assert.Equal((ResultCode.RaceExists, BodyField.Race), (again.Code, again.Field));
        var restored = ShardSnapshot.Load(TestShard.Identity, static _ => 64, ShardSnapshot.Save(bench.State).Span);
        Assert.Contains(Messages.Race.Value, restored.ClosedRaces);
    }

    [Fact]
    public async Task A_replay_offers_no_seats_while_the_clock_was_held()
    {
        var bench = new DeciderBench();
        uint admin = TestShard.Admin;
        bench.LogOn(admin);
        bench.LogOn(1);
        var terms = new SaleTerms(0, 0, 0, 0, 60, 10);
        bench.Take(Frame.Encode(Messages.DefineSale(admin, 1, closesAt: bench.Now + 86_400_000_000) with { Terms = terms }));
        bench.Take(Frame.Encode(Messages.DefineCells(admin, 2, new CellDefinition(1, 1, 500, 4, 4, 2))));
        bench.Take(Messages.SaleControl(MessageType.SaleOpen, admin, 3));
        bench.Take(Frame.Encode(new WaitJoin(Messages.Name(1, 1), 0, Messages.Sale, new byte[32], 1, 1, 2)));
        bench.Wait(TimeSpan.FromSeconds(5));
        Assert.Empty(bench.Tick());
        bench.Wait(TimeSpan.FromHours(3));
        var free = new SeatsBlock(Messages.Name(admin, 4), Messages.Control(), Messages.Sale, 1, 1, 2);
        bench.Take(Frame.Encode(free));
        bench.Take(Frame.Encode(free with { Header = Messages.Name(admin, 5), Blocked = 1 }));
        Assert.Empty(bench.Tick());
        bench.Take(Frame.Encode(new TimeConfirm(Messages.Name(admin, 6), Messages.Control(), bench.Now)));
        Assert.Equal([MessageType.WaitOffered], bench.Tick());
        var report = await new ReplayVerifier(TestShard.Identity, new MemoryReader(bench.Database), TestShard.Keys).RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
    }
}
