using Microsoft.Extensions.Time.Testing;
using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

/// <summary>The state of sales, draws and persons, and payment orders.</summary>
public sealed class TicketingStateTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, Wire.PersonKeyBytes).Select(i => (byte)i)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_pages_of_a_sale_come_as_one()
    {
        await using var server = new FakeServer { Sale = request => Page(request, 123, 3) };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var sale = await client.SaleStateAsync(5, Cancel);

        Assert.Equal((5u, SaleStatus.Open, 123ul, 456L), (sale.Sale, sale.Status, sale.Number, sale.At));
        Assert.Equal([0u, 1u, 2u], sale.Cells.Select(cell => cell.Session));
        Assert.Equal([new(5, 0), new(5, 1), new(5, 2)], server.SalesAsked);
    }

    [Fact]
    public async Task Pages_of_two_moments_are_never_mixed()
    {
        await using var server = new FakeServer();
        ulong number = 1;
        server.Sale = request =>
        {
            number += server.SalesAsked.Count == 3 ? 1ul : 0;
            return Page(request, number, number == 1 ? 3u : 2u);
        };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var sale = await client.SaleStateAsync(5, Cancel);

        Assert.Equal(2ul, sale.Number);
        Assert.Equal([0u, 1u], sale.Cells.Select(cell => cell.Session));
        Assert.Equal(5, server.SalesAsked.Count);
    }

    [Fact]
    public async Task A_sale_whose_pages_never_fit_together_is_given_up()
    {
        await using var server = new FakeServer();
        server.Sale = request => Page(request, (ulong)server.SalesAsked.Count, 2);
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => client.SaleStateAsync(5, Cancel));

        Assert.Equal(ClientFault.AnswerTimeout, fault.Reason);
        Assert.Equal(20, server.SalesAsked.Count);
    }

    [Fact]
    public async Task A_sale_or_draw_that_is_not_known_says_so()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var sale = await client.SaleStateAsync(99, Cancel);

        Assert.Equal((99u, SaleStatus.None), (sale.Sale, sale.Status));
        Assert.Empty(sale.Cells);
        Assert.Equal(DrawStatus.None, (await client.DrawStateAsync(99, Cancel)).Status);
    }

    [Fact]
    public async Task Each_of_many_questions_about_draws_and_persons_gets_its_own_answer()
    {
        await using var server = new FakeServer { Draw = request => Draw(request.Draw), Person = request => Person(request) };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        uint[] numbers = [.. Enumerable.Range(1, 100).Select(i => (uint)i)];

        var draws = await Task.WhenAll(numbers.Select(draw => Task.Run(() => client.DrawStateAsync(draw, Cancel))));
        var persons = await Task.WhenAll(numbers.Select(draw => Task.Run(() => client.PersonAsync(draw, Key, Cancel))));

        Assert.Equal(numbers, draws.Select(draw => draw.Draw));
        Assert.Equal(numbers, persons.Select(person => person.Rank));
        Assert.All(server.PersonsAsked, request => Assert.Equal(7u, request.Source));
        Assert.All(server.PersonsAsked, request => Assert.Equal(Key, request.Person));
        Assert.Equal(100, server.PersonsAsked.Select(request => request.Request).Distinct().Count());
    }

    [Fact]
    public async Task A_person_is_asked_for_again_while_the_server_is_busy_and_no_transaction_takes_the_refusal_for_its_own()
    {
        await using var server = new FakeServer();
        server.Person = request => server.PersonsAsked.Count < 3 ? null : Person(request);
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var wagers = Enumerable.Range(0, 20).Select(_ => client.WagerAsync(Samples.Wager(), cancellationToken: Cancel)).ToArray();

        var person = await client.PersonAsync(77, Key, Cancel);

        Assert.Equal(77u, person.Rank);
        Assert.Equal(3, server.PersonsAsked.Count);
        await Task.WhenAll(wagers);
        Assert.Equal(0, client.BusyCount);
        Assert.All(server.PersonsAsked, request => Assert.True(request.Request >= 1UL << 63));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public async Task A_person_key_of_another_length_is_an_error_of_the_caller(int length)
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await Assert.ThrowsAsync<ArgumentException>(() => client.PersonAsync(77, new byte[length], Cancel));
    }

    [Fact]
    public async Task Payment_orders_are_read_on_from_the_page_before()
    {
        byte[] authorisation = "PSP-77"u8.ToArray();
        await using var server = new FakeServer
        {
            Payments = request => request.After switch
            {
                0 => new PaymentsPage(0, 10, 5, [new PaymentItem(8, PaymentKind.Capture, 3, 38000, 1, authorisation)]),
                10 => new PaymentsPage(10, 20, 5, []),
                20 => new PaymentsPage(20, 25, 5, [new PaymentItem(25, PaymentKind.Refund, 3, 9500, 2, [])]),
                _ => new PaymentsPage(request.After, request.After, 5, []),
            },
        };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var orders = new List<PaymentItem>();
        PaymentsPage page;
        ulong next = 0;
        do
        {
            page = await client.PaymentsAsync(next, 2, Cancel);
            orders.AddRange(page.Items);
            next = page.Next;
        }
        while (page.Next != page.After);

        Assert.Equal([(8ul, PaymentKind.Capture), (25ul, PaymentKind.Refund)], orders.Select(order => (order.Number, order.Kind)));
        Assert.Equal(authorisation, orders[0].Authorisation);
        Assert.Equal([new(0, 2), new(10, 2), new(20, 2), new(25, 2)], server.PaymentsAsked);
        Assert.Equal(5ul, page.Acknowledged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_page_of_payments_has_a_limit(int max)
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.PaymentsAsync(0, max, Cancel));
    }

    [Fact]
    public async Task Every_question_is_asked_for_again_on_the_next_connection()
    {
        await using var server = new FakeServer { Sale = request => Page(request, 9, 2), Person = request => Person(request) };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        server.IsSilent = true;
        var sale = client.SaleStateAsync(5, Cancel);
        var draw = client.DrawStateAsync(77, Cancel);
        var person = client.PersonAsync(77, Key, Cancel);
        var payments = client.PaymentsAsync(42, cancellationToken: Cancel);
        await FakeServer.Until(() =>
            (server.SalesAsked.Count, server.DrawsAsked.Count, server.PersonsAsked.Count, server.PaymentsAsked.Count) == (1, 1, 1, 1));
        server.IsSilent = false;
        server.Current!.Close();

        Assert.Equal(2, (await sale).Cells.Count);
        Assert.Equal(77u, (await draw).Draw);
        Assert.Equal(77u, (await person).Rank);
        Assert.Equal(42ul, (await payments).After);
        Assert.Equal(server.PersonsAsked[0].Request, server.PersonsAsked[1].Request);
    }

    [Fact]
    public async Task Questions_without_an_answer_fault_after_the_answer_timeout()
    {
        var time = new FakeTimeProvider();
        await using var server = new FakeServer();
        var options = server.Options(time: time);
        await using var client = await TxCoreClient.ConnectAsync(options, Cancel);
        server.IsSilent = true;
        var questions = AskAll(client);

        time.Advance(options.AnswerTimeout);

        foreach (var question in questions)
        {
            Assert.Equal(ClientFault.AnswerTimeout, (await Assert.ThrowsAsync<TxCoreClientException>(() => question)).Reason);
        }
    }

    [Fact]
    public async Task A_client_that_ends_leaves_no_question_open()
    {
        await using var server = new FakeServer();
        var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        server.IsSilent = true;
        var questions = AskAll(client);

        await client.DisposeAsync();

        foreach (var question in questions.Concat(AskAll(client)))
        {
            Assert.Equal(ClientFault.ConnectionLost, (await Assert.ThrowsAsync<TxCoreClientException>(() => question)).Reason);
        }
    }

    private static Task[] AskAll(TxCoreClient client) =>
    [
        client.SaleStateAsync(5, Cancel), client.DrawStateAsync(77, Cancel), client.PersonAsync(77, Key, Cancel),
        client.PaymentsAsync(0, cancellationToken: Cancel),
    ];

    /// <summary>A page of one cell; its session is the page.</summary>
    private static SaleState Page(SaleStateRequest request, ulong number, uint pages) =>
        new(request.Sale, SaleStatus.Open, number, 456, request.Page, pages, [new CellState(request.Page, 2, 100, 10, 20, 30, 0)]);

    private static DrawState Draw(uint draw) =>
        new(draw, DrawStatus.Open, 9, 1, "TXC-DRAW"u8.ToArray(), 1, 10, 0, [], [], [], 0, [], [], [], [], [], []);

    /// <summary>The rank is the draw.</summary>
    private static PersonState Person(PersonRequest request) => new(
        request.Source, request.Request, request.Draw, EntryStatus.Registered, request.Draw, 1, 5, 1, 2, 0, 2, [new PersonHold(8, 5, 99, 100, 2, 0)], []);
}
