using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>Reversals and status queries over a connection: what a terminal does when an answer did not come.</summary>
public sealed class ReversalTests : IAsyncLifetime
{
    private const uint Terminal = 11;
    private const uint Admin = TestShard.Admin;
    private TestShard _test = null!;
    private RawClient _admin = null!;
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestShard.StartAsync(TestShard.DefaultOptions with { CommitStallMilliseconds = 500 });
        _admin = await _test.OpenAllAsync();
        _client = await _test.LogOnAsync(Terminal);
    }

    public async ValueTask DisposeAsync() => await _test.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_reversal_before_arrival_decides_the_sequence_and_the_late_original_gets_its_outcome(long deadline)
    {
        var reversal = Messages.Reversal(Terminal, 1, 1, 200);
        var reversed = await AskAsync(reversal with { Header = reversal.Header with { Deadline = deadline } });
        Assert.Equal(ResultCode.ReversedBeforeArrival, reversed.Code);
        Assert.Equal(reversed with { IsRepeat = true }, await AskAsync(Messages.Wager(Terminal, 1)));
        Assert.Equal(reversed with { IsRepeat = true }, await AskAsync(reversal));
        Assert.Equal(ResultCode.AlreadyCancelled, (await AskAsync(Messages.Reversal(Terminal, 2, 1, 200))).Code);
    }

    [Fact]
    public async Task A_reversal_under_the_originals_own_sequence_tells_its_outcome_when_it_was_decided()
    {
        var ticket = await AskAsync(Messages.Wager(Terminal, 1));
        Assert.Equal(ticket with { IsRepeat = true }, await AskAsync(Messages.Reversal(Terminal, 1, 1, 200)));
    }

    [Fact]
    public async Task A_reversal_undoes_a_ticket_once()
    {
        var ticket = await AskAsync(Messages.Wager(Terminal, 1, Messages.Line(), Messages.Line(2)));
        var reversed = await AskAsync(Messages.Reversal(Terminal, 2, 1, 400));
        Assert.Equal((ResultCode.Accepted, ticket.Number, 400L), (reversed.Code, reversed.Reference, reversed.AmountCents));
        Assert.Equal(ResultCode.AlreadyCancelled, (await AskAsync(Messages.Reversal(Terminal, 3, 1, 400))).Code);
        Assert.Equal(PresentState.Reversed, (await AskAsync(Messages.Wager(Terminal, 1, Messages.Line(), Messages.Line(2)))).State);
        Assert.Equal(ResultCode.AlreadyCancelled, (await AskAsync(Messages.Cancel(Terminal, 4, ticket.Number))).Code);
        Assert.Equal(ResultCode.CancelNotAllowed, (await AskAsync(Messages.Reversal(Terminal, 5, 2, 400))).Code);
    }

    [Fact]
    public async Task A_reversal_of_a_hold_gives_its_seats_back()
    {
        var hold = await AskAsync(Messages.Hold(Terminal, 1, new HoldLine(1, 1, 2, 0), new HoldLine(1, 2, 1, 0)));
        Assert.Equal(12_500, hold.AmountCents);
        Assert.Equal(ResultCode.AmountMismatch, (await AskAsync(Messages.Reversal(Terminal, 2, 1, 1))).Code);
        Assert.Equal(ResultCode.Accepted, (await AskAsync(Messages.Reversal(Terminal, 3, 1, 12_500))).Code);
        Assert.Equal(ResultCode.AlreadyCancelled, (await AskAsync(Messages.Reversal(Terminal, 4, 1, 12_500))).Code);
        Assert.Equal(ResultCode.HoldNotLive, (await AskAsync(Messages.Confirm(Terminal, 5, hold.Number, 12_500))).Code);
        Assert.Equal(PresentState.Reversed, (await AskAsync(Messages.Hold(Terminal, 1, new HoldLine(1, 1, 2, 0), new HoldLine(1, 2, 1, 0)))).State);
    }

    [Fact]
    public async Task What_was_refused_cancelled_or_wrong_is_not_undone()
    {
        await AskAsync(Messages.Wager(Terminal, 1, Messages.Line(99)));
        var cancelled = await AskAsync(Messages.Wager(Terminal, 2));
        await AskAsync(Messages.Cancel(Terminal, 3, cancelled.Number));
        await AskAsync(Messages.Wager(Terminal, 4));
        Assert.Equal(ResultCode.NothingToReverse, (await AskAsync(Messages.Reversal(Terminal, 5, 1, 200))).Code);
        Assert.Equal(ResultCode.AlreadyCancelled, (await AskAsync(Messages.Reversal(Terminal, 6, 2, 200))).Code);
        Assert.Equal(ResultCode.CancelNotAllowed, (await AskAsync(Messages.Reversal(Terminal, 7, 3, 200))).Code);
        Assert.Equal(ResultCode.AmountMismatch, (await AskAsync(Messages.Reversal(Terminal, 8, 4, 201))).Code);
        Assert.Equal((ResultCode.MalformedBody, BodyField.Sequence), await CodeAsync(Messages.Reversal(Terminal, 9, 10, 200)));
        Assert.Equal((ResultCode.MalformedBody, BodyField.Sequence), await CodeAsync(Messages.Reversal(Terminal, 10, 0, 200)));
        Assert.Equal((ResultCode.MalformedBody, BodyField.Sequence), await CodeAsync(Messages.Reversal(Terminal, 11, long.MinValue, 200)));
    }

    [Fact]
    public async Task After_a_stop_a_reversal_goes_to_the_supervisor_and_the_ticket_waits()
    {
        await AskAsync(Messages.Wager(Terminal, 1));
        _admin.Send(Messages.RaceControl(MessageType.RaceStop, Admin, 6));
        await _admin.NextAsync<Outcome>();
        Assert.Equal(ResultCode.ReversalToSupervisor, (await AskAsync(Messages.Reversal(Terminal, 2, 1, 200))).Code);
        Assert.Equal(PresentState.Disputed, (await AskAsync(Messages.Wager(Terminal, 1))).State);
    }

    [Fact]
    public async Task A_reversal_pipelined_behind_its_original_waits_for_it()
    {
        _client.Send([.. Frame.Encode(Messages.Wager(Terminal, 1)), .. Frame.Encode(Messages.Reversal(Terminal, 2, 1, 200))]);
        Assert.Equal(ResultCode.Accepted, (await _client.NextAsync<Outcome>()).Code);
        Assert.Equal((ResultCode.Accepted, 2UL), ((await _client.NextAsync<Outcome>()) is var second ? second.Code : default, second.Sequence));
    }

    [Fact]
    public async Task Status_tells_decided_unknown_and_pending()
    {
        var ticket = await AskAsync(Messages.Wager(Terminal, 1));
        var decided = await StatusAsync(1);
        Assert.Equal((TransactionStatus.Decided, 2UL), (decided.Status, decided.NextSequence));
        Assert.Equal(ticket with { IsRepeat = true }, decided.Outcome);
        foreach (ulong sequence in new ulong[] { 0, 2, ulong.MaxValue })
        {
            var unknown = await StatusAsync(sequence);
            Assert.Equal((TransactionStatus.Unknown, 2UL, null), (unknown.Status, unknown.NextSequence, unknown.Outcome));
        }

        _test.Store.Stall();
        _client.Send(Messages.Wager(Terminal, 2));
        await TestShard.UntilAsync(() => _test.Store.IsWaiting, "the commit is under way");
        _test.Clock.Advance(TimeSpan.FromMilliseconds(501));
        Assert.True(_test.Shard.IsStalled);
        Assert.Equal(TransactionStatus.Pending, (await StatusAsync(2)).Status);
        _client.Send(Messages.Wager(Terminal, 3));
        Assert.Equal(ResultCode.Busy, (await _client.NextAsync<NotDecided>()).Code);
        Assert.False(_test.Shard.IsReady(out _));
        _test.Store.Resume();
        Assert.Equal(2UL, (await _client.NextAsync<Outcome>()).Sequence);
    }

    [Fact]
    public async Task A_repeat_and_a_status_older_than_memory_are_looked_up()
    {
        var first = await AskAsync(Messages.Wager(Terminal, 1, Messages.Line(), Messages.Line(2)));
        for (long sequence = 2; sequence <= 100; sequence++)
        {
            await AskAsync(Messages.Wager(Terminal, sequence));
        }

        Assert.Equal(0, _test.Reader.Lookups);
        Assert.Equal(first with { IsRepeat = true }, await AskAsync(Messages.Wager(Terminal, 1, Messages.Line(), Messages.Line(2))));
        Assert.Equal(first with { IsRepeat = true }, (await StatusAsync(1)).Outcome);
        Assert.Equal(2, _test.Reader.Lookups);
        _client.Send(Messages.Wager(Terminal, 2, Messages.Line(3)));
        Assert.Equal(ResultCode.SequenceConflict, (await _client.NextAsync<NotDecided>()).Code);
        _test.Reader.Failure = new TimeoutException();
        _client.Send(Messages.Wager(Terminal, 1, Messages.Line(), Messages.Line(2)));
        Assert.Equal(ResultCode.Busy, (await _client.NextAsync<NotDecided>()).Code);
    }

    private async Task<Outcome> AskAsync<T>(T message)
        where T : IMessage<T>
    {
        _client.Send(message);
        return await _client.NextAsync<Outcome>();
    }

    private async Task<(ResultCode Code, BodyField Field)> CodeAsync(Reversal reversal)
    {
        var outcome = await AskAsync(reversal);
        return (outcome.Code, outcome.Field);
    }

    private async Task<StatusReply> StatusAsync(ulong sequence)
    {
        _client.Send(new StatusQuery(Terminal, sequence));
        return await _client.NextAsync<StatusReply>();
    }
}
