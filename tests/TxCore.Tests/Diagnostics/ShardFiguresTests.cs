using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Diagnostics;

/// <summary>What a shard counts about itself is what was sent to it.</summary>
public sealed class ShardFiguresTests
{
    [Fact]
    public async Task Decisions_are_counted_by_kind_and_code_and_repeats_apart()
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();
        var terminal = await test.LogOnAsync(1001);
        terminal.Send(Messages.Wager(1001, 1));
        await terminal.NextAsync<Outcome>();
        terminal.Send(Messages.Wager(1001, 1));
        await terminal.NextAsync<Outcome>();
        terminal.Send(Messages.Wager(1001, 7));
        await terminal.NextAsync<NotDecided>();
        var figures = test.Shard.Figures;

        Assert.Contains((MessageType.Wager, ResultCode.Accepted, 1L), figures.Decisions.Decided());
        Assert.Contains((MessageType.Started, ResultCode.Accepted, 1L), figures.Decisions.Decided());
        Assert.Equal((1, 2), (figures.Decisions.Repeated, figures.Decisions.Logons));
        Assert.Equal(1, figures.Refusals()[ResultCode.SequenceGap]);
        Assert.Equal(figures.Rows, figures.Decisions.Decided().Sum(static row => row.Count));
    }

    [Fact]
    public async Task Every_stage_is_measured_for_every_transaction_and_adds_up()
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();

        await TestShard.UntilAsync(() => test.Shard.Figures.Readers.Take("poll") is { } && test.Shard.Intake.Occupied == 0, "the ring is empty");
        var interval = test.Shard.Figures.Readers.Take("test");

        Assert.Equal(["sequenced", "decided", "batched", "committed", "replied", "total"], interval.Stages.Keys);
        Assert.All(interval.Stages.Values, static stage => Assert.Equal(5, stage.Count));
        double longest = interval.Stages["total"].Max;
        Assert.All(interval.Stages.Values, stage => Assert.InRange(stage.Max, 0, longest));
        Assert.Equal(test.Shard.Figures.Batches, interval.Commit.Count);
    }

    [Fact]
    public async Task Connections_leave_their_counts_and_the_reason_they_ended_for()
    {
        await using var test = await TestShard.StartAsync();
        var (refused, _) = await test.ConnectAsync(1001, lastNumberHeld: 4711);
        var tally = test.Shard.Figures.Sessions;
        await TestShard.UntilAsync(() => tally.Closed().Count == 1, "the refused logon is closed");
        await refused.CloseAsync();
        var gone = await test.LogOnAsync(1002);
        await gone.CloseAsync();
        await TestShard.UntilAsync(() => tally.Closed().Count == 2, "the client is gone");

        Assert.Equal([new(nameof(ResultCode.RestoredTooOld), 1), new(CloseReason.Client, 1)], tally.Closed());
        Assert.Equal([new(ResultCode.RestoredTooOld, 1)], tally.LogonsRefused());
        Assert.True(tally.Total() is { Counts.BytesIn: > 100, BytesOut: > 100 }, $"{tally.Total()}");
    }

    [Fact]
    public void Readers_are_bounded_and_the_one_that_is_not_used_is_forgotten()
    {
        var figures = new ShardFigures();
        for (int i = 0; i <= FigureReaders.ReadersMax; i++)
        {
            figures.RecordCommit(1, 0, 1000);
            figures.Readers.Take($"reader {i}");
        }

        figures.RecordCommit(1, 0, 1000);

        Assert.Equal(1, figures.Readers.Take($"reader {FigureReaders.ReadersMax}").Commit.Count);
        Assert.Equal(FigureReaders.ReadersMax + 2, figures.Readers.Take("reader 0").Commit.Count);
    }

    [Fact]
    public void Measuring_a_transaction_allocates_nothing()
    {
        var figures = new ShardFigures();
        var work = new TxEvent();
        Measure();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Measure();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Measure()
        {
            work.Reset(EventKind.Transaction, 0, 1000);
            (work.IsStored, work.Entry.Kind, work.Entry.Code) = (true, MessageType.Wager, ResultCode.RaceClosed);
            figures.Decisions.Count(work);
            figures.Latencies.Record(work, 5000);
            figures.RecordCommit(3, 1000, 2000);
        }
    }
}
