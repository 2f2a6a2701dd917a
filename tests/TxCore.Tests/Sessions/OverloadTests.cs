using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>What happens past a limit: full ring, slow reader, silence, too many connections.</summary>
public sealed class OverloadTests
{
    private const uint Admin = TestShard.Admin;

    private static readonly ShardOptions TinyRing = TestShard.DefaultOptions with
    {
        RingSize = 1024,
        ControlReserve = 64,
        BatchEventsMax = 100,
        Limits = new SessionLimits { FramesPerTurnMax = 8 },
    };

    [Fact]
    public async Task A_full_ring_makes_senders_wait_and_everything_is_answered_after()
    {
        await using var test = await TestShard.StartAsync(TinyRing, new TestSources(Channel.Retail) { Window = 1000 });
        await test.OpenAllAsync();
        var clients = await LogOnAsync(test, 1, 4);
        test.Store.Stall();
        SendWagers(clients, 1, 600);
        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting >= 2, "senders wait for room");
        Assert.True(test.Shard.Intake.Occupied <= TinyRing.RingSize - TinyRing.ControlReserve);
        test.Store.Resume();
        foreach (var (_, client) in clients)
        {
            for (ulong sequence = 1; sequence <= 600; sequence++)
            {
                Assert.Equal(sequence, (await client.NextAsync<Outcome>()).Sequence);
            }
        }

        Assert.Equal(0, test.Shard.Intake.Waiting);
    }

    [Fact]
    public async Task A_stop_passes_a_full_ring_and_what_waits_behind_it_is_refused()
    {
        await using var test = await TestShard.StartAsync(TinyRing, new TestSources(Channel.Retail) { Window = 8000 });
        var admin = await test.OpenAllAsync();
        var clients = await LogOnAsync(test, 1, 5);
        test.Store.Stall();
        SendWagers(clients, 1, 2 * TinyRing.RingSize);
        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting >= 5, "ten times what fits waits");
        long occupied = test.Shard.Intake.Occupied;
        var arrived = System.Diagnostics.Stopwatch.StartNew();
        admin.Send(Messages.RaceControl(MessageType.RaceStop, Admin, 6));
        await TestShard.UntilAsync(() => test.Shard.Intake.Occupied > occupied, "the stop is in the ring");
        Assert.True(arrived.ElapsedMilliseconds < 50, $"The stop took {arrived.ElapsedMilliseconds} ms into the ring.");
        test.Store.Resume();
        var stop = await admin.NextAsync<Outcome>();
        int refused = 0;
        foreach (var (_, client) in clients)
        {
            for (int i = 0; i < 2 * TinyRing.RingSize; i++)
            {
                var outcome = await client.NextAsync<Outcome>();
                Assert.Equal(outcome.Number < stop.Number ? ResultCode.Accepted : ResultCode.RaceClosed, outcome.Code);
                refused += outcome.Code == ResultCode.Accepted ? 0 : 1;
            }
        }

        Assert.True(refused >= 9 * TinyRing.RingSize, $"Only {refused} wagers came after the stop.");
    }

    [Fact]
    public async Task Neither_ticks_nor_logons_of_a_long_stall_take_the_room_of_a_stop()
    {
        await using var test = await TestShard.StartAsync(TinyRing, new TestSources(Channel.Retail) { Window = 8000 });
        var admin = await test.OpenAllAsync();
        var clients = await LogOnAsync(test, 1, 2);
        test.Store.Stall();
        SendWagers(clients, 1, TinyRing.RingSize);
        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting >= 2, "the ring is full");
        for (int second = 0; second < 300; second++)
        {
            test.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await TestShard.PauseAsync();
        }

        for (uint source = 100; source < 180; source++)
        {
            _ = test.Connect().TryLogOnAsync(source, Channel.Retail);
        }

        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting >= 20, "logons wait too");
        long occupied = test.Shard.Intake.Occupied;
        Assert.True(occupied <= TinyRing.RingSize - 8, $"{occupied} of {TinyRing.RingSize} slots are taken.");
        admin.Send(Messages.RaceControl(MessageType.RaceStop, Admin, 6));
        await TestShard.UntilAsync(() => test.Shard.Intake.Occupied > occupied, "the stop is in the ring");

        // The clock went on meanwhile, in steps within the limit: nothing waits for a confirmation.
        test.Store.Resume();
        Assert.Equal(ResultCode.Accepted, (await admin.NextAsync<Outcome>()).Code);
        await TestShard.UntilAsync(() => test.Shard.IsReady(out _), "the shard is ready again");
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_closed_and_the_others_go_on()
    {
        var limits = new SessionLimits { UnsentBytesMax = 64 * 1024 + 1024, FrameBytesMax = 64 * 1024 };
        await using var test = await TestShard.StartAsync(TestShard.DefaultOptions with { Limits = limits }, new TestSources(Channel.Retail) { Window = 8000 });
        await test.OpenAllAsync();
        var quick = await test.LogOnAsync(11);
        var stuck = await test.LogOnAsync(12);
        stuck.StopReading();
        for (int sequence = 1; sequence <= 4000; sequence++)
        {
            stuck.Send(Messages.Wager(12, sequence));
        }

        for (int sequence = 1; sequence <= 500; sequence++)
        {
            quick.Send(Messages.Wager(11, sequence));
            Assert.Equal((ulong)sequence, (await quick.NextAsync<Outcome>()).Sequence);
        }

        await TestShard.UntilAsync(() => test.Shard.Registry.LoggedOnCount == 2, "the stuck client is closed");
    }

    [Fact]
    public async Task A_silent_connection_is_closed_after_its_time()
    {
        await using var test = await TestShard.StartAsync();
        var client = await test.LogOnAsync(11);
        var alive = await test.LogOnAsync(12);
        for (int i = 0; i < 4; i++)
        {
            test.Clock.Advance(TimeSpan.FromSeconds(25));
            alive.Send(new Heartbeat(0, 0, 0));
            await alive.NextAsync();
        }

        Assert.Equal(ResultCode.IdleTimeout, (await client.NextAsync<ErrorMessage>()).Code);
        await client.Closed;
        Assert.Equal(1, test.Shard.Registry.LoggedOnCount);
    }

    [Fact]
    public async Task One_connection_too_many_is_told_so()
    {
        var options = TestShard.DefaultOptions with { Limits = new SessionLimits { ConnectionsMax = 2 } };
        await using var test = await TestShard.StartAsync(options);
        var first = await test.LogOnAsync(11);
        await test.LogOnAsync(12);
        Assert.Equal(ResultCode.TooManyConnections, (await test.Connect().NextAsync<ErrorMessage>()).Code);
        await first.CloseAsync();
        await TestShard.UntilAsync(() => test.Shard.Registry.ConnectionCount == 1, "the first connection ends");
        await test.LogOnAsync(13);
    }

    private static async Task<(uint Source, RawClient Client)[]> LogOnAsync(TestShard test, uint first, int count) =>
        await Task.WhenAll(Enumerable.Range((int)first, count).Select(async source => ((uint)source, await test.LogOnAsync((uint)source))));

    private static void SendWagers((uint Source, RawClient Client)[] clients, int first, int count)
    {
        foreach (var (source, client) in clients)
        {
            client.Send(Enumerable.Range(first, count).SelectMany(sequence => Frame.Encode(Messages.Wager(source, sequence))).ToArray());
        }
    }
}
