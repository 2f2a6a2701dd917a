using Microsoft.Extensions.Time.Testing;
using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

public sealed class PoolTotalsTests
{
    private static readonly RaceId First = new(20260101, 1, 1);
    private static readonly RaceId Second = new(20260101, 1, 2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Totals_come_with_the_dividends_of_the_pool_asked_for()
    {
        await using var server = new FakeServer { Totals = Answer };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var totals = await client.PoolTotalsAsync(First, 3, Cancel);

        Assert.Equal((First, RaceStatus.Open, 123ul), (totals.Race, totals.Status, totals.Number));
        Assert.Equal((ushort)3, Assert.Single(totals.Pools).Pool);
        Assert.Equal(new PoolTotalsRequest(First, 3), Assert.Single(server.TotalsAsked));
    }

    [Fact]
    public async Task Each_of_many_questions_gets_its_own_answer()
    {
        await using var server = new FakeServer { Totals = Answer };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var questions = Enumerable.Range(1, 200).Select(i => new PoolTotalsRequest(i % 3 == 0 ? Second : First, (ushort)i)).ToArray();

        var answers = await Task.WhenAll(questions.Select(question => Task.Run(() => client.PoolTotalsAsync(question.Race, question.Pool, Cancel))));

        Assert.Equal(questions, answers.Select(totals => new PoolTotalsRequest(totals.Race, totals.Pools[0].Pool)));
    }

    [Fact]
    public async Task Totals_are_asked_for_again_on_the_next_connection()
    {
        await using var server = new FakeServer { Totals = Answer };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        server.IsSilent = true;
        var questions = new[] { client.PoolTotalsAsync(First, 1, Cancel), client.PoolTotalsAsync(First, 2, Cancel), client.PoolTotalsAsync(Second, 3, Cancel) };
        await FakeServer.Until(() => server.TotalsAsked.Count == 3);
        server.IsSilent = false;
        server.Current!.Close();

        var answers = await Task.WhenAll(questions);

        Assert.Equal([1, 2, 3], answers.Select(totals => (int)totals.Pools[0].Pool));
        Assert.Equal(6, server.TotalsAsked.Count);
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_any_more_is_not_taken_by_the_next_question()
    {
        await using var server = new FakeServer { Totals = Answer };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        using var givenUp = new CancellationTokenSource();
        await givenUp.CancelAsync();

        var first = client.PoolTotalsAsync(First, 1, givenUp.Token);
        var second = client.PoolTotalsAsync(First, 2, Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal((ushort)2, (await second).Pools[0].Pool);
    }

    [Fact]
    public async Task Totals_that_nobody_asked_for_are_skipped()
    {
        await using var server = new FakeServer { Totals = Answer };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        server.Current!.Send(Frame.Encode(Answer(new PoolTotalsRequest(Second, 9))));

        Assert.Equal((ushort)1, (await client.PoolTotalsAsync(First, 1, Cancel)).Pools[0].Pool);
    }

    [Fact]
    public async Task A_question_without_an_answer_faults_after_the_answer_timeout()
    {
        var time = new FakeTimeProvider();
        await using var server = new FakeServer();
        var options = server.Options(time: time);
        await using var client = await TxCoreClient.ConnectAsync(options, Cancel);
        server.IsSilent = true;
        var question = client.PoolTotalsAsync(First, 1, Cancel);

        time.Advance(options.AnswerTimeout);

        Assert.Equal(ClientFault.AnswerTimeout, (await Assert.ThrowsAsync<TxCoreClientException>(() => question)).Reason);
    }

    [Fact]
    public async Task A_client_that_ends_leaves_no_question_open()
    {
        await using var server = new FakeServer { Totals = Answer };
        var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        server.IsSilent = true;
        var question = client.PoolTotalsAsync(First, 1, Cancel);

        await client.DisposeAsync();

        Assert.Equal(ClientFault.ConnectionLost, (await Assert.ThrowsAsync<TxCoreClientException>(() => question)).Reason);
        await Assert.ThrowsAsync<TxCoreClientException>(() => client.PoolTotalsAsync(First, 1, Cancel));
    }

    private static PoolTotals Answer(PoolTotalsRequest request) =>
        new(request.Race, RaceStatus.Open, 123, 1, [new PoolTotal(request.Pool, 500, false, [new Dividend(PayRank.AnyOrder, 0, [7], 210)])]);
}
