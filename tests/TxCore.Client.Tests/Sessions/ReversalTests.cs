using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

public sealed class ReversalTests
{
    private const ushort TimedOut = 4021;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reversal_of_what_never_arrived_decides_its_sequence()
    {
        await using var server = new FakeServer();
        server.Script = (type, _) => type == MessageType.Wager ? Verdict.Swallow : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wager = client.Submit(Samples.Wager());
        await FakeServer.Until(() => server.Received.Count == 1);

        var reversal = client.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);
        server.Current!.Close();

        Assert.Equal(ResultCode.ReversedBeforeArrival, (await reversal).Code);
        Assert.False((await wager.Outcome).MayPrint);
        Assert.Equal([(1ul, MessageType.Reversal)], server.Shard.Decisions);
        Assert.Equal(2ul, (await client.CancelAsync(9, 0, cancellationToken: Cancel)).Sequence);
    }

    [Fact]
    public async Task A_reversal_of_what_was_decided_with_its_answer_lost_undoes_it_under_its_own_sequence()
    {
        await using var server = new FakeServer();
        server.Script = (type, _) => type == MessageType.Wager ? Verdict.HoldAnswer : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wager = client.Submit(Samples.Wager());
        await FakeServer.Until(() => server.Shard.NextSequence == 2);

        var reversal = client.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);
        server.Current!.Close();

        var undone = await reversal;
        Assert.Equal((ResultCode.Accepted, 2ul, MessageType.Reversal), (undone.Code, undone.Sequence, undone.Outcome.TransactionType));
        Assert.False((await wager.Outcome).MayPrint);
        Assert.Equal(PresentState.Reversed, server.Shard.Find(1)!.State);
    }

    [Fact]
    public async Task A_reversal_asked_for_while_the_original_is_in_flight_waits_for_its_outcome()
    {
        await using var server = new FakeServer();
        server.Script = (type, _) => type == MessageType.Wager ? Verdict.HoldAnswer : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wager = client.Submit(Samples.Wager());
        await FakeServer.Until(() => server.Shard.NextSequence == 2);

        var reversal = client.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);
        server.ReleaseAnswers();

        Assert.Equal(2ul, (await reversal).Sequence);
        var original = await wager.Outcome;
        Assert.True(original is { IsAccepted: true, ReversedByClient: true, MayPrint: false });
        Assert.Equal(PresentState.Reversed, server.Shard.Find(1)!.State);
    }

    [Fact]
    public async Task A_reversal_of_a_refused_transaction_finds_nothing_to_undo()
    {
        await using var server = new FakeServer();
        server.Shard.Refusals[1] = ResultCode.RaceClosed;
        server.Script = (type, _) => type == MessageType.Wager ? Verdict.HoldAnswer : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wager = client.Submit(Samples.Wager());

        var reversal = client.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);
        await FakeServer.Until(() => server.Shard.NextSequence == 2);
        server.ReleaseAnswers();

        Assert.Equal(ResultCode.RaceClosed, (await reversal).Code);
        Assert.Single(server.Shard.Decisions);
    }

    [Fact]
    public async Task A_reversal_of_an_answered_transaction_has_its_own_sequence()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wager = await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        var undone = await client.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);

        Assert.Equal((2ul, ResultCode.Accepted), (undone.Sequence, undone.Code));
        Assert.Equal(PresentState.Reversed, server.Shard.Find(1)!.State);
    }

    [Fact]
    public async Task A_reversal_of_a_sequence_never_given_is_an_error_of_the_caller()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ReverseAsync(1, 200, TimedOut, cancellationToken: Cancel));
    }

    [Theory]
    [InlineData(Verdict.Swallow, ResultCode.ReversedBeforeArrival, 1)]
    [InlineData(Verdict.HoldAnswer, ResultCode.Accepted, 2)]
    public async Task A_crash_between_the_two_steps_resumes_with_the_reversal(Verdict fate, ResultCode code, int decisions)
    {
        // The first client knows of the reversal and is abandoned with its connection before any answer.
        var shard = new FakeShard();
        var outbox = new MemoryOutbox();
        await using var server = new FakeServer(shard);
        server.Script = (type, _) => type == MessageType.Wager ? fate : Verdict.Swallow;
        await using var abandoned = await TxCoreClient.ConnectAsync(server.Options(outbox), Cancel);
        var wager = abandoned.Submit(Samples.Wager());
        await FakeServer.Until(() => server.Received.Count == 1);
        _ = abandoned.ReverseAsync(wager.Sequence, 200, TimedOut, cancellationToken: Cancel);

        await using var next = new FakeServer(shard);
        await using var client = await TxCoreClient.ConnectAsync(next.Options(outbox), Cancel);
        var recovered = await client.RecoveredAsync(Cancel);

        Assert.Equal(code, recovered.Single().Code);
        Assert.False(recovered.Single().MayPrint);
        Assert.Equal(decisions, shard.Decisions.Count);
    }
}
