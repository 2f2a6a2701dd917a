using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;
using TxCore.Wagering;

namespace TxCore.Tests.Pipeline;

/// <summary>How a shard dies, drains, and never answers what is not durable.</summary>
public sealed class FailureTests
{
    public static TheoryData<string, ExitCode> Failures => new()
    {
        { nameof(StoreFencedException), ExitCode.Fenced },
        { nameof(StoreRefusedException), ExitCode.StoreRefused },
        { nameof(InvalidOperationException), ExitCode.StageFailed },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task When_the_store_fails_nothing_is_answered_after_and_the_shard_ends_with_a_code(string failure, ExitCode code)
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();
        var client = await test.LogOnAsync(11);
        test.Store.FailWith(failure switch
        {
            nameof(StoreFencedException) => new StoreFencedException("fenced"),
            nameof(StoreRefusedException) => new StoreRefusedException("refused"),
            _ => new InvalidOperationException("a defect"),
        });
        client.Send(Messages.Wager(11, 1));
        await test.Shard.Failure.Failed;
        Assert.Equal(code, test.Shard.Failure.ExitCode);
        Assert.False(test.Shard.IsReady(out string reason));
        Assert.StartsWith("failed", reason, StringComparison.Ordinal);
        Assert.Equal(ResultCode.ShuttingDown, (await client.NextAsync<ErrorMessage>()).Code);
        await client.Closed;
        Assert.False(client.TryNext(out _));
        Assert.Equal(ResultCode.ShuttingDown, (await test.Connect().NextAsync<ErrorMessage>()).Code);
        Assert.False(await test.Shard.DrainAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_writer_that_lost_the_shard_does_not_even_answer_what_needs_no_row()
    {
        await using var test = await TestShard.StartAsync();
        var client = await test.LogOnAsync(11);
        client.Send(new StatusQuery(11, 1));
        Assert.Equal(TransactionStatus.Unknown, (await client.NextAsync<StatusReply>()).Status);
        Assert.Equal((1, 2), (test.Store.Commits, test.Store.Fences));

        await using var newer = await test.RestartAsync();
        client.Send(new StatusQuery(11, 1));
        await test.Shard.Failure.Failed;
        Assert.Equal(ExitCode.Fenced, test.Shard.Failure.ExitCode);
        Assert.Equal(ResultCode.ShuttingDown, (await client.NextAsync<ErrorMessage>()).Code);
        await client.Closed;
    }

    [Fact]
    public async Task No_outcome_is_seen_before_the_commit_that_holds_it()
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();
        var random = new Random(7);
        test.Store.BeforeCommit = () => Task.Delay(random.Next(0, 4));
        long early = 0;
        var clients = new List<RawClient>();
        for (uint source = 11; source < 19; source++)
        {
            var client = await test.LogOnAsync(source);
            client.OnFrame = frame => Interlocked.Add(
                ref early,
                frame.Type == MessageType.Outcome && (long)frame.As<Outcome>().Number > test.Database.LastNumber ? 1 : 0);
            clients.Add(client);
        }

        for (int sequence = 1; sequence <= 300; sequence++)
        {
            for (int i = 0; i < clients.Count; i++)
            {
                clients[i].Send(Messages.Wager((uint)(11 + i), sequence));
                if (sequence > 50)
                {
                    await clients[i].NextAsync<Outcome>();
                }
            }
        }

        Assert.Equal(0, early);
    }

    [Fact]
    public async Task A_drain_answers_everything_that_was_taken()
    {
        await using var test = await TestShard.StartAsync(TestShard.DefaultOptions with { RingSize = 1024 }, new TestSources(Channel.Retail) { Window = 4000 });
        await test.OpenAllAsync();
        var client = await test.LogOnAsync(11);
        test.Store.Stall();
        client.Send(Enumerable.Range(1, 2000).SelectMany(static sequence => Frame.Encode(Messages.Wager(11, sequence))).ToArray());
        await TestShard.UntilAsync(() => test.Shard.Intake.Waiting > 0, "the ring is full");
        var drain = test.Shard.DrainAsync(TimeSpan.FromSeconds(20));
        test.Store.Resume();
        Assert.True(await drain);
        await client.Closed;
        long answered = 0;
        while (client.TryNext(out var frame))
        {
            answered += frame!.Type == MessageType.Outcome ? 1 : 0;
        }

        Assert.Equal(test.Database.Entries.Count(static row => row.Entry.Source == 11), answered);
        Assert.True(answered >= 900);
    }

    [Fact]
    public async Task A_drain_of_a_full_ring_before_a_store_that_hangs_ends_in_time()
    {
        await using var test = await TestShard.StartAsync(TestShard.DefaultOptions with { RingSize = 1024 }, new TestSources(Channel.Retail) { Window = 4000 });
        var admin = await test.OpenAllAsync();
        var client = await test.LogOnAsync(11);
        test.Store.Stall();
        client.Send(Enumerable.Range(1, 2000).SelectMany(static sequence => Frame.Encode(Messages.Wager(11, sequence))).ToArray());
        admin.Send(Enumerable.Range(6, 1200).SelectMany(static sequence => Messages.RaceControl(MessageType.RaceSuspend, TestShard.Admin, sequence)).ToArray());
        await TestShard.UntilAsync(() => test.Shard.Intake.Occupied == 1024, "the reserve is taken too");
        Assert.False(await test.Shard.DrainAsync(TimeSpan.FromMilliseconds(200)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await admin.Closed;
    }

    [Fact]
    public async Task Without_the_key_of_an_earlier_epoch_the_shard_does_not_start()
    {
        await using var test = await TestShard.StartAsync();
        var options = test.Options with { Rules = test.Options.Rules with { KeyEpoch = 2 } };
        await using var second = await test.RestartAsync(options);
        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => test.RestartAsync(options, new ReceiptKeys(new Dictionary<ushort, byte[]> { [2] = new byte[32] })));
        Assert.Contains("epoch 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_whose_clock_waits_to_be_confirmed_is_not_ready_and_tells_why()
    {
        await using var test = await TestShard.StartAsync();
        Assert.True(test.Shard.IsReady(out _));

        test.Clock.Advance(TimeSpan.FromMinutes(10));
        string reason = "";
        await TestShard.UntilAsync(() => !test.Shard.IsReady(out reason), "the shard is not ready");
        Assert.Equal("the clock stepped forward and waits to be confirmed", reason);
    }

    [Fact]
    public async Task A_snapshot_that_fails_never_ends_the_shard()
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();
        test.Reader.Failure = new OperationCanceledException("a time-out inside the driver");
        for (int i = 0; i < 70; i++)
        {
            test.Clock.Advance(TimeSpan.FromSeconds(10));
            await TestShard.PauseAsync();
        }

        test.Reader.Failure = null;
        while (test.Shard.LastSnapshot == 0)
        {
            test.Clock.Advance(TimeSpan.FromSeconds(10));
            await TestShard.PauseAsync();
        }

        Assert.False(test.Shard.Failure.HasFailed);
        Assert.Equal(test.Shard.LastSnapshot, test.Database.Snapshots[^1].Info.Number);
    }

    [Fact]
    public async Task Disposing_waits_for_the_commit_under_way()
    {
        var test = await TestShard.StartAsync();
        var client = await test.LogOnAsync(11);
        test.Store.Stall();
        client.Send(Messages.Wager(11, 1));
        await TestShard.UntilAsync(() => test.Store.IsWaiting, "the commit waits");
        var disposal = test.Shard.DisposeAsync().AsTask();
        await client.Closed;
        Assert.False(test.Store.IsDisposed);
        test.Store.Resume();
        await disposal;
        Assert.True(test.Store.IsDisposed);
        Assert.False(test.Shard.Failure.HasFailed);
    }
}
