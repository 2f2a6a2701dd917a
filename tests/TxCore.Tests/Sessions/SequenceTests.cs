using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>The rules of the sequence, over connections: repeats, conflicts, gaps, the window, fencing, status.</summary>
public sealed class SequenceTests : IAsyncLifetime
{
    private const uint Terminal = 11;
    private TestShard _test = null!;
    private RawClient _admin = null!;
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestShard.StartAsync();
        _test.Sources.Change(Terminal, static record => record with { Window = 5 });
        _admin = await _test.OpenAllAsync();
        _client = await _test.LogOnAsync(Terminal);
    }

    public async ValueTask DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public async Task A_repeat_gets_the_identical_outcome_with_the_flag_set()
    {
        var first = await AskAsync(Messages.Wager(Terminal, 1));
        var repeat = await AskAsync(Messages.Wager(Terminal, 1));
        Assert.Equal(first with { IsRepeat = true }, repeat);
        Assert.Equal(PresentState.Live, repeat.State);
        Assert.NotEmpty(repeat.TicketSerial);
    }

    [Fact]
    public async Task A_repeat_with_another_deadline_is_still_a_repeat()
    {
        var wager = Messages.Wager(Terminal, 1);
        var first = await AskAsync(wager);
        Assert.Equal(first with { IsRepeat = true }, await AskAsync(wager with { Header = wager.Header with { Deadline = 1 } }));
    }

    [Fact]
    public async Task A_repeat_of_a_cancelled_ticket_has_nothing_to_print()
    {
        var ticket = await AskAsync(Messages.Wager(Terminal, 1));
        Assert.Equal(ResultCode.Accepted, (await AskAsync(Messages.Cancel(Terminal, 2, ticket.Number))).Code);
        var repeat = await AskAsync(Messages.Wager(Terminal, 1));
        Assert.Equal(ticket with { IsRepeat = true, State = PresentState.Cancelled, TicketSerial = "", ControlCode = "" }, repeat);
    }

    [Fact]
    public async Task A_refusal_is_as_final_as_an_acceptance()
    {
        var wager = Messages.Wager(Terminal, 1, Messages.Line(runner: 99));
        var refused = await AskAsync(wager);
        Assert.Equal(ResultCode.RunnerUnknown, refused.Code);
        Assert.Equal(refused with { IsRepeat = true }, await AskAsync(wager));
    }

    [Fact]
    public async Task Other_content_under_a_decided_sequence_is_a_conflict_and_decides_nothing()
    {
        var first = await AskAsync(Messages.Wager(Terminal, 1));
        _client.Send(Messages.Wager(Terminal, 1, Messages.Line(runner: 2)));
        var answer = await _client.NextAsync<NotDecided>();
        Assert.Equal((ResultCode.SequenceConflict, 2UL), (answer.Code, answer.NextSequence));
        Assert.Equal((long)first.Number, _test.Database.LastNumber);
    }

    [Fact]
    public async Task A_gap_is_told_the_expected_sequence_and_consumes_nothing()
    {
        _client.Send(Messages.Wager(Terminal, 5));
        var answer = await _client.NextAsync<NotDecided>();
        Assert.Equal((ResultCode.SequenceGap, 5UL, 1UL), (answer.Code, answer.Sequence, answer.NextSequence));
        Assert.Equal(1UL, (await AskAsync(Messages.Wager(Terminal, 1))).Sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task A_sequence_that_never_was_is_a_conflict(long sequence)
    {
        _client.Send(Messages.Wager(Terminal, sequence));
        Assert.Equal(ResultCode.SequenceConflict, (await _client.NextAsync<NotDecided>()).Code);
    }

    [Fact]
    public async Task Above_the_window_nothing_is_lost_nothing_doubled_and_nothing_out_of_order()
    {
        _test.Sources.Change(Terminal, static record => record with { Window = 2 });
        _client = await _test.LogOnAsync(Terminal);
        _test.Store.Stall();
        for (long sequence = 1; sequence <= 5; sequence++)
        {
            _client.Send(Messages.Wager(Terminal, sequence));
        }

        for (ulong sequence = 3; sequence <= 5; sequence++)
        {
            var busy = await _client.NextAsync<NotDecided>();
            Assert.Equal((ResultCode.Busy, sequence, 100U), (busy.Code, busy.Sequence, busy.RetryAfterMilliseconds));
        }

        _test.Store.Resume();
        Assert.Equal(1UL, (await _client.NextAsync<Outcome>()).Sequence);
        Assert.Equal(2UL, (await _client.NextAsync<Outcome>()).Sequence);
        for (long sequence = 3; sequence <= 5; sequence++)
        {
            var outcome = await AskAsync(Messages.Wager(Terminal, sequence));
            Assert.Equal(((ulong)sequence, false), (outcome.Sequence, outcome.IsRepeat));
        }

        Assert.Equal([1, 2, 3, 4, 5], _test.Database.Entries.Where(static row => row.Entry.Source == Terminal).Select(static row => row.Entry.Sequence));
    }

    [Fact]
    public async Task A_newer_connection_fences_the_older_one()
    {
        await AskAsync(Messages.Wager(Terminal, 1));
        var (newer, reply) = await _test.ConnectAsync(Terminal);
        Assert.Equal(2UL, reply.NextSequence);
        Assert.Equal(ResultCode.Fenced, (await _client.NextAsync<ErrorMessage>()).Code);
        await _client.Closed;
        _client = newer;
        Assert.Equal(2UL, (await AskAsync(Messages.Wager(Terminal, 2))).Sequence);
        Assert.Equal(2, _test.Shard.Registry.LoggedOnCount);
    }

    [Fact]
    public async Task Old_entries_in_the_ring_before_the_newer_logon_count_and_later_ones_are_not_decided()
    {
        _test.Store.Stall();
        _client.Send(Messages.Wager(Terminal, 1));
        await TestShard.UntilAsync(() => _test.Store.IsWaiting, "the wager waits");
        var connecting = _test.ConnectAsync(Terminal);
        await TestShard.UntilAsync(() => _test.Shard.Intake.Occupied >= 2, "the logon is in the ring");
        _client.Send(Messages.Wager(Terminal, 2));
        await TestShard.UntilAsync(() => _test.Shard.Intake.Occupied >= 3, "the late wager is in the ring");
        _test.Store.Resume();
        var (_, reply) = await connecting;
        Assert.Equal(2UL, reply.NextSequence);
        Assert.Equal(1UL, (await _client.NextAsync<Outcome>()).Sequence);
        await _client.Closed;
        Assert.Single(_test.Database.Entries, static row => row.Entry.Source == Terminal);
    }

    [Fact]
    public async Task Another_source_and_a_control_from_a_terminal_are_not_decided()
    {
        _client.Send(Messages.Wager(12, 1));
        Assert.Equal(ResultCode.SourceMismatch, (await _client.NextAsync<NotDecided>()).Code);
        _client.Send(Messages.RaceControl(MessageType.RaceStop, Terminal, 1));
        Assert.Equal(ResultCode.RoleNotAllowed, (await _client.NextAsync<NotDecided>()).Code);
        _test.Sources.Change(14, static record => record with { Role = SourceRole.Read });
        var reader = await _test.LogOnAsync(14);
        reader.Send(Messages.Wager(14, 1));
        Assert.Equal(ResultCode.RoleNotAllowed, (await reader.NextAsync<NotDecided>()).Code);
        Assert.Equal(1UL, (await AskAsync(Messages.Wager(Terminal, 1))).Sequence);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_and_a_passed_deadline_are_decisions()
    {
        byte[] frame = Frame.Encode(Messages.Wager(Terminal, 1));
        byte[] cut = frame[..^5];
        Frame.WriteHeader(cut, MessageType.Wager, cut.Length - Wire.HeaderBytes);
        _client.Send(cut);
        var malformed = await _client.NextAsync<Outcome>();
        Assert.Equal((ResultCode.MalformedBody, BodyField.Body, 1UL), (malformed.Code, malformed.Field, malformed.Sequence));
        _client.Send(cut);
        Assert.Equal(malformed with { IsRepeat = true }, await _client.NextAsync<Outcome>());

        long now = Messages.At(TimeSpan.Zero);
        foreach (long deadline in new[] { now - 1, long.MinValue, -1 })
        {
            var late = Messages.Wager(Terminal, _test.Database.Entries.Count(static row => row.Entry.Source == Terminal) + 1);
            Assert.Equal(ResultCode.DeadlinePassed, (await AskAsync(late with { Header = late.Header with { Deadline = deadline } })).Code);
        }

        var inTime = Messages.Wager(Terminal, 5);
        Assert.Equal(ResultCode.Accepted, (await AskAsync(inTime with { Header = inTime.Header with { Deadline = long.MaxValue } })).Code);
    }

    private async Task<Outcome> AskAsync<T>(T message)
        where T : IMessage<T>
    {
        _client.Send(message);
        return await _client.NextAsync<Outcome>();
    }
}
