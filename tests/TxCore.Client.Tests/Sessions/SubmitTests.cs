using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Sessions;

public sealed class SubmitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_submit_gets_the_next_sequence_and_its_outcome()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var first = await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        var second = await client.CancelAsync(first.Outcome.Number, 1, cancellationToken: Cancel);

        Assert.Equal((1ul, 2ul), (first.Sequence, second.Sequence));
        Assert.True(first.MayPrint);
        Assert.False(first.IsReprint);
        Assert.Equal([(1ul, MessageType.Wager), (2ul, MessageType.Cancel)], server.Shard.Decisions);
    }

    [Fact]
    public async Task A_refusal_is_a_value()
    {
        await using var server = new FakeServer();
        server.Shard.Refusals[1] = ResultCode.RaceClosed;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var result = await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        Assert.Equal(ResultCode.RaceClosed, result.Code);
        Assert.False(result.MayPrint);
    }

    [Fact]
    public async Task Ten_thousand_pipelined_submits_are_decided_once_and_in_call_order_within_the_window()
    {
        await using var server = new FakeServer { Window = 100 };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var submissions = Enumerable.Range(0, 10_000).Select(clerk => client.Submit(Samples.Wager((uint)clerk))).ToArray();
        var results = await Task.WhenAll(submissions.Select(submission => submission.Outcome));

        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => (ulong)i), results.Select(result => result.Sequence));
        Assert.Equal(results.Select(result => result.Sequence), server.Shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(10_000, server.Received.Count);
        Assert.InRange(server.UnansweredMax, 1, 100);
    }

    [Fact]
    public async Task A_connection_lost_after_sending_resends_under_the_same_sequence()
    {
        await using var server = new FakeServer();
        bool lost = false;
        server.Script = (_, sequence) => sequence == 2 && !lost && (lost = true) ? Verdict.LoseAfter : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.WagerAsync(Samples.Wager())));

        Assert.Equal([false, true, false, false, false], results.Select(result => result.IsReprint));
        Assert.Equal([1ul, 2ul, 3ul, 4ul, 5ul], server.Shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(1, client.ReconnectCount);
    }
}
