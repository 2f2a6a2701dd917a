using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Sessions;

/// <summary>Transactions and controls by name put their arguments where the message has them.</summary>
public sealed class NamedTransactionTests
{
    private static readonly RaceId Race = new(20260101, 1, 8);
    private static readonly ControlHeader Control = new(7, 8, 9);

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

    private static T Sent<T>(FakeServer server, int index)
        where T : IMessage<T>
    {
        Assert.Equal(T.Type, server.Received[index].Type);
        Assert.True(Frame.TryDecode<T>(server.Payloads[index], out var message));
        return message;
    }
}
