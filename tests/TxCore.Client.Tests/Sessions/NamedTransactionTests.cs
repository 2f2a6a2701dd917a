using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

/// <summary>Transactions and controls by name put their arguments where the message has them.</summary>
public sealed class NamedTransactionTests
{
    private static readonly RaceId Race = new(20260101, 1, 8);
    private static readonly ControlHeader Control = new(7, 8, 9);
    private static readonly byte[] Key = [.. Enumerable.Range(1, Wire.PersonKeyBytes).Select(i => (byte)i)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_voucher_is_printable_and_is_redeemed_by_its_number()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var issued = await client.VoucherIssueAsync(2000, clerk: 3, cancellationToken: Cancel);
        var redeemed = await client.VoucherRedeemAsync(new VoucherRedeem(default, 0, 3, issued.Outcome.Number, "CONTROL1"u8.ToArray()), cancellationToken: Cancel);

        Assert.True(issued.MayPrint);
        Assert.NotEmpty(issued.Outcome.TicketSerial);
        Assert.True(redeemed.IsAccepted);
        Assert.False(redeemed.MayPrint);
        var issue = Sent<VoucherIssue>(server, 0);
        var redeem = Sent<VoucherRedeem>(server, 1);
        Assert.Equal((3u, 2000L), (issue.Clerk, issue.AmountCents));
        Assert.Equal((3u, issued.Outcome.Number, "CONTROL1"), (redeem.Clerk, redeem.Number, System.Text.Encoding.ASCII.GetString(redeem.ControlCode)));
        Assert.NotEqual(0, issue.ClientTime);
        Assert.NotEqual(0, redeem.ClientTime);
    }

    [Fact]
    public async Task Controls_of_a_race_carry_the_race_and_their_time()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await client.RaceCancelAsync(Race, Control, Cancel);
        await client.RacePostponeAsync(Race, 123, Control, Cancel);

