using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Sessions;

public sealed class RecoveryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("txcore-client-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string OutboxPath => Path.Combine(_folder, "outbox");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task After_a_crash_the_next_client_finishes_what_the_outbox_holds()
    {
        // Of five, two are answered, one is decided with its answer lost, and two never arrive.
        var shard = new FakeShard();
        await using var server = new FakeServer(shard);
        server.Script = (_, sequence) => sequence switch { <= 2 => Verdict.Decide, 3 => Verdict.HoldAnswer, _ => Verdict.Swallow };
        var outbox = FileOutbox.Open(OutboxPath);
        await using var abandoned = await TxCoreClient.ConnectAsync(server.Options(outbox), Cancel);
        var submissions = Enumerable.Range(0, 5).Select(_ => abandoned.Submit(Samples.Wager())).ToArray();
        await Task.WhenAll(submissions[0].Outcome, submissions[1].Outcome);
        await FakeServer.Until(() => server.Received.Count == 5);
        await outbox.DisposeAsync();

        await using var next = new FakeServer(shard);
        await using var sameOutbox = FileOutbox.Open(OutboxPath);
        await using var client = await TxCoreClient.ConnectAsync(next.Options(sameOutbox), Cancel);
        var recovered = await client.RecoveredAsync(Cancel);

        Assert.Equal([3ul, 4ul, 5ul], recovered.Select(result => result.Sequence));
        Assert.Equal([true, false, false], recovered.Select(result => result.IsReprint));
        Assert.Equal([1ul, 2ul, 3ul, 4ul, 5ul], shard.Decisions.Select(decision => decision.Sequence));
        Assert.Equal(2ul, next.Logons.Single().LastNumberHeld);
        Assert.Equal(6ul, (await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel)).Sequence);
    }

    [Fact]
    public async Task A_repeat_of_a_ticket_cancelled_since_never_prints()
    {
        var shard = new FakeShard();
        await using var server = new FakeServer(shard);
        server.Script = (_, _) => Verdict.HoldAnswer;
        var outbox = new MemoryOutbox();
        await using var abandoned = await TxCoreClient.ConnectAsync(server.Options(outbox), Cancel);
        abandoned.Submit(Samples.Wager());
        await FakeServer.Until(() => shard.NextSequence == 2);
        shard.CancelTicket(1);

        await using var next = new FakeServer(shard);
        await using var client = await TxCoreClient.ConnectAsync(next.Options(outbox), Cancel);
        var result = (await client.RecoveredAsync(Cancel)).Single();

        Assert.True(result is { IsAccepted: true, IsReprint: true, MayPrint: false });
    }

    [Fact]
    public async Task Nothing_is_sent_that_the_outbox_does_not_have()
    {
        await using var server = new FakeServer();
        var outbox = FileOutbox.Open(OutboxPath);
        await using var client = await TxCoreClient.ConnectAsync(server.Options(outbox), Cancel);
        await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        await outbox.DisposeAsync();

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => client.WagerAsync(Samples.Wager(), cancellationToken: Cancel));

        Assert.Equal(ClientFault.OutboxFailed, fault.Reason);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task An_outbox_of_another_source_is_refused()
    {
        await using var server = new FakeServer();
        var outbox = new MemoryOutbox();
        byte[] frame = Frame.Encode(Samples.Wager() with { Header = new(8, 1, 0) });
        await outbox.AppendAsync(new OutboxEntry(1, frame));

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(server.Options(outbox), Cancel));

        Assert.Equal(ClientFault.OutboxFailed, fault.Reason);
    }
}
