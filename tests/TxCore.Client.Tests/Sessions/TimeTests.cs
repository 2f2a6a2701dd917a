using Microsoft.Extensions.Time.Testing;
using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Sessions;

public sealed class TimeTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_without_an_outcome_times_out_while_its_transaction_goes_on()
    {
        await using var server = new FakeServer();
        server.Script = (_, _) => Verdict.HoldAnswer;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);
        var late = new TaskCompletionSource<SubmitResult>();
        client.AnsweredLate += (_, result) => late.TrySetResult(result.Value);
        var waiting = client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        await FakeServer.Until(() => server.Shard.NextSequence == 2);

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => AdvanceUntil(waiting));
        Assert.Equal((ClientFault.AnswerTimeout, 1ul), (fault.Reason, fault.Sequence));

        server.ReleaseAnswers();
        Assert.True((await late.Task.WaitAsync(Cancel)).MayPrint);
    }

    [Fact]
    public async Task A_canceled_call_leaves_its_outcome_to_the_event()
    {
        await using var server = new FakeServer();
        server.Script = (_, _) => Verdict.HoldAnswer;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);
        var late = new TaskCompletionSource<SubmitResult>();
        client.AnsweredLate += (_, result) => late.TrySetResult(result.Value);
        using var cancel = new CancellationTokenSource();
        var waiting = client.WagerAsync(Samples.Wager(), cancellationToken: cancel.Token);
        await FakeServer.Until(() => server.Shard.NextSequence == 2);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        server.ReleaseAnswers();

        Assert.Equal(1ul, (await late.Task.WaitAsync(Cancel)).Sequence);
    }

    [Fact]
    public async Task An_idle_client_sends_heartbeats()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);

        await AdvanceUntil(() => server.Heartbeats >= 2);

        Assert.Equal(0, client.ReconnectCount);
        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_server_silent_for_three_heartbeats_is_taken_for_dead()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);
        server.IsSilent = true;
        var started = _time.GetUtcNow();

        await AdvanceUntil(() => server.Current!.IsClosed);
        var elapsed = _time.GetUtcNow() - started;
        server.IsSilent = false;
        await AdvanceUntil(() => client.ReconnectCount == 1);

        Assert.True(elapsed >= TimeSpan.FromSeconds(90), $"Given up after {elapsed}.");
    }

    [Fact]
    public async Task A_deadline_counts_from_now_on_the_servers_clock()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);

        await client.WagerAsync(Samples.Wager(), TimeSpan.FromSeconds(5), Cancel);
        await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        // The fake server's clock stands at 1 microsecond.
        Assert.Equal([5_000_001L, 0L], server.Deadlines);
    }

    [Fact]
    public async Task A_status_is_asked_again_on_the_next_connection()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        server.IsSilent = true;
        var decided = client.StatusAsync(1, Cancel);
        var unknown = client.StatusAsync(2, Cancel);
        await FakeServer.Until(() => server.StatusQueries == 2);
        server.IsSilent = false;
        server.Current!.Close();

        Assert.Equal(TransactionStatus.Decided, (await decided).Status);
        Assert.Equal(TransactionStatus.Unknown, (await unknown).Status);
    }

    [Fact]
    public async Task A_status_that_is_pending_is_asked_for_again()
    {
        await using var server = new FakeServer { PendingStatuses = 2 };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        var reply = await client.StatusAsync(1, Cancel);

        Assert.Equal((TransactionStatus.Decided, PresentState.Live), (reply.Status, reply.Outcome!.State));
        Assert.Equal(3, server.StatusQueries);
    }

    [Fact]
    public async Task A_transaction_that_is_never_answered_is_sent_again_on_a_new_connection()
    {
        await using var server = new FakeServer();
        bool swallowed = false;
        server.Script = (_, _) => !swallowed && (swallowed = true) ? Verdict.Swallow : Verdict.Decide;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(time: _time), Cancel);
        client.Submit(Samples.Wager());

        await AdvanceUntil(() => server.Shard.NextSequence == 2);

        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Past_the_backlog_a_submit_takes_no_sequence()
    {
        await using var server = new FakeServer { Window = 1 };
        server.Script = (_, _) => Verdict.HoldAnswer;
        var options = server.Options();
        await using var client = await TxCoreClient.ConnectAsync(
            new ClientOptions { Host = options.Host, Port = options.Port, Source = 7, Password = options.Password, BacklogLimit = 3 }, Cancel);
        var kept = Enumerable.Range(0, 3).Select(_ => client.Submit(Samples.Wager()).Outcome).ToArray();

        Assert.Equal(ClientFault.BacklogFull, Assert.Throws<TxCoreClientException>(() => client.Submit(Samples.Wager())).Reason);

        await FakeServer.Until(() => server.Received.Count == 1);
        server.Script = null;
        server.ReleaseAnswers();
        await Task.WhenAll(kept);
        Assert.Equal(4ul, client.Submit(Samples.Wager()).Sequence);
    }

    [Fact]
    public async Task Disposal_ends_the_calls_that_wait()
    {
        await using var server = new FakeServer();
        server.Script = (_, _) => Verdict.Swallow;
        var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var waiting = client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        await client.DisposeAsync();

        Assert.Equal(ClientFault.ConnectionLost, (await Assert.ThrowsAsync<TxCoreClientException>(() => waiting)).Reason);
        await client.Completion;
    }

    private async Task AdvanceUntil(Func<bool> condition) =>
        await FakeServer.Until(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        });

    private async Task AdvanceUntil(Task task)
    {
        await AdvanceUntil(() => task.IsCompleted);
        await task;
    }
}