        Assert.Equal([MessageType.RaceCancel, MessageType.RacePostpone], server.Received.Select(received => received.Type));
        Assert.True(RaceControl.TryDecode(server.Payloads[0], out var cancelled));
        Assert.True(RaceControl.TryDecode(server.Payloads[1], out var postponed));
        Assert.Equal(new RaceControl(new TransactionHeader(7, 1, 0), Control, Race, 0, 0), cancelled);
        Assert.Equal(new RaceControl(new TransactionHeader(7, 2, 0), Control, Race, 0, 123), postponed);
    }

    [Fact]
    public async Task Results_dividends_and_carried_money_reach_the_server_as_given()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await client.RaceResultAsync(new RaceResult(default, Control, Race, ResultStage.Official, [new FinishPlace(7, 1)]), Cancel);
        await client.RacePublishAsync(
            new RacePublish(default, Control, Race, DividendMethod.Official, [new OfficialPool(1, false, true, [new Dividend(PayRank.AnyOrder, 0, [7], 210)])]), Cancel);
        await client.PoolCarryInAsync(Race, 13, 5000, Control, Cancel);

        var result = Sent<RaceResult>(server, 0);
        Assert.Equal((Race, ResultStage.Official), (result.Race, result.Stage));
        Assert.Equal([new FinishPlace(7, 1)], result.Finish);
        var pool = Assert.Single(Sent<RacePublish>(server, 1).Pools);
        Assert.Equal((1, false, true, 210L), (pool.Pool, pool.IsRefunded, pool.PaysNonRunners, Assert.Single(pool.Dividends).DividendCents));
        Assert.Equal(new PoolCarryIn(new TransactionHeader(7, 3, 0), Control, Race, 13, 5000), Sent<PoolCarryIn>(server, 2));
    }

    [Fact]
    public async Task Decisions_about_tickets_and_players_reach_the_server_as_given()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        byte[] player = [.. Enumerable.Range(1, Wire.PersonKeyBytes).Select(i => (byte)i)];

        await client.SupervisorResolveAsync(55, isGranted: true, Control, Cancel);
        await client.PlayersBarAsync(new PlayersBar(default, Control, 12, true, false, [new BarredPlayer(player, PlayerBar.SelfExcluded, 99)]), Cancel);
        await client.PlayerLimitAsync(new PlayerLimit(default, Control, player, 1, 2, 3), Cancel);

        Assert.Equal(new SupervisorResolve(new TransactionHeader(7, 1, 0), Control, 55, true), Sent<SupervisorResolve>(server, 0));
        var list = Sent<PlayersBar>(server, 1);
        var barred = Assert.Single(list.Players);
        Assert.Equal((12u, true, false), (list.Version, list.ReplacesAll, list.IsLast));
        Assert.Equal((PlayerBar.SelfExcluded, 99L), (barred.Bar, barred.Until));
        Assert.Equal(player, barred.Player);
        var limit = Sent<PlayerLimit>(server, 2);
        Assert.Equal(player, limit.Player);
        Assert.Equal((1L, 2L, 3L), (limit.DayCents, limit.WeekCents, limit.MonthCents));
    }

    [Fact]
    public async Task Transactions_of_ticket_buyers_reach_the_server_as_given()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await client.AuthoriseAsync(new Authorise(default, 0, 55, 38000, "PSP-77"u8.ToArray()), cancellationToken: Cancel);
        await client.TicketReturnAsync(55, 2, 3, 4, cancellationToken: Cancel);
        await client.WaitJoinAsync(new WaitJoin(default, 0, 5, Key, 300, 2, 4), cancellationToken: Cancel);
        await client.WaitLeaveAsync(56, 1, cancellationToken: Cancel);

        var authorise = Sent<Authorise>(server, 0);
        Assert.Equal((55ul, 38000L), (authorise.Hold, authorise.AmountCents));
        Assert.Equal("PSP-77"u8, authorise.Authorisation);
        var back = Sent<TicketReturn>(server, 1);
        Assert.Equal((55ul, 2, 3, 4), (back.Number, back.Line, back.Quantity, back.Reason));
        var wait = Sent<WaitJoin>(server, 2);
        Assert.Equal((5u, 300u, 2, 4), (wait.Sale, wait.Session, wait.Category, wait.Quantity));
        Assert.Equal(Key, wait.Person);
        var leave = Sent<WaitLeave>(server, 3);
        Assert.Equal((56ul, 1), (leave.Number, leave.Reason));
        Assert.All([authorise.ClientTime, back.ClientTime, wait.ClientTime, leave.ClientTime], time => Assert.NotEqual(0, time));
    }

    [Fact]
    public async Task Controls_of_seats_and_payments_reach_the_server_as_given()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        var block = new SeatsBlock(default, Control, 5, 300, 2, 40);
        var move = new SeatsMove(default, Control, 5, 300, 2, 6, 250);

        await client.SeatsBlockAsync(block, Cancel);
        await client.SeatsMoveAsync(move, Cancel);
        await client.PaymentsAcknowledgeAsync(99, Control, Cancel);

        Assert.Equal(block with { Header = new TransactionHeader(7, 1, 0) }, Sent<SeatsBlock>(server, 0));
        Assert.Equal(move with { Header = new TransactionHeader(7, 2, 0) }, Sent<SeatsMove>(server, 1));
        Assert.Equal(new PaymentsAcknowledge(new TransactionHeader(7, 3, 0), Control, 99), Sent<PaymentsAcknowledge>(server, 2));
    }

    [Fact]
    public async Task Controls_that_only_name_a_draw_carry_it_under_their_own_type()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        await client.DrawOpenAsync(77, Control, Cancel);
        await client.DrawCloseAsync(77, Control, Cancel);
        await client.DrawPublishAsync(77, Control, Cancel);
        await client.DrawEndAsync(77, Control, Cancel);

        Assert.Equal(
            [MessageType.DrawOpen, MessageType.DrawClose, MessageType.DrawPublish, MessageType.DrawEnd],
            server.Received.Select(received => received.Type));
        for (int i = 0; i < server.Payloads.Count; i++)
        {
            Assert.True(DrawControl.TryDecode(server.Payloads[i], out var sent));
            Assert.Equal(new DrawControl(new TransactionHeader(7, (ulong)i + 1, 0), Control, 77), sent);
        }
    }

    [Fact]
    public async Task Steps_of_a_draw_reach_the_server_as_given()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);
        byte[] other = [.. Key.Reverse()];
        var wave = new DrawWave(default, Control, 77, 1, 100, 5, 1000, 2000);

        await client.DrawDefineAsync(new DrawDefine(default, Control, 77, "TXC-DRAW"u8.ToArray(), 123, 10_000_000, 5, 30), Cancel);
        await client.DrawFreezeAsync(new DrawFreeze(default, Control, 77, 10, Key, other, 3_311_596, "drand"u8.ToArray()), Cancel);
        await client.DrawRunAsync(new DrawRun(default, Control, 77, Key, other, [1, 2, 3]), Cancel);
        await client.DrawWaveAsync(wave, Cancel);
        await client.DrawExcludeAsync(new DrawExclude(default, Control, 77, [Key, other]), Cancel);

        var define = Sent<DrawDefine>(server, 0);
        Assert.Equal((77u, 123L, 10_000_000u, 5u, 30), (define.Draw, define.ClosesAt, define.EntriesMax, define.RequiredConsent, define.PersonMax));
        Assert.Equal("TXC-DRAW"u8, define.Name);
        var freeze = Sent<DrawFreeze>(server, 1);
        Assert.Equal((77u, 10u, 3_311_596ul), (freeze.Draw, freeze.Entries, freeze.BeaconRound));
        Assert.Equal([Key, other, "drand"u8.ToArray()], new[] { freeze.Root, freeze.Commitment, freeze.BeaconChain });
        var run = Sent<DrawRun>(server, 2);
        Assert.Equal([Key, other, [1, 2, 3]], new[] { run.Secret, run.Randomness, run.Signature });
        Assert.Equal(wave with { Header = new TransactionHeader(7, 4, 0) }, Sent<DrawWave>(server, 3));
        Assert.Equal([Key, other], Sent<DrawExclude>(server, 4).Persons);
    }

    private static T Sent<T>(FakeServer server, int index)
        where T : IMessage<T>
    {
        Assert.Equal(T.Type, server.Received[index].Type);
        Assert.True(Frame.TryDecode<T>(server.Payloads[index], out var message));
        return message;
    }
}
