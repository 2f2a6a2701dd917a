using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Fleet;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Promise 9: a decided transaction is never dropped, not even when PostgreSQL refuses its row.</summary>
public sealed class RefusedRowTests(PostgresFixture postgres)
{
    private const long RefusedMultiple = 77;
    private const long RefusedCents = RefusedMultiple * SaleDay.BaseStakeCents;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_is_refused_in_the_middle_of_a_batch_is_kept_in_plain_form_and_hurts_no_other()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        Outcome[] first;
        await using (var server = await deployment.ServeAsync())
        {
            await SaleDay.OpenAsync(deployment, server.Listen);
            await deployment.ExecuteAsync($"ALTER TABLE txcore.transaction ADD CONSTRAINT unwanted CHECK (amount_cents <> {RefusedCents})");
            await using var fleet = Terminals.Start(deployment.Identity, server.Listen, 4..12);
            await fleet.SellAsync(100);
            await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());

            var results = await Task.WhenAll(Enumerable.Range(0, 15).Select(
                i => client.WagerAsync(SaleDay.Wager(deployment.Identity, i % 5 == 2 ? RefusedMultiple : 1 + i), cancellationToken: Cancellation)));
            var undone = await client.ReverseAsync(results[2].Sequence, RefusedCents, 4000, cancellationToken: Cancellation);

            Assert.All(results, result => Assert.True(result.MayPrint, $"{result}"));
            Assert.Equal(ResultCode.Accepted, undone.Code);
            await fleet.SettleAsync();
            first = [.. results.Select(static result => result.Outcome)];
            // Three wagers, and the reversal of one: it gives the same amount back.
            Assert.Equal(4, await server.CounterAsync("plainRows"));
            await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
            Assert.Equal(0, await server.TerminateAsync());
        }

        await using var restarted = await deployment.ServeAsync();
        var (connection, reply) = await WireConnection.LogOnAsync(restarted.Listen, Deployment.FirstTerminal, Deployment.Password, Channel.Retail, 0, Cancellation);
        using (connection)
        {
            Assert.Equal(17ul, reply.NextSequence);
            foreach (var outcome in first)
            {
                await connection.SendAsync(Frame.Encode(new StatusQuery(Deployment.FirstTerminal, outcome.Sequence)), Cancellation);
                var again = (await connection.ReadAsync(Cancellation)).Decode<StatusReply>().Outcome!;
                Assert.Equal(outcome.Sequence == 3 ? PresentState.Reversed : PresentState.Live, again.State);
                Assert.Equal(
                    outcome with { TicketSerial = "", ControlCode = "", State = PresentState.None },
                    again with { TicketSerial = "", ControlCode = "", State = PresentState.None, IsRepeat = false });
            }
        }

        Assert.Equal(4L, await deployment.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction WHERE plain IS NOT NULL AND amount_cents IS NULL"));
        (await deployment.RunAsync("verify", "--replay", "--data", deployment.Data)).Exits(0);
    }
}
