using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

public sealed class NotDecidedTests
{
    private static readonly ulong[] OneToFive = [1, 2, 3, 4, 5];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Busy_on_the_third_of_five_in_flight_loses_doubles_and_reorders_nothing()
    {
        await using var server = new FakeServer();
        int busy = 0;
        server.Script = (_, sequence) => sequence == 3 && busy++ < 2 ? Verdict.Busy : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.WagerAsync(Samples.Wager())));

        Assert.Equal(OneToFive, server.Shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(OneToFive, results.Select(result => result.Sequence));
        Assert.Equal([0, 0, 2, 0, 0], results.Select(result => result.BusyCount));
        Assert.All(results, result => Assert.False(result.IsReprint));
        Assert.Equal(2, client.BusyCount);
    }

    [Fact]
    public async Task Every_third_arrival_busy_still_decides_a_thousand_in_order()
    {
        await using var server = new FakeServer { RetryAfterMilliseconds = 0 };
        int arrivals = 0;
        server.Script = (_, _) => ++arrivals % 3 == 0 ? Verdict.Busy : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => client.WagerAsync(Samples.Wager())));

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (ulong)i), server.Shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(1000, results.Select(result => result.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task A_gap_is_filled_from_the_first_undecided_sequence()
    {
        await using var server = new FakeServer();
        bool swallowed = false;

        // The second never reaches the decision, as if a part of the server had dropped it, and later ones meet the gap.
        server.Script = (_, sequence) => sequence == 2 && !swallowed && (swallowed = true) ? Verdict.Swallow : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(With(server.Options(), TimeSpan.FromSeconds(1)), Cancel);

        var submissions = Enumerable.Range(0, 5).Select(_ => client.Submit(Samples.Wager())).ToArray();
        await FakeServer.Until(() => server.Shard.NextSequence == 6);

        Assert.Equal(OneToFive, server.Shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(1, client.ReconnectCount);
        Assert.True((await submissions[0].Outcome).MayPrint);
    }

    [Fact]
    public async Task A_conflict_ends_the_client()
    {
        await using var server = new FakeServer();
        server.Script = (_, sequence) => sequence == 2 ? Verdict.Swallow : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        var second = client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        await FakeServer.Until(() => server.Received.Count == 2);

        server.Current!.Send(Frame.Encode(new NotDecided(7, 2, ResultCode.SequenceConflict, 3, 0)));

        Assert.Equal(ClientFault.Conflict, (await Assert.ThrowsAsync<TxCoreClientException>(() => second)).Reason);
        var ended = await Assert.ThrowsAsync<TxCoreClientException>(() => client.Completion);
        Assert.Equal((ClientFault.Conflict, 2ul), (ended.Reason, ended.Sequence));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fenced_client_stays_away(bool byError)
    {
        await using var server = new FakeServer();
        server.Script = (_, _) => Verdict.Swallow;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var waiting = client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        await FakeServer.Until(() => server.Received.Count == 1);

        server.Current!.Send(
            byError ? Frame.Encode(new ErrorMessage(ResultCode.Fenced, 0, "")) : Frame.Encode(new NotDecided(7, 1, ResultCode.Fenced, 1, 0)));
        server.Current.Close();

        Assert.Equal(ClientFault.Fenced, (await Assert.ThrowsAsync<TxCoreClientException>(() => waiting)).Reason);
        await Assert.ThrowsAsync<TxCoreClientException>(() => client.Completion);
        Assert.Equal(ClientFault.Fenced, (await Assert.ThrowsAsync<TxCoreClientException>(() => client.WagerAsync(Samples.Wager(), cancellationToken: Cancel))).Reason);
        await Task.Delay(100, Cancel);
        Assert.Single(server.Logons);
    }

    [Fact]
    public async Task A_server_that_shuts_down_is_come_back_to()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        server.Current!.Send(Frame.Encode(new ErrorMessage(ResultCode.ShuttingDown, 0, "")));
        server.Current.Close();
        await FakeServer.Until(() => client.ReconnectCount == 1);

        Assert.True((await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel)).MayPrint);
    }

    private static ClientOptions With(ClientOptions options, TimeSpan answerTimeout) => new()
    {
        Host = options.Host,
        Port = options.Port,
        Source = options.Source,
        Password = options.Password,
        ReconnectDelayMin = options.ReconnectDelayMin,
        ReconnectDelayMax = options.ReconnectDelayMax,
        AnswerTimeout = answerTimeout,
    };
}
