using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

public sealed class DefinitionsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broadcasts_in_order_are_raised_and_read_nothing_again()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var versions = new List<ulong>();
        client.StateChanged += (_, change) => versions.Add(change.Value.Version);
        server.PageAsked = _ => Assert.Fail("Nothing was missed.");

        server.Broadcast(Samples.Change(2));
        server.Broadcast(Samples.Change(3));
        await FakeServer.Until(() => versions.Count == 2);

        Assert.Equal([2ul, 3ul], versions);
    }

    [Fact]
    public async Task A_hole_in_the_broadcasts_reads_everything_again_and_still_raises_the_change()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var changed = new TaskCompletionSource<ulong>();
        var read = new TaskCompletionSource<Definitions>();
        client.StateChanged += (_, change) => changed.TrySetResult(change.Value.Version);
        client.DefinitionsChanged += (_, definitions) => read.TrySetResult(definitions.Value);

        server.DefinitionsVersion = 5;
        server.Broadcast(Samples.Change(5));

        Assert.Equal(5ul, await changed.Task.WaitAsync(Cancel));
        Assert.Equal(5ul, (await read.Task.WaitAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Broadcasts_missed_with_the_connection_read_everything_again()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var read = new TaskCompletionSource<Definitions>();
        client.DefinitionsChanged += (_, definitions) => read.TrySetResult(definitions.Value);

        server.DefinitionsVersion = 2;
        server.Current!.Close();

        Assert.Equal(2ul, (await read.Task.WaitAsync(Cancel)).Version);
        Assert.Equal(2ul, client.DefinitionsVersion);
    }

    [Fact]
    public async Task Pages_of_two_versions_are_never_mixed()
    {
        await using var server = new FakeServer();
        server.Pages.Clear();
        server.Pages.AddRange([[Sale(1)], [Sale(2)], [Sale(3)]]);
        bool isChanged = false;
        server.PageAsked = page =>
        {
            if (page == 1 && !isChanged)
            {
                isChanged = true;
                server.DefinitionsVersion++;
                server.Pages.Clear();
                server.Pages.AddRange([[Sale(11)], [Sale(12)]]);
            }
        };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var definitions = await client.DefinitionsAsync(Cancel);

        Assert.Equal(2ul, definitions.Version);
        Assert.Equal([11u, 12u], definitions.Items.Select(item => item.Sale!.Sale));
    }

    [Fact]
    public async Task Draws_and_the_terms_of_sales_are_among_the_definitions()
    {
        await using var server = new FakeServer();
        var terms = new SaleTerms(77, 30, 3, 10, 900, 1000);
        var draw = new DrawItem(77, DrawStatus.Open, "TXC-DRAW"u8.ToArray(), 123, 5);
        server.Pages.Clear();
        server.Pages.AddRange(
        [
            [new(null, new SaleItem(5, SaleStatus.Open, 0, 900, terms), null), new(null, null, null, draw)],
            [new(null, null, null, draw with { Draw = 78, Status = DrawStatus.Draft })],
        ]);
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var definitions = await client.DefinitionsAsync(Cancel);

        Assert.Equal(terms, Assert.Single(definitions.Sales).Terms);
        Assert.Equal([(77u, DrawStatus.Open), (78u, DrawStatus.Draft)], definitions.Draws.Select(item => (item.Draw, item.Status)));
        Assert.Equal("TXC-DRAW"u8, definitions.Draws.First().Name);
        Assert.Equal((123L, 5u), (definitions.Draws.First().ClosesAt, definitions.Draws.First().RequiredConsent));
    }

    [Fact]
    public async Task The_change_of_a_draw_is_an_event_like_the_others()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var changed = new TaskCompletionSource<StateChange>();
        client.StateChanged += (_, change) => changed.TrySetResult(change.Value);
        var frozen = new StateChange(2, 9, 1, MessageType.DrawFreeze, default, 0, (byte)DrawStatus.Frozen, 0, 0, 77);

        server.Broadcast(frozen);

        Assert.Equal(frozen, await changed.Task.WaitAsync(Cancel));
        Assert.Equal(2ul, client.DefinitionsVersion);
    }

    [Fact]
    public async Task A_handler_that_throws_ends_the_client()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        client.StateChanged += (_, _) => throw new InvalidOperationException("broken screen");

        server.Broadcast(Samples.Change(2));

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => client.Completion);
        Assert.Equal(ClientFault.HandlerFailed, fault.Reason);
    }

    private static DefinitionItem Sale(uint sale) => new(null, new SaleItem(sale, SaleStatus.Open, 0, 900), null);
}
