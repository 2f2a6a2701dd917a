using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>Pool totals as a terminal reads them from a whole shard.</summary>
public sealed class PoolTotalsTests
{
    private const uint Terminal = 11;

    [Fact]
    public async Task Within_a_second_a_terminal_reads_exact_totals_and_after_a_restart_the_same()
    {
        await using var test = await TestShard.StartAsync();
        var client = await OpenAsync(test);
        long[] sequence = [0];
        var ticket = await TakeAsync(client, Messages.Wager(Terminal, ++sequence[0], TotalsRace.Line(BetType.Win, Formula.Unit, [1], stake: 3)));
        await TakeAsync(client, Messages.Wager(
            Terminal, ++sequence[0], TotalsRace.Line(BetType.Win, Formula.Unit, [2]), TotalsRace.Line(BetType.Trio, Formula.Combined, [1, 2, 3, 4])));
        var before = await AskAfterSecondAsync(test, client, BetType.Win, 600);
        await TakeAsync(client, Messages.Cancel(Terminal, ++sequence[0], ticket.Number));
        var after = await AskAfterSecondAsync(test, client, BetType.Win, 150);

        Assert.Equal(600, before.Pools.Single(static pool => pool.Pool == (ushort)BetType.Trio).TotalCents);
        Assert.Equal([(1, 110L), (2, 320L)], Dividends(before));
        Assert.Equal([(2, 110L)], Dividends(after));
        Assert.Equal(RaceStatus.Open, after.Status);

        await using var again = await test.RestartAsync();
        client = await again.LogOnAsync(Terminal);
        var atOnce = await AskAsync(client, BetType.Win);
        Assert.Equal(150, Total(atOnce, BetType.Win));
        await TestShard.UntilAsync(() => Advance(again) && again.Shard.Totals.AreBooksLoaded, "the books are loaded");
        var recovered = await AskAsync(client, BetType.Win);
        Assert.Equal(after.Pools.Select(static pool => pool.TotalCents), recovered.Pools.Select(static pool => pool.TotalCents));
        Assert.Equal(Dividends(after), Dividends(recovered));
        Assert.True(recovered.Number >= after.Number);
    }

    [Fact]
    public async Task A_flood_beyond_the_buffer_comes_to_the_same_totals()
    {
        await using var test = await TestShard.StartAsync(TestShard.DefaultOptions with { TotalsBufferBytesMax = 64 * 1024 });
        var client = await OpenAsync(test);
        const int Wagers = 1_000;
        for (int sent = 0; sent < Wagers; sent += 50)
        {
            for (int i = 1; i <= 50; i++)
            {
                client.Send(Messages.Wager(Terminal, sent + i, TotalsRace.Line(BetType.Quinella, Formula.Combined, [1, 2, 3])));
            }

            for (int i = 1; i <= 50; i++)
            {
                Assert.Equal(ResultCode.Accepted, (await client.NextAsync<Outcome>()).Code);
            }
        }

        var totals = await AskAfterSecondAsync(test, client, BetType.Quinella, Wagers * 450);
        Assert.Equal(1, test.Shard.Totals.CatchUps);
        Assert.Equal([240L, 240L, 240L], totals.Pools.Single(static pool => pool.Pool == (ushort)BetType.Quinella).Dividends.Select(static one => one.DividendCents));
    }

    [Fact]
    public async Task Ten_thousand_requests_are_encoded_once_and_never_reach_the_ring()
    {
        await using var test = await TestShard.StartAsync();
        var client = await OpenAsync(test);
        await TakeAsync(client, Messages.Wager(Terminal, 1, TotalsRace.Line(BetType.Win, Formula.Unit, [1])));
        await AskAfterSecondAsync(test, client, BetType.Win, 150);
        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting == 0, "the ring is empty");
        var (cursor, encodings) = (test.Shard.Intake.Cursor, test.Shard.Totals.Encodings);
        for (int sent = 0; sent < 10_000; sent += 100)
        {
            for (int i = 0; i < 100; i++)
            {
                client.Send(new PoolTotalsRequest(TotalsRace.Id, (ushort)BetType.Win));
            }

            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(150, Total(await client.NextAsync<PoolTotals>(), BetType.Win));
            }
        }

        // A tick of the last step of the clock may still have come in.
        Assert.InRange(test.Shard.Intake.Cursor - cursor, 0, 2);
        Assert.InRange(test.Shard.Totals.Encodings - encodings, 0, 1);
    }

    private static async Task<RawClient> OpenAsync(TestShard test)
    {
        var admin = await test.LogOnAsync(TestShard.Admin);
        admin.Send(TotalsRace.Define(1));
        admin.Send(Messages.RaceControl(MessageType.RaceOpen, TestShard.Admin, 2, TotalsRace.Id));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(ResultCode.Accepted, (await admin.NextAsync<Outcome>()).Code);
        }

        return await test.LogOnAsync(Terminal);
    }

    private static async Task<Outcome> TakeAsync<T>(RawClient client, T message)
        where T : IMessage<T>
    {
        client.Send(message);
        var outcome = await client.NextAsync<Outcome>();
        Assert.Equal(ResultCode.Accepted, outcome.Code);
        return outcome;
    }

    private static async Task<PoolTotals> AskAsync(RawClient client, BetType pool)
    {
        client.Send(new PoolTotalsRequest(TotalsRace.Id, (ushort)pool));
        return await client.NextAsync<PoolTotals>();
    }

    /// <summary>Lets a second pass in turns of the board, and waits until every task has used it.</summary>
    private static async Task<PoolTotals> AskAfterSecondAsync(TestShard test, RawClient client, BetType pool, long expected)
    {
        long committed = test.Shard.Head.Number;
        for (int turn = 0; turn < 4; turn++)
        {
            test.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await TestShard.PauseAsync();
        }

        await TestShard.UntilAsync(() => test.Shard.Totals.ShownNumber >= committed && test.Shard.Totals.AreBooksLoaded, "the board has counted");
        var totals = await AskAsync(client, pool);
        Assert.Equal(expected, Total(totals, pool));
        return totals;
    }

    private static bool Advance(TestShard test)
    {
        test.Clock.Advance(TimeSpan.FromMilliseconds(250));
        return true;
    }

    private static long Total(PoolTotals totals, BetType pool) => totals.Pools.Single(one => one.Pool == (ushort)pool).TotalCents;

    private static IEnumerable<(int Runner, long Cents)> Dividends(PoolTotals totals) =>
        totals.Pools.Single(static pool => pool.Pool == (ushort)BetType.Win).Dividends.Select(static one => ((int)one.Runners[0], one.DividendCents));
}
